"""The partitioned tables: derived from those of every store, with Citus's rule kept, and brought up by revisions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner
from partitioned_stores import PARTITIONS, partitioned_database
from sqlalchemy import Index, Table, UniqueConstraint, create_engine, inspect

from guarantees import ADVISER, PLATFORM, check, registering, workflow_on, workflow_with_session
from poec_workflow import Malformed, Request
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.adapters.sql.autogenerate_filters import include_name
from poec_workflow.adapters.sql.partitioned_schema import BY_SESSION, DISTRIBUTED, partitioned_tables
from poec_workflow.adapters.sql.schema import HEAD, metadata
from poec_workflow.cli.app import program
from poec_workflow.ports import PartitionableStorage
from poec_workflow.testing.contracts.fixtures import opening
from postgres import SERVER, raw_url
from statements import listening
from stores import LATER, columns, later, say, stored_by

UNIQUE_KEYS = """
SELECT c.relname, array_agg(a.attname::text) FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)
WHERE i.indisunique AND c.relkind = 'p' GROUP BY c.relname, i.indexrelid
"""
DISTRIBUTION = """
SELECT c.relname, p.partstrat::text, a.attname, (SELECT count(*) FROM pg_inherits WHERE inhparent = c.oid),
format_type(a.atttypid, NULL), coalesce(l.collname, '')
FROM pg_partitioned_table p JOIN pg_class c ON c.oid = p.partrelid
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = p.partattrs[0]
LEFT JOIN pg_collation l ON l.oid = a.attcollation
"""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """One database for what only looks."""
    with partitioned_database() as made:
        yield made


def asked(url: str, statement: str) -> Sequence[Any]:
    with psycopg.connect(raw_url(url)) as connection:
        return connection.execute(statement).fetchall()


def test_every_unique_key_holds_the_distribution_column(url: str) -> None:
    """Primary keys included: the rule of Citus, looked up in PostgreSQL's own catalogue."""
    keys = asked(url, UNIQUE_KEYS)
    assert {table for table, _ in keys} == DISTRIBUTED.keys()
    assert [(table, key) for table, key in keys if DISTRIBUTED[table] not in key] == []


def test_the_tables_of_a_session_are_distributed_alike(url: str) -> None:
    """By the hash of a column of one type and collation, in as many parts each."""
    found = {table: rest for table, *rest in asked(url, DISTRIBUTION)}
    assert {table: rest[1] for table, rest in found.items()} == DISTRIBUTED
    assert {(strategy, parts) for strategy, _, parts, *_ in found.values()} == {("h", PARTITIONS)}
    assert {(kind, collation) for table, (*_, kind, collation) in found.items() if table in BY_SESSION} == {
        ("character varying", "C")
    }


def test_the_tables_are_those_of_every_store(url: str) -> None:
    """All columns, defaults and indexes of the release, with no second list of them: the directory alone is added."""
    assert columns(url) == {name: set(table.columns.keys()) for name, table in metadata.tables.items()}
    engine = create_engine(url)
    for name, table in metadata.tables.items():
        there = {
            each["name"] for each in inspect(engine).get_indexes(name) if not str(each["name"]).endswith("_search")
        }
        assert len(there) == len(table.indexes)
    engine.dispose()
    assert {each.name for each in partitioned_tables()} - metadata.tables.keys() == {"poec_application_sessions"}


def test_what_a_later_release_makes_unique_gets_the_distribution_column(monkeypatch: pytest.MonkeyPatch) -> None:
    """Constraints and indexes alike, without anybody's doing."""
    changed = metadata.tables["poec_history"].to_metadata(type(metadata)())
    changed.append_constraint(UniqueConstraint("ordinal", name="uq_one"))
    Index("ix_two", changed.c.version, unique=True)
    monkeypatch.setattr("poec_workflow.adapters.sql.partitioned_schema.metadata", changed.metadata)
    [made] = [each for each in partitioned_tables() if each.name == "poec_history"]
    assert _keys(made) == {"uq_one": ["ordinal", "session"], "ix_two": ["version", "session"]}


def _keys(table: Table) -> dict[str, list[str]]:
    unique: list[Any] = [each for each in table.constraints if isinstance(each, UniqueConstraint)]
    indexes = [each for each in table.indexes if each.unique]
    return {str(each.name): [column.name for column in each.columns] for each in (*unique, *indexes)}


def test_a_later_release_upgrades_it(tmp_path: Path) -> None:
    """A revision that adds a column goes to every partition, and commands go on."""
    with partitioned_database() as url:
        with SqlStorage.open(url) as storage:
            workflow_with_session(storage).execute(registering(1), ADVISER)
        with stored_by(later(tmp_path), url) as upgraded:
            assert upgraded.create().revision == HEAD
            assert upgraded.schema().revision == LATER
            assert upgraded.schema().partitions == PARTITIONS
            workflow_on(upgraded).execute(registering(2), ADVISER)
            check(upgraded)


def test_columns_and_indexes_of_revisions_reach_every_partition() -> None:
    """What alembic's `add_column` and `create_index` say, also of the tables that the revisions so far changed."""
    with partitioned_database() as url:
        for table in DISTRIBUTED:
            say(
                url,
                f"ALTER TABLE {table} ADD COLUMN later BIGINT DEFAULT 0 NOT NULL",
                f"CREATE INDEX ix_{table}_later ON {table} (later)",
            )
            names = {f"{table}_p{number:03}" for number in range(PARTITIONS)}
            there = asked(url, "SELECT tablename FROM pg_indexes WHERE indexdef LIKE '%(later)'")
            assert names <= {name for (name,) in there}
        with SqlStorage.open(url) as storage:
            workflow_with_session(storage).execute(registering(1), ADVISER)
            check(storage)


