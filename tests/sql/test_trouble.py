"""What the driver says becomes one of our exceptions, with its cause."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
import stamina
from attrs import evolve
from sqlalchemy import create_engine

from guarantees import ADVISER, PLATFORM, TRAINER, check, registering, workflow_on, workflow_with_session
from poec_workflow import CommandRefused, Conflict, Malformed, SchemaOutdated, StorageUnavailable, SubjectKind, commands
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.history_recording import RecordedChange
from poec_workflow.ports import Transaction


def test_importing_the_package_loads_no_database() -> None:
    """SQLAlchemy is loaded by those who open a database, and by nobody else."""
    said = "import sys, poec_workflow; sys.exit(any(m.split('.')[0] in ('sqlalchemy', 'stamina') for m in sys.modules))"
    assert subprocess.run([sys.executable, "-c", said], check=False).returncode == 0


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///:memory:", "mysql://host/db", "file.db", "", "sqlite+aiosqlite:///file.db"]
)
def test_a_url_of_another_kind_is_malformed(url: str) -> None:
    """It is said at once, before anything is opened."""
    with pytest.raises(Malformed, match="url"):
        SqlStorage.open(url)


def test_nothing_is_made_before_the_first_use(file: Path) -> None:
    """Opening touches no file."""
    with SqlStorage.open(f"sqlite:///{file}") as storage:
        assert not file.exists()
        assert storage.queries.organizations() == []
        assert file.exists()


def test_a_directory_that_is_not_there(tmp_path: Path) -> None:
    """It can't be reached."""
    with SqlStorage.open(f"sqlite:///{tmp_path}/none/poec.db") as storage, pytest.raises(StorageUnavailable):
        workflow_with_session(storage)


def test_a_file_that_is_no_database(file: Path) -> None:
    """It can't be read, and is left as it is."""
    file.write_text("Liste des candidats\n" * 100, encoding="utf-8")
    with SqlStorage.open(f"sqlite:///{file}") as storage, pytest.raises(StorageUnavailable):
        workflow_with_session(storage)
    assert file.read_text(encoding="utf-8").startswith("Liste")


def test_a_database_that_can_only_be_read(file: Path, stored: SqlStorage) -> None:
    """Reading works, writing says that it can't."""
    workflow_with_session(stored)
    stored.close()
    with SqlStorage.open(f"sqlite:///file:{file}?mode=ro&uri=true") as storage:
        assert workflow_on(storage).session("S-1").capacity == 2
        with pytest.raises(StorageUnavailable):
            workflow_on(storage).execute(registering(1), ADVISER)


def test_a_full_disk(file: Path, stored: SqlStorage) -> None:
    """A command that finds no room changes nothing."""
    workflow = workflow_with_session(stored)

    def fill(transaction: Transaction) -> None:
        connection = transaction._connection  # type: ignore[attr-defined]  # noqa: SLF001
        connection.execute("PRAGMA max_page_count = 1")
        connection.execute("CREATE TABLE notes (body TEXT)")
        connection.execute("INSERT INTO notes VALUES (zeroblob(1000000))")

    with pytest.raises(StorageUnavailable, match="full"):
        stored.run(fill)
    stored.close()
    assert workflow.execute(registering(1), ADVISER).subject.version == 1
    assert file.exists()


@pytest.mark.parametrize(
    "spoil",
    [
        "UPDATE poec_alembic_version SET version_num = '9999'",
        "DELETE FROM poec_alembic_version",
        "DROP TABLE poec_alembic_version; UPDATE poec_schema SET version = 0",
        "DROP TABLE poec_alembic_version; UPDATE poec_schema SET version = 99",
        "DROP TABLE poec_alembic_version; DELETE FROM poec_schema",
        "DROP TABLE poec_alembic_version; DROP TABLE poec_schema",
    ],
)
def test_another_schema(file: Path, stored: SqlStorage, spoil: str) -> None:
    """Tables of another release are neither read nor written."""
    workflow_with_session(stored)
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.executescript(spoil).close()
    with SqlStorage.open(f"sqlite:///{file}") as storage, pytest.raises(SchemaOutdated):
        workflow_on(storage).session("S-1")


def test_a_table_that_went_away(file: Path, stored: SqlStorage) -> None:
    """Under a storage in use it is noticed too."""
    workflow_with_session(stored)
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("DROP TABLE poec_history").close()
    with pytest.raises(SchemaOutdated):
        workflow_on(stored).execute(registering(1), ADVISER)


