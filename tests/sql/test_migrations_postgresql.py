"""The same on PostgreSQL: made at once, made by scripts, made by hand and upgraded are one schema, and rows stay."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from test_migrations import marks, step_by_step
from test_upgraders import UPGRADERS, upgraded_at_once

from guarantees import check, workflow_with_session
from poec_workflow import SchemaOutdated
from poec_workflow.adapters.sql import SqlStorage, migrations
from poec_workflow.adapters.sql.host_transaction import JoinedConnections
from poec_workflow.adapters.sql.revisions import REVISIONS
from poec_workflow.adapters.sql.schema import HEAD, metadata
from poec_workflow.adapters.sql.search_index import is_apart
from postgres import SERVER, raw_url
from stores import GOLDEN, LATER, OUTBOX, columns, engine_of, later, outbox_of, restore, rows, say, shape, stored_by


@pytest.fixture
def empty(postgresql_url: str) -> str:
    return postgresql_url


def fillfactors(url: str) -> dict[str, object]:
    engine = engine_of(url)
    said = "SELECT relname, reloptions FROM pg_class WHERE relname ~ '^poec' AND reloptions IS NOT NULL"
    with engine.connect() as connection:
        found = {row.relname: row.reloptions for row in connection.exec_driver_sql(said)}
    engine.dispose()
    return found


def poured(golden: Path, url: str, file: Path) -> None:
    """The rows of a golden SQLite file, in a database of the first revision."""
    restore(golden, file)
    step_by_step(url, "0001")
    source, known = rows(f"sqlite:///{file}"), columns(url)
    engine = engine_of(url)
    with engine.begin() as connection:
        for table in metadata.sorted_tables:
            names = [each.name for each in table.columns if each.name in known.get(table.name, ())]
            for row in source.get(table.name, ()):
                connection.execute(table.insert(), dict(zip(names, row, strict=True)))
        connection.execute(OUTBOX.insert(), outbox_of(f"sqlite:///{file}"))
    engine.dispose()


def test_however_it_is_made_it_is_the_same(empty: str) -> None:
    """At once on first use, by scripts, and by the printed SQL; alembic sees no difference either."""
    with SqlStorage.open(empty) as storage:
        assert storage.queries.organizations() == []
    with SERVER.database() as scripted, SERVER.database() as by_hand:
        step_by_step(scripted)
        with closing(psycopg.connect(raw_url(by_hand), autocommit=True)) as connection:
            connection.execute(migrations.sql("postgresql", REVISIONS.scripts, None, HEAD))
        assert shape(empty) == shape(scripted) == shape(by_hand)
        assert fillfactors(empty) == fillfactors(scripted) == fillfactors(by_hand) != {}
        assert marks(empty) == marks(scripted) == marks(by_hand) == [HEAD, int(HEAD)]
        with SqlStorage.open(by_hand) as storage:
            workflow_with_session(storage)
            check(storage)
    engine = engine_of(empty)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": "nobody", "include_name": is_apart})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_rows_stay_through_an_upgrade(empty: str, file: Path, tmp_path: Path) -> None:
    """By four processes at once: one does it, and what comes out is a fresh store of the later release."""
    poured(GOLDEN / "0001.db.sql", empty, file)
    before, release = rows(empty), later(tmp_path)
    with stored_by(release, empty) as storage, pytest.raises(SchemaOutdated, match="store upgrade"):
        workflow_with_session(storage)
    assert upgraded_at_once(empty, release) == {("0001", True): 1, (LATER, True): UPGRADERS - 1}
    after = rows(empty)
    assert {name: len(after[name]) for name in before} == {name: len(some) for name, some in before.items()}
    assert len(after["poec_messages"]) > 0
    assert marks(empty) == [LATER, int(LATER)]
    with stored_by(release, empty) as storage:
        check(storage)
    with SqlStorage.open(empty) as storage, pytest.raises(SchemaOutdated, match="too old"):
        storage.create()
    with SERVER.database() as fresh:
        assert upgraded_at_once(fresh, release) == {(None, True): 1, (LATER, True): UPGRADERS - 1}
        assert shape(fresh) == shape(empty)


def test_hosts_upgrade_in_their_own_transaction(empty: str, tmp_path: Path) -> None:
    """Rolled back with the host's, committed with it."""
    step_by_step(empty, "0001")
    say(empty, "DROP TABLE poec_alembic_version")
    before, release = shape(empty), later(tmp_path)
    with closing(psycopg.connect(raw_url(empty))) as connection:
        SqlStorage(JoinedConnections(connection, release)).create()
        connection.rollback()
        assert shape(empty) == before
        assert SqlStorage(JoinedConnections(connection, release)).create().versioned is False
        connection.commit()
    assert marks(empty) == [LATER, int(LATER)]
    with stored_by(release, empty) as storage:
        assert storage.schema().up_to_date