def test_it_is_made_once_and_of_an_empty_database_alone(url: str, tmp_path: Path) -> None:
    """Again does nothing; another number, tables that are there, another database are refused."""
    with SqlStorage.open(url) as storage:
        assert isinstance(storage, PartitionableStorage)
        assert storage.create_partitioned(PARTITIONS).partitions == PARTITIONS
        assert storage.create().up_to_date
        with pytest.raises(Malformed, match=f"the store has {PARTITIONS} partitions"):
            storage.create_partitioned(PARTITIONS + 1)
        for wrong in (0, 129, True):
            with pytest.raises(Malformed, match="from 1 to 128"):
                storage.create_partitioned(wrong)
    with SERVER.database() as plain, SqlStorage.open(plain) as storage:
        storage.create()
        with pytest.raises(Malformed, match="the store has no partitions"):
            storage.create_partitioned(PARTITIONS)
        assert storage.schema().partitions is None
    with SqlStorage.open(f"sqlite:///{tmp_path}/poec.db") as s, pytest.raises(Malformed, match="only PostgreSQL"):
        s.create_partitioned(PARTITIONS)
    assert [*tmp_path.iterdir()] == []


def test_the_command_line_makes_it_and_says_so() -> None:
    """In words of both languages, and as JSON."""
    with SERVER.database() as url:
        called = CliRunner(env={"POEC_STORE": url})
        assert called.invoke(program, ["store", "upgrade", "--partitions", "2"]).exit_code == 0
        assert "partitioned by session, in 2 parts" in called.invoke(program, ["store", "status"]).stdout
        assert "en 2 partitions" in called.invoke(program, ["store", "status", "--lang", "fr"]).stdout
        assert json.loads(called.invoke(program, ["store", "status", "--format", "json"]).stdout)["partitions"] == 2
        refused = called.invoke(program, ["store", "upgrade", "--partitions", "3", "--lang", "fr"])
        assert refused.exit_code == 2
        assert "--partitions\u00a0: la base a 2 partitions" in refused.stderr.replace("\n", " ")
        assert called.invoke(program, ["store", "upgrade", "--partitions", "2", "--sql"]).exit_code == 2
    assert CliRunner().invoke(program, ["store", "upgrade", "--partitions", "2", "--store", "memory:"]).exit_code == 2


def test_a_hosts_alembic_leaves_partitions_alone() -> None:
    """And the directory; a host's own table of such a name is the host's."""
    assert not include_name("poec_history_p001", "table", {})
    assert not include_name("poec_application_sessions", "table", {})
    assert include_name("poec_invoices_p001", "table", {})


def test_a_host_that_joins_names_the_session_too(url: str) -> None:
    """Whether the store is partitioned is asked once of a connection, not for each command."""
    with SqlStorage.open(url) as storage:
        workflow_with_session(storage)
    with psycopg.connect(raw_url(url)) as connection:
        joined = SqlStorage.joined(connection)
        with listening() as first:
            workflow_on(joined).execute(registering(31), ADVISER)
        with listening() as second:
            workflow_on(SqlStorage.joined(connection)).execute(registering(32), ADVISER)
            workflow_on(joined).execute(opening("S-9"), PLATFORM)
        connection.commit()
    asked_of = [sum("pg_inherits" in each.words for each in said) for said in (first, second)]
    assert asked_of == [1, 0]
    assert any("INSERT INTO poec_application_sessions" in each.words for each in second)
    with SqlStorage.open(url) as storage:
        check(storage)
        assert [each.event.reference for _, each in _feed(storage)][-3:] == ["C-31", "C-32", "S-9"]


def _feed(storage: SqlStorage) -> Sequence[Any]:
    return [(each.place, each.entry) for each in storage.queries.feed(None, limit=None)]


def test_entries_ahead_of_the_server_are_refused_at_first_use() -> None:
    """As on every store after a restore into another server: until `create` lets the feed go on after them."""
    with partitioned_database() as url:
        with SqlStorage.open(url) as storage:
            workflow_with_session(storage)
        say(url, "UPDATE poec_history SET feed_transaction = feed_transaction + 1000000000")
        with SqlStorage.open(url) as storage:
            with pytest.raises(Exception, match="ahead of the server"):
                workflow_on(storage).execute(registering(1), ADVISER)
            storage.create()
            workflow_on(storage).execute(registering(1), ADVISER)
            places = [tuple(map(int, place.split("."))) for place, _ in _feed(storage)]
            assert places == sorted(places)


def test_the_numbers_of_a_transaction_are_its_own(url: str) -> None:
    """A batch over several sessions writes by several statements: no two entries have one place, and order stays."""
    with SqlStorage.open(url) as storage:
        workflow = workflow_on(storage)
        for each in ("S-21", "S-22", "S-23"):
            workflow.execute(opening(each), PLATFORM)
        workflow.execute_many(
            [Request(registering(400 + number, f"S-2{1 + number % 3}"), ADVISER) for number in range(9)], atomic=True
        )
        last = _feed(storage)[-9:]
        assert [entry.event.reference for _, entry in last] == [f"C-{400 + number}" for number in range(9)]
        assert len({place for place, _ in last}) == 9
