"""Through a real PgBouncer, pooling sessions or transactions: everything works, and every wait is bounded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing

import psycopg
import pytest
from held_rows import assert_waited_for_so_long
from sqlalchemy import text

from guarantees import (
    ADVISER,
    PLATFORM,
    TRAINER,
    check,
    registering,
    retaining,
    workflow_on,
    workflow_with_session,
)
from pgbouncer import PROGRAM, pgbouncer
from poec_workflow import Accepted, StorageUnavailable, Workflow, commands
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.adapters.sql.prepared import Prepared, StatementConnection
from poec_workflow.commands import Request
from poec_workflow.testing import SettableClock
from postgres import raw_url

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="no PgBouncer")

_MANY = 8
"""More commands than psycopg executes of one statement before it prepares it."""
_LIMIT = Prepared(text("SELECT current_setting('lock_timeout') || ' ' || current_setting('jit')"))


def limit(connection: StatementConnection) -> object:
    """How long a transaction waits for a lock, and whether its statements are compiled."""
    return connection.values(_LIMIT)[0]


@pytest.fixture(params=["session", "transaction"])
def through(request: pytest.FixtureRequest, postgresql_url: str) -> Iterator[str]:
    """A fresh database, through a PgBouncer that pools two of its sessions in each way."""
    with pgbouncer(postgresql_url, pool_mode=request.param, default_pool_size=2) as url:
        yield url


def other_session(stack: ExitStack, url: str) -> psycopg.Connection[tuple[object, ...]]:
    """Another client in a transaction, which holds the session of the server that was used last."""
    connection = stack.enter_context(psycopg.connect(raw_url(url), prepare_threshold=None))
    connection.execute("SELECT 1")
    return connection


def test_all_work_goes_through(through: str) -> None:
    """Tables are made, commands executed one by one and together, lists read, what is overdue swept."""
    with SqlStorage.open(through) as storage:
        workflow = workflow_with_session(storage)
        workflow.execute(commands.SetCapacity("S-1", capacity=99), PLATFORM)
        for number in range(1, _MANY):
            workflow.execute(registering(number), ADVISER, key=f"k-{number}")
        for command in retaining(1):
            workflow.execute(command, TRAINER)
        requests = [Request(command=registering(number), actor=ADVISER) for number in range(_MANY, 2 * _MANY)]
        assert all(isinstance(each, Accepted) for each in workflow.execute_many(requests, batch=3))
        assert len(workflow.applications().items) == 2 * _MANY - 1
        assert workflow.dashboard("TRAIN").rows
        assert storage.schema().up_to_date
        assert Workflow(storage, clock=SettableClock("2022-04-20T09:00:00+02:00")).sweep().expired
        check(storage)


def test_a_command_may_run_in_any_session_of_the_server(postgresql_url: str) -> None:
    """What was prepared in one is unknown in the next: nothing is prepared where transactions are pooled."""
    with (
        pgbouncer(postgresql_url, pool_mode="transaction", default_pool_size=2) as url,
        SqlStorage.open(url, attempts=1) as storage,
    ):
        workflow = workflow_with_session(storage)
        for number in range(1, _MANY):
            # No reading between: psycopg forgets what it prepared when it rolls back.
            workflow.execute(commands.SetCapacity("S-1", capacity=number + 2), PLATFORM)
        with ExitStack() as stack:
            other_session(stack, url)
            for number in range(1, _MANY):
                workflow.execute(commands.SetCapacity("S-1", capacity=number + 20), PLATFORM)
                assert workflow.session("S-1").capacity == number + 20
        check(storage)


def test_what_is_prepared_without_a_pooler_stays_so(postgresql_url: str) -> None:
    """A connection that nothing stands between prepares what it executes often."""
    statement = Prepared(text("SELECT count(*) FROM pg_prepared_statements"))
    with SqlStorage.open(postgresql_url) as storage:
        connections = storage._connections  # noqa: SLF001
        counts = [connections.run(lambda each: each.values(statement)[0], write=True) for _ in range(_MANY)]
    assert counts[-1] > 0


def test_a_held_row_is_waited_for_so_long(through: str) -> None:
    """The lock timeout ends the waiting, the attempts end the command; nothing has changed."""
    assert_waited_for_so_long(through)


@pytest.mark.parametrize(
    ("seconds", "found"), [(0, "1ms"), (0.0001, "1ms"), (0.25, "250ms"), (10, "10s"), (1e12, "2147483647ms")]
)
def test_every_wait_is_bounded(postgresql_url: str, seconds: float, found: str) -> None:
    """By no less than a millisecond, for PostgreSQL takes 0 for no limit; and so where it makes tables, or reads."""
    with SqlStorage.open(postgresql_url, busy_timeout=seconds) as storage:
        for write in (True, False):
            assert storage._connections.run(limit, write=write) == f"{found} off"  # noqa: SLF001
        connections = storage._connections  # noqa: SLF001
        assert connections.read(lambda each: each.scalar(text("SHOW lock_timeout"))) == found


def test_limits_of_the_url_are_the_hosts(postgresql_url: str) -> None:
    """Who wrote one there meant it, though PgBouncer refuses such a URL."""
    url = f"{postgresql_url}&options=-c%20lock_timeout%3D1234"
    with SqlStorage.open(url) as storage:
        assert storage._connections.run(limit, write=True) == "1234ms off"  # noqa: SLF001
    with (
        pgbouncer(postgresql_url) as through,
        SqlStorage.open(f"{through}&options=-c%20jit%3Don") as storage,
        pytest.raises(StorageUnavailable, match="options"),
    ):
        workflow_on(storage).session("S-1")


def test_a_limit_is_left_in_no_session(through: str) -> None:
    """Whoever is given the server's session next finds it as it was."""
    with SqlStorage.open(through) as storage:
        workflow_with_session(storage).session("S-1")
    with closing(psycopg.connect(raw_url(through))) as other:
        assert other.execute("SHOW lock_timeout").fetchone() == ("0",)
        assert other.execute("SHOW jit").fetchone() == ("on",)


def test_a_pool_that_is_full(postgresql_url: str) -> None:
    """PgBouncer itself ends that wait, by `query_wait_timeout`: unavailable, and later it goes on."""
    with (
        pgbouncer(postgresql_url, pool_mode="transaction", default_pool_size=1, query_wait_timeout=1) as url,
        SqlStorage.open(url, attempts=1) as storage,
    ):
        workflow = workflow_with_session(storage)
        with ExitStack() as stack:
            other_session(stack, url)
            with pytest.raises(StorageUnavailable):
                workflow.session("S-1")
        assert workflow.session("S-1").version == 1
