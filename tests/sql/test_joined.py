"""In the host's transaction: together or not at all, for every kind of connection."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hosts import HOSTS, Host

from guarantees import ADVISER, PLATFORM, TRAINER, check, registering, retaining, workflow_on, workflow_with_session
from poec_workflow import Accepted, CommandRefused, Conflict, SchemaOutdated, Workflow, commands
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.commands import Request
from poec_workflow.ports import Transaction
from poec_workflow.testing import SettableClock

Note = Callable[[str], None]
LATE = SettableClock("2022-04-20T09:00:00+02:00")


class Broken(Exception):
    """What a host raises."""


@pytest.fixture(params=sorted(HOSTS))
def host(request: pytest.FixtureRequest) -> Host:
    """Each kind of host."""
    return HOSTS[request.param]


@pytest.fixture
def town(file: Path, stored: SqlStorage) -> SqlStorage:
    """A file with our tables, a session, and the host's own table."""
    workflow_with_session(stored)
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("CREATE TABLE notes (body TEXT)").close()
    return stored


def notes(file: Path) -> list[str]:
    """What the host stored."""
    with closing(sqlite3.connect(file)) as connection:
        return [body for (body,) in connection.execute("SELECT body FROM notes ORDER BY rowid").fetchall()]


def test_it_is_committed_with_the_host(host: Host, file: Path, town: SqlStorage) -> None:
    """What the host wrote before and after, and what we did between, are stored together."""

    def work(note: Note, joined: SqlStorage) -> None:
        note("before")
        workflow = workflow_on(joined)
        workflow.execute(registering(1), ADVISER, key="k")
        for command in retaining(1):
            workflow.execute(command, TRAINER)
        assert workflow.application("C-1").state == "retained"
        note("after")

    host(file, work)
    assert notes(file) == ["before", "after"]
    assert workflow_on(town).application("C-1").state == "retained"
    assert workflow_on(town).execute(registering(1), ADVISER, key="k").replayed
    check(town)


def test_we_may_be_the_first_to_write(host: Host, file: Path, town: SqlStorage) -> None:
    """A savepoint that begins the transaction would commit when it is released."""

    def work(_note: Note, joined: SqlStorage) -> None:
        workflow_on(joined).execute(registering(1), ADVISER)
        raise Broken

    with pytest.raises(Broken):
        host(file, work)
    assert town.queries.states(commands.Preregister.subject_kind) == {}
    host(file, lambda _, joined: workflow_on(joined).execute(registering(1), ADVISER))
    assert list(town.queries.states(commands.Preregister.subject_kind)) == ["C-1"]


def test_it_is_rolled_back_with_the_host(host: Host, file: Path, town: SqlStorage) -> None:
    """Nothing of either is stored."""

    def work(note: Note, joined: SqlStorage) -> None:
        note("before")
        workflow_on(joined).execute(registering(1), ADVISER, key="k")
        raise Broken

    with pytest.raises(Broken):
        host(file, work)
    assert notes(file) == []
    assert town.queries.states(commands.Preregister.subject_kind) == {}
    check(town)


def test_a_refusal_leaves_the_hosts_transaction_usable(host: Host, file: Path, town: SqlStorage) -> None:
    """The host catches the refusal, goes on, and commits what it wrote."""

    def work(note: Note, joined: SqlStorage) -> None:
        note("before")
        with pytest.raises(CommandRefused):
            workflow_on(joined).execute(commands.RecordPresence("C-1"), TRAINER)
        workflow_on(joined).execute(registering(1), ADVISER)
        note("after")

    host(file, work)
    assert notes(file) == ["before", "after"]
    check(town)


def test_what_raises_is_undone_and_the_rest_is_not(host: Host, file: Path, town: SqlStorage) -> None:
    """Work of ours that raises takes back its own part of the host's transaction, and no other."""

    def work(note: Note, joined: SqlStorage) -> None:
        note("before")

        def inner(transaction: Transaction) -> None:
            loaded = transaction.load(commands.SetCapacity("S-1", capacity=7))
            assert loaded.subject
            transaction.forget("P-1")
            raise Broken

        workflow_on(joined).execute(registering(1), ADVISER)
        with pytest.raises(Broken):
            joined.run(inner)
        workflow_on(joined).preview(registering(2), ADVISER)

    host(file, work)
    assert notes(file) == ["before"]
    assert town.queries.candidate("P-1") is not None
    assert list(town.queries.states(commands.Preregister.subject_kind)) == ["C-1"]


def test_hosts_make_the_tables_in_a_migration(host: Host, tmp_path: Path) -> None:
    """`create` works in the host's transaction, twice too; without it the schema is outdated."""
    file = tmp_path / "host.db"

    def use(_note: Note, joined: SqlStorage) -> None:
        workflow_with_session(joined)

    with pytest.raises(SchemaOutdated):
        host(file, use)
    host(file, lambda _, joined: joined.create())
    host(file, lambda _, joined: joined.create())
    host(file, use)
    with SqlStorage.open(f"sqlite:///{file}") as storage:
        check(storage)


def test_a_connection_without_a_transaction_is_malformed(file: Path, town: SqlStorage) -> None:
    """In autocommit there is nothing to join; reading is fine."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        joined = workflow_on(SqlStorage.joined(connection))
        with pytest.raises(RuntimeError, match="no transaction"):
            joined.execute(registering(1), ADVISER)
        assert joined.session("S-1") == workflow_on(town).session("S-1")
        assert not connection.in_transaction


def test_what_is_no_connection_is_malformed() -> None:
    """Engines, URLs and cursors are not connections."""
    with pytest.raises(TypeError, match="expected a connection"):
        workflow_on(SqlStorage.joined("sqlite:///file.db")).session("S-1")


def test_a_host_is_never_made_to_wait_for_a_retry(file: Path, town: SqlStorage) -> None:
    """A host that began by reading, and was overtaken, gets its conflict at once, and keeps its transaction."""
    with closing(sqlite3.connect(file, timeout=0)) as connection:
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM notes").close()
        joined = workflow_on(SqlStorage.joined(connection))
        assert joined.session("S-1").capacity == 2
        workflow_on(town).execute(commands.SetCapacity("S-1", capacity=5), PLATFORM)
        with pytest.raises(Conflict):
            joined.execute(registering(1), ADVISER)
        assert connection.in_transaction
        connection.rollback()


def test_many_go_through_any_connection(host: Host, file: Path, town: SqlStorage) -> None:
    """A batch of commands, a sweep of what is overdue, and the lists of both."""

    def work(_note: Note, joined: SqlStorage) -> None:
        workflow = workflow_on(joined)
        requests = [Request(command=registering(number), actor=ADVISER, key=f"{number}") for number in (1, 2, 3)]
        assert all(isinstance(each, Accepted) for each in workflow.execute_many(requests, batch=2))
        assert len(workflow.applications().items) == len(requests)
        expired = Workflow(joined, clock=LATE).sweep().expired
        assert expired == tuple(row.reference for row in workflow.applications().items)

    host(file, work)
    assert set(town.queries.states(commands.Preregister.subject_kind).values()) == {"no-advice"}
    check(town)
