"""A commit that fails, and one whose answer is lost: who has a key sends the command again, and nobody else does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from driver_interception import BEFORE, COMMIT, STATEMENT, InterceptedCall, Interceptor, Watch, hang_up, interceptor
from fault_types import FAULTS, Fault
from sqlalchemy import create_engine, make_url

from guarantees import ADVISER, PLATFORM, check, registering, workflow_on, workflow_with_session
from poec_workflow import StorageUnavailable
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.commands import CancelSession, SetCapacity
from postgres import SERVER

LOST, BROKEN = "lost acknowledgement", {"sqlite": "SQLITE_FULL", "postgresql": "53100 (disk full)"}
NINE = SetCapacity("S-1", capacity=9)


@pytest.fixture
def ours() -> Iterator[Interceptor]:
    with interceptor() as made:
        yield made


@pytest.fixture
def storage(database_url: str, ours: Interceptor) -> Iterator[SqlStorage]:
    """A storage that waits for nobody's lock, and tries nothing twice."""
    del ours
    with SqlStorage.open(database_url, busy_timeout=0.001, attempts=1) as made:
        workflow_with_session(made)
        yield made


def fault_of(url: str, name: str) -> Fault:
    return next(each for each in FAULTS[make_url(url).get_backend_name()] if each.name == name)


def once(fault: Fault, what: str) -> tuple[list[InterceptedCall], Watch]:
    """A watcher that makes a fault happen at the first moment before something, and notes all moments."""
    seen: list[InterceptedCall] = []

    def watch(call: InterceptedCall) -> None:
        first = not any((each.what, each.when) == (what, BEFORE) for each in seen)
        seen.append(call)
        if first and (call.what, call.when) == (what, BEFORE):
            fault.strike(call)

    return seen, watch


def test_a_key_solves_a_lost_acknowledgement(database_url: str, ours: Interceptor, storage: SqlStorage) -> None:
    """The command was carried out, and nobody was told; sent again with its key it gets the first answer, once."""
    workflow = workflow_on(storage)
    _, ours.watch = once(fault_of(database_url, LOST), COMMIT)
    with pytest.raises(StorageUnavailable):
        workflow.execute(NINE, PLATFORM, key="k")
    answer = workflow.execute(NINE, PLATFORM, key="k")
    assert (answer.replayed, answer.subject.version) == (True, 2)
    assert len(workflow.history("session", "S-1")) == 2
    check(storage)


def test_without_a_key_nothing_is_sent_again(database_url: str, ours: Interceptor) -> None:
    """Not even by a storage that retries conflicts: carried out once, and the caller hears that nobody can say."""
    with SqlStorage.open(database_url) as storage:
        workflow = workflow_with_session(storage)
        seen, ours.watch = once(fault_of(database_url, LOST), COMMIT)
        with pytest.raises(StorageUnavailable):
            workflow.execute(NINE, PLATFORM)
        assert sum(each.what == COMMIT for each in seen) == 1
        assert [each.event.version for each in workflow.history("session", "S-1")] == [1, 2]
        assert workflow.session("S-1").capacity == 9
        check(storage)


def test_a_commit_that_failed_leaves_nothing_open(database_url: str, ours: Interceptor, storage: SqlStorage) -> None:
    """Neither a lock for others, nor half a command for who uses the storage next."""
    workflow = workflow_on(storage)
    _, ours.watch = once(fault_of(database_url, BROKEN[make_url(database_url).get_backend_name()]), COMMIT)
    with pytest.raises(StorageUnavailable):
        workflow.execute(NINE, PLATFORM)
    with SqlStorage.open(database_url, busy_timeout=0.001, attempts=1) as other:
        workflow_on(other).execute(registering(1), ADVISER)
    workflow.execute(registering(2), ADVISER)
    assert workflow.session("S-1").capacity == 2
    check(storage)


def test_an_interrupt_leaves_no_lock(file: Path, ours: Interceptor) -> None:
    """On SQLite, in the middle of many rows, and although the traceback remembers the driver's cursor."""
    rows: list[InterceptedCall] = []

    def watch(call: InterceptedCall) -> None:
        rows.extend([call] if "poec_history" in call.text else [])
        if len(rows) == 3:
            ours.watch = rows.append
            raise KeyboardInterrupt

    with SqlStorage.open(f"sqlite:///{file}") as storage:
        workflow = workflow_with_session(storage)
        for number in (1, 2, 3):
            workflow.execute(registering(number), ADVISER)
        ours.watch = watch
        with pytest.raises(KeyboardInterrupt) as remembered:
            workflow.execute(CancelSession("S-1", reason="Trop peu d'inscrits"), PLATFORM)
        with SqlStorage.open(f"sqlite:///{file}", busy_timeout=0, attempts=1) as other:
            assert workflow_on(other).execute(NINE, PLATFORM).subject.version == 2
            check(other)
        assert remembered.tb is not None


def test_a_server_that_only_reads(postgresql_url: str) -> None:
    """A standby, or a database that was set so: reading works, a command is unavailable, and then works."""
    with SqlStorage.open(postgresql_url) as storage:
        workflow_with_session(storage)
    name = make_url(postgresql_url).database
    SERVER.say(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    with SqlStorage.open(postgresql_url) as storage:
        assert workflow_on(storage).session("S-1").capacity == 2
        with pytest.raises(StorageUnavailable):
            workflow_on(storage).execute(NINE, PLATFORM, key="k")
    SERVER.say(f"ALTER DATABASE {name} RESET default_transaction_read_only")
    with SqlStorage.open(postgresql_url) as storage:
        assert not workflow_on(storage).execute(NINE, PLATFORM, key="k").replayed


def test_a_hosts_connection_that_is_lost(postgresql_url: str, ours: Interceptor) -> None:
    """At any statement of ours the host hears that the storage is unavailable, whatever undoing would have said."""
    with SqlStorage.open(postgresql_url) as storage:
        workflow_with_session(storage)
    engine = create_engine(postgresql_url)
    undisturbed: list[InterceptedCall] = []
    for number in range(100):
        with engine.connect() as host:
            host.exec_driver_sql("SELECT 1").close()
            undisturbed.clear()
            ours.watch = _hanging_up(undisturbed, number)
            try:
                workflow_on(SqlStorage.joined(host)).execute(registering(1), ADVISER)
            except StorageUnavailable:
                continue
            finally:
                ours.watch = lambda _moment: None
            break
    engine.dispose()
    assert number == sum((each.what, each.when) == (STATEMENT, BEFORE) for each in undisturbed) > 4


def _hanging_up(undisturbed: list[InterceptedCall], number: int) -> Watch:
    def watch(call: InterceptedCall) -> None:
        if (call.what, call.when) == (STATEMENT, BEFORE):
            if len(undisturbed) == number:
                hang_up(call.connection)
            undisturbed.append(call)

    return watch
