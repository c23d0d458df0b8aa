"""A server that dies, freezes or is demoted under a storage: what is done again, what is said, and how soon."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

import pytest
from dying_servers import CommitCutter, DyingServer, dying_server, through
from sqlalchemy import text

from guarantees import ADVISER, PLATFORM, check, registering, workflow_on, workflow_with_session
from poec_workflow import StorageUnavailable, commands
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.adapters.sql.prepared import Prepared
from poec_workflow.ports import Transaction
from postgres import NoPostgreSQL

NINE = commands.SetCapacity("S-1", capacity=9)
MADE = commands.CreateAction("A-9", title="[POEC] Soudeur", funder="OPCO", responsible="RESP")
NOBODY = "127.0.0.1:1"


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[DyingServer, DyingServer]]:
    """Two."""
    try:
        with dying_server() as one, dying_server() as other:
            yield one, other
    except NoPostgreSQL as error:
        pytest.skip(str(error))


@pytest.fixture
def both(servers: tuple[DyingServer, DyingServer]) -> tuple[DyingServer, DyingServer]:
    """Two, with empty tables."""
    for each in servers:
        each.say("DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
        with SqlStorage.open(each.url) as storage:
            storage.create()
    return servers


@pytest.fixture
def server(servers: tuple[DyingServer, DyingServer]) -> DyingServer:
    """One, empty."""
    one = servers[0]
    one.say("DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
    return one


def of(*places: str, options: str = "") -> str:
    return f"postgresql://postgres@{','.join(places)}/postgres{options}"


@pytest.mark.parametrize("form", ["commas", "hosts"])
def test_the_host_that_is_there_is_found(server: DyingServer, form: str) -> None:
    """Wherever it stands in the URL, in either form."""
    url = (
        of(NOBODY, server.place)
        if form == "commas"
        else f"postgresql://postgres@/postgres?host={NOBODY}&host={server.place}"
    )
    with SqlStorage.open(url) as storage:
        assert workflow_with_session(storage).session("S-1").version == 1
        check(storage)


def test_a_host_that_only_reads_is_passed_over(both: tuple[DyingServer, DyingServer]) -> None:
    """As a standby is; and one that is made so meanwhile loses its connections, and the command goes to the other."""
    one, other = both
    with SqlStorage.open(of(one.place, other.place)) as storage, SqlStorage.open(other.url) as behind:
        workflow_on(storage).execute(MADE, PLATFORM, key="before")
        one.set("default_transaction_read_only", "on")
        try:
            assert not workflow_on(storage).execute(MADE, PLATFORM, key="after").replayed
            assert workflow_on(behind).action("A-9").version == 1
        finally:
            one.set("default_transaction_read_only", "off")


def test_one_host_that_only_reads_is_unavailable(server: DyingServer) -> None:
    """It is typed, says so, and works again afterwards."""
    with SqlStorage.open(server.url, attempts=2) as storage:
        workflow = workflow_with_session(storage)
        server.set("default_transaction_read_only", "on")
        try:
            with pytest.raises(StorageUnavailable, match="read-only") as error:
                workflow.execute(NINE, PLATFORM)
            assert type(error.value) is StorageUnavailable
        finally:
            server.set("default_transaction_read_only", "off")
        workflow.execute(NINE, PLATFORM)


def test_no_host_is_there() -> None:
    """It is unavailable, typed, and tells no password."""
    with (
        SqlStorage.open(f"postgres://u:secret@{NOBODY},127.0.0.1:2/d?sslpassword=secret", attempts=2) as storage,
        pytest.raises(StorageUnavailable) as error,
    ):
        workflow_on(storage).session("S-1")
    assert type(error.value) is StorageUnavailable
    assert "secret" not in f"{error.value} {error.value.__cause__!r} {error.value.__context__!r}"


def test_a_frozen_server_holds_nobody_up(both: tuple[DyingServer, DyingServer]) -> None:
    """Its connections look alive: a command on one of them finds the other server."""
    one, other = both
    with SqlStorage.open(of(one.place, other.place, options="?connect_timeout=1")) as storage:
        workflow = workflow_on(storage)
        workflow.actions()
        with one.frozen():
            began = monotonic()
            workflow.execute(commands.CreateAction("A-8", title="[POEC] ", funder="F", responsible="R"), PLATFORM)
            assert monotonic() - began < 15
    with SqlStorage.open(other.url) as storage:
        assert workflow_on(storage).action("A-8").version == 1


def test_a_server_at_work_is_waited_for(server: DyingServer) -> None:
    """However long a statement takes: a server that takes connections is no dead one."""
    asleep = Prepared(text("SELECT 1 FROM pg_sleep(2.4)"))

    def work(transaction: Transaction) -> object:
        return transaction._connection.values(asleep)  # type: ignore[attr-defined]  # noqa: SLF001

    with SqlStorage.open(f"{server.url}?connect_timeout=1", attempts=1) as storage:
        assert storage.run(work) == [1]


def test_the_host_that_was_found_is_asked_first(server: DyingServer) -> None:
    """One that hangs costs the first connection alone its time."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        place = f"127.0.0.1:{silent.getsockname()[1]}"
        with SqlStorage.open(of(place, server.place, options="?connect_timeout=2"), attempts=1) as storage:
            workflow_with_session(storage)
            with ThreadPoolExecutor(4) as pool:
                list(pool.map(lambda number: workflow_on(storage).execute(registering(number), ADVISER), range(4)))
            silent.settimeout(0)
            silent.accept()[0].close()
            with pytest.raises(BlockingIOError):
                silent.accept()