@pytest.mark.parametrize(
    ("statement", "ours"),
    [
        ("SELECT * FROM poec_nothing", SchemaOutdated),
        ("SELECT absent FROM poec_people", SchemaOutdated),
        ("INSERT INTO poec_people (absent) VALUES (1)", SchemaOutdated),
        ("UPDATE poec_people SET absent = 1", SchemaOutdated),
        ("SELECT (", StorageUnavailable),
        ("SELECT nothing()", StorageUnavailable),
        ("CREATE TABLE poec_people (name TEXT)", StorageUnavailable),
    ],
)
def test_only_what_is_not_there_is_another_schema(stored: SqlStorage, statement: str, ours: type[Exception]) -> None:
    """SQLite has one code for a missing table and for whatever else is wrong with a statement."""
    workflow_with_session(stored)
    with pytest.raises(ours):
        stored.run(lambda each: each._connection.execute(statement))  # type: ignore[attr-defined]  # noqa: SLF001


def test_a_hosts_closed_connection_is_unavailable(file: Path, stored: SqlStorage) -> None:
    """The driver's own, and SQLAlchemy's."""
    workflow_with_session(stored)
    raw = sqlite3.connect(file)
    raw.close()
    engine = create_engine(f"sqlite:///{file}")
    core = engine.connect()
    core.close()
    engine.dispose()
    for host in (raw, core):
        joined = workflow_on(SqlStorage.joined(host))
        with pytest.raises(StorageUnavailable):
            joined.execute(registering(1), ADVISER)
        with pytest.raises(StorageUnavailable):
            joined.session("S-1")


def test_our_tables_live_beside_a_hosts(file: Path) -> None:
    """A database that has other tables gets ours."""
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("CREATE TABLE notes (body TEXT)").close()
    with SqlStorage.open(f"sqlite:///{file}") as storage:
        workflow_with_session(storage)
        check(storage)


def test_somebody_who_never_stops_writing(file: Path, stored: SqlStorage) -> None:
    """Is met so many times, and no more; when they stop, nothing has changed."""
    workflow_with_session(stored)
    with (
        closing(sqlite3.connect(file, isolation_level=None)) as other,
        SqlStorage.open(f"sqlite:///{file}", busy_timeout=0, attempts=3) as storage,
        stamina.set_testing(True, attempts=2),
    ):
        other.execute("BEGIN IMMEDIATE").close()
        with pytest.raises(Conflict):
            workflow_on(storage).execute(registering(1), ADVISER)
        assert workflow_on(storage).session("S-1").version == 1
        other.execute("COMMIT").close()
        workflow_on(storage).execute(registering(1), ADVISER)
    check(stored)


def test_a_conflict_is_tried_again(file: Path, stored: SqlStorage) -> None:
    """Work that met somebody's write is done again, on what they left."""
    workflow_with_session(stored)
    with (
        closing(sqlite3.connect(file, isolation_level=None)) as other,
        SqlStorage.open(f"sqlite:///{file}", busy_timeout=0) as storage,
        stamina.set_testing(True, attempts=4),
    ):
        seen = []

        def work(transaction: Transaction) -> None:
            loaded = transaction.load(commands.SetCapacity("S-1", capacity=9))
            seen.append(loaded.subject)
            if len(seen) < 3:
                raise Conflict

        storage.run(work)
        assert len(seen) == 3
        assert not other.in_transaction


def test_a_lost_update_is_a_conflict(stored: SqlStorage) -> None:
    """A version that somebody else has moved on is not written over."""
    workflow = workflow_with_session(stored)
    workflow.execute(registering(1), ADVISER)
    old = stored.queries.history(SubjectKind.APPLICATION, "C-1")
    subject = workflow.application("C-1")
    workflow.execute(commands.Withdraw("C-1", reason="found-employment"), ADVISER)

    def work(transaction: Transaction) -> None:
        event = evolve(old[0].event, version=2)
        transaction.save([RecordedChange(evolve(subject, version=2), evolve(old[0], event=event))])

    with stamina.set_testing(True, attempts=1), pytest.raises(Conflict):
        stored.run(work)
    assert workflow.application("C-1").state == "rejected"
    check(stored)


def test_a_refusal_is_no_conflict(stored: SqlStorage) -> None:
    """What the rules refuse is not tried again."""
    workflow = workflow_with_session(stored)
    with pytest.raises(CommandRefused):
        workflow.execute(commands.RecordPresence("C-1"), TRAINER)
    with pytest.raises(CommandRefused):
        workflow.execute(commands.CreateAction("A-1", title="[POEC] ", funder="F", responsible="R"), PLATFORM)


def test_a_storage_can_be_used_after_it_was_closed(stored: SqlStorage) -> None:
    """Closing lets go of the file; the next use takes it up again."""
    workflow_with_session(stored)
    stored.close()
    assert workflow_on(stored).session("S-1").capacity == 2
