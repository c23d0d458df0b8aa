"""PostgreSQL: a database that comes to another server, whose transaction numbers are lower; prepared transactions."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy.engine import make_url

from guarantees import ADVISER, PLATFORM, check, everything, registering, workflow_on, workflow_with_session
from poec_workflow import Request, SchemaOutdated, Workflow
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.testing import SettableClock
from poec_workflow.testing.contracts.concurrency import LATE
from poec_workflow.testing.contracts.fixtures import opening
from postgres import SERVER, Cluster, find, raw_url, str_of

# Each of these subtransactions takes a number.
NUMBERS_GO_ON = """
CREATE TEMPORARY TABLE numbers (n integer);
DO $$ BEGIN
  FOR n IN 1..{} LOOP BEGIN INSERT INTO numbers VALUES (n); EXCEPTION WHEN others THEN NULL; END; END LOOP;
END $$
"""


@pytest.fixture
def cluster(postgresql_server: None) -> Iterator[Cluster]:
    """A server of its own, on which transactions may be prepared, and which numbers higher than the session's."""
    del postgresql_server
    with Cluster(find(), max_prepared_transactions="2") as made:
        with psycopg.connect(raw_url(str_of(SERVER.url))) as ours:
            number = ours.execute("SELECT pg_current_xact_id()::text::integer").fetchone()
        assert number
        with psycopg.connect(raw_url(str_of(made.url)), autocommit=True) as theirs:
            theirs.execute(NUMBERS_GO_ON.format(number[0] + 1_000))
        yield made


def copied(source: str, target: str) -> None:
    """A database as its dump restores it."""
    program = find() / "pg_dump"
    if not program.exists():
        pytest.skip("there is no pg_dump")
    known = make_url(source)
    host, name = str(known.query["host"]), str(known.database)
    said = subprocess.run(
        [program, "-h", host, "-U", "postgres", "--inserts", name],
        check=True,
        capture_output=True,
        text=True,
    )
    script = "\n".join(line for line in said.stdout.splitlines() if not line.startswith("\\"))
    with psycopg.connect(raw_url(target)) as connection:
        connection.execute(script)


def test_a_restored_store_goes_on_after_what_it_has(cluster: Cluster) -> None:
    """It is neither read nor written until it was upgraded; then cursors are good, and nothing is missed."""
    first = str_of(cluster.url)
    with SqlStorage.open(first) as storage:
        workflow = workflow_with_session(storage, seats=30)
        for number in range(5):
            workflow.execute(registering(number), ADVISER)
        cursor, whole = workflow.feed(limit=4).next, workflow.feed().items
    with SERVER.database() as second:
        copied(first, second)
        with SqlStorage.open(second) as storage:
            refused(storage)
            storage.create()
            check(storage)
            workflow = workflow_on(storage)
            assert workflow.feed().items == whole
            workflow.execute(registering(5), ADVISER)
            new = workflow.feed(cursor).items
            assert new[:-1] == whole[4:]
            assert new[-1].event.reference == "C-5"
            before = base(second)
            storage.create()
            assert base(second) == before > 0
        # And once more, to the server that it came from.
        with psycopg.connect(raw_url(first), autocommit=True) as host:
            host.execute("CREATE DATABASE third")
        third = str_of(cluster.url.set(database="third"))
        copied(second, third)
    with SqlStorage.open(third) as storage:
        storage.create()
        workflow = workflow_on(storage)
        workflow.execute(registering(6), ADVISER)
        assert [each.event.reference for each in workflow.feed(cursor).items] == [
            "C-1",
            "C-2",
            "C-3",
            "C-4",
            "C-5",
            "C-6",
        ]


def refused(storage: SqlStorage) -> None:
    """Whatever writes history is undone, and nothing is read that others would not see in its place."""
    before = everything(storage)
    workflow = workflow_on(storage)
    late = Workflow(storage, clock=SettableClock(LATE))
    for attempt in (
        workflow.feed,
        lambda: workflow.execute(registering(9), ADVISER),
        lambda: workflow.execute_many([Request(registering(each), ADVISER) for each in (8, 9)], atomic=True),
        late.sweep,
    ):
        with pytest.raises(SchemaOutdated, match="store upgrade"):
            attempt()
    assert everything(storage) == before


def base(url: str) -> int:
    """What is added to the server's numbers."""
    with psycopg.connect(raw_url(url)) as connection:
        found = connection.execute("SELECT base FROM poec_feed").fetchone()
    assert found
    return int(found[0])


def test_a_prepared_transaction_holds_back_too(cluster: Cluster) -> None:
    """Nobody is connected any more, and it may still be committed."""
    url = str_of(cluster.url)
    with SqlStorage.open(url) as storage:
        workflow = workflow_with_session(storage)
        workflow.execute(opening("S-2"), PLATFORM)
        before = workflow.feed().next
        with psycopg.connect(raw_url(url)) as host:
            workflow_on(SqlStorage.joined(host)).execute(registering(1), ADVISER)
            host.execute("PREPARE TRANSACTION 'later'")
        workflow.execute(registering(2, "S-2"), ADVISER)
        assert (workflow.feed(before).items, storage.queries.held_back()) == ((), 1)
        with psycopg.connect(raw_url(url), autocommit=True) as host:
            host.execute("COMMIT PREPARED 'later'")
        assert [each.event.reference for each in workflow.feed(before).items] == ["C-1", "C-2"]