@pytest.mark.parametrize("key", ["k", None])
def test_a_connection_that_is_cut_at_the_commit(server: DyingServer, key: str | None) -> None:
    """The server committed, and nobody heard: it is said, never sent twice, and a key gets the first answer."""
    with (
        through(lambda: CommitCutter(server.port)) as way,
        SqlStorage.open(of(f"127.0.0.1:{way.port}", NOBODY)) as storage,
    ):
        workflow = workflow_with_session(storage)
        way.arm()
        with pytest.raises(StorageUnavailable, match="send the command again with its key") as error:
            workflow.execute(NINE, PLATFORM, key=key)
        assert type(error.value) is StorageUnavailable
        assert way.cuts == 1
        assert [each.event.version for each in workflow.history("session", "S-1")] == [1, 2]
        assert key is None or workflow.execute(NINE, PLATFORM, key=key).replayed
        assert workflow.session("S-1").version == 2
        check(storage)


@pytest.mark.parametrize("text_of", [b"SELECT poec_sessions", b"INSERT INTO poec_history"])
def test_a_connection_that_is_cut_before_the_commit(server: DyingServer, text_of: bytes) -> None:
    """Nothing was committed: the command begins again by itself, and is carried out once."""
    with (
        through(lambda: CommitCutter(server.port, text_of, arrives=False)) as way,
        SqlStorage.open(of(f"127.0.0.1:{way.port}", NOBODY)) as storage,
    ):
        workflow = workflow_with_session(storage)
        way.arm()
        assert not workflow.execute(NINE, PLATFORM).final
        assert way.cuts == 1
        assert workflow.session("S-1").version == 2
        check(storage)


def test_a_server_that_is_started_again(server: DyingServer) -> None:
    """Its connections are dropped from the pool, and a command finds the new ones."""
    with SqlStorage.open(server.url) as storage:
        workflow = workflow_with_session(storage)
        server.cluster.stop("immediate")
        with pytest.raises(StorageUnavailable):
            workflow.execute(NINE, PLATFORM)
        server.cluster.start()
        workflow.execute(NINE, PLATFORM)
        check(storage)


@pytest.mark.parametrize("command", [NINE, MADE], ids=["locking", "creating"])
def test_a_commit_that_is_on_no_standby_is_no_acknowledgement(server: DyingServer, command: commands.Command) -> None:
    """Neither when an administrator ends the wait, nor when its key asks for the first answer."""
    waiting = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
    ended = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
    with SqlStorage.open(server.url) as storage, ThreadPoolExecutor(1) as pool:
        workflow = workflow_with_session(storage)
        server.set("synchronous_standby_names", "nobody")
        try:
            first = pool.submit(workflow.execute, command, PLATFORM, key="k")
            _until(server, waiting)
            server.ask(ended)
            with pytest.raises(StorageUnavailable, match="standby"):
                first.result(30)
            again = pool.submit(workflow.execute, command, PLATFORM, key="k")
            _until(server, waiting)
            assert not again.done()
        finally:
            server.set("synchronous_standby_names", "")
        assert again.result(30).replayed


def _until(server: DyingServer, statement: str) -> None:
    end = monotonic() + 30
    while server.ask(statement) is None:
        assert monotonic() < end
