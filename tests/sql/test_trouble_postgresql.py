"""What PostgreSQL says becomes one of our exceptions."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from unittest.mock import patch

import psycopg
import pytest
import stamina
from held_rows import assert_waited_for_so_long
from sqlalchemy import event, text
from sqlalchemy.pool import PoolProxiedConnection

from guarantees import ADVISER, PLATFORM, check, registering, workflow_on, workflow_with_session
from poec_workflow import Conflict, SchemaOutdated, StorageUnavailable, commands
from poec_workflow.adapters.sql import SqlStorage, driver_transaction
from poec_workflow.adapters.sql.prepared import Prepared, StatementConnection
from poec_workflow.ports import Transaction
from postgres import SERVER


def raising(state: str, times: int) -> tuple[list[int], Callable[[Transaction], None]]:
    """Work that the database ends with an error so many times."""
    tried: list[int] = []

    def work(transaction: Transaction) -> None:
        tried.append(1)
        if len(tried) <= times:
            connection = transaction._connection  # type: ignore[attr-defined]  # noqa: SLF001
            connection.execute(f"DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{state}'; END $$")

    return tried, work


@pytest.mark.parametrize("state", ["40001", "40P01", "55P03", "23505"])
def test_a_conflict_is_tried_again_and_no_more_than_so_often(postgresql_url: str, state: str) -> None:
    """Serialization failures, deadlocks, lock timeouts and taken keys: done again, then `Conflict`."""
    with SqlStorage.open(postgresql_url, attempts=3) as storage, stamina.set_testing(True, attempts=2):
        tried, work = raising(state, 2)
        storage.run(work)
        assert len(tried) == 3
        tried, work = raising(state, 9)
        with pytest.raises(Conflict):
            storage.run(work)
        assert len(tried) == 3


@pytest.mark.parametrize(("state", "ours"), [("42P01", SchemaOutdated), ("53100", StorageUnavailable)])
def test_other_errors_are_not_tried_again(postgresql_url: str, state: str, ours: type[Exception]) -> None:
    """A missing table, and a full disk."""
    with SqlStorage.open(postgresql_url) as storage:
        tried, work = raising(state, 9)
        with pytest.raises(ours):
            storage.run(work)
        assert len(tried) == 1


def test_a_dropped_connection(postgresql_url: str) -> None:
    """In the middle of a command it is unavailable; one that was dropped while idle is replaced unseen."""
    with SqlStorage.open(postgresql_url) as storage:
        workflow = workflow_with_session(storage)

        def work(transaction: Transaction) -> None:
            transaction.load(commands.SetCapacity("S-1", capacity=7))
            SERVER.cut(postgresql_url)
            transaction.load(commands.SetCapacity("S-1", capacity=7))

        with pytest.raises(StorageUnavailable):
            storage.run(work)
        workflow.execute(registering(1), ADVISER)
        SERVER.cut(postgresql_url)
        workflow.execute(registering(2), ADVISER)
        check(storage)


def test_a_list_on_a_dropped_connection(postgresql_url: str) -> None:
    """In the middle of reading it is unavailable; one that was dropped while idle is replaced unseen."""
    with SqlStorage.open(postgresql_url, attempts=1) as storage:
        workflow = workflow_with_session(storage)
        workflow.execute(registering(1), ADVISER)
        statement = Prepared(text("SELECT 1 AS one"))

        def work(connection: StatementConnection) -> None:
            connection.values(statement)
            SERVER.cut(postgresql_url)
            connection.values(statement)

        with pytest.raises(StorageUnavailable):
            storage._connections.select(work)  # noqa: SLF001
        assert len(workflow.applications().items) == 1
        SERVER.cut(postgresql_url)
        assert len(workflow.applications().items) == 1
        check(storage)


def test_lists_and_commands_take_turns_on_a_connection(postgresql_url: str) -> None:
    """Each begins its transaction at the level of isolation that it needs, and leaves none open."""
    level = Prepared(text("SELECT current_setting('transaction_isolation')"))
    with SqlStorage.open(postgresql_url, attempts=1) as storage:
        connections = storage._connections  # noqa: SLF001
        for _ in range(2):
            assert connections.run(lambda each: each.values(level), write=True) == ["read committed"]
            assert connections.select(lambda each: each.values(level)) == ["repeatable read"]
            assert connections.run(lambda each: each.values(level), write=False) == ["repeatable read"]


def test_a_connection_that_is_dropped_at_the_commit(postgresql_url: str) -> None:
    """When everything was written: unavailable, and the key says later that nothing was stored."""
    with SqlStorage.open(postgresql_url) as storage:
        workflow = workflow_with_session(storage)
        commit = driver_transaction._commit  # noqa: SLF001

        def cut_first(pooled: PoolProxiedConnection) -> None:
            SERVER.cut(postgresql_url)
            commit(pooled)

        with patch.object(driver_transaction, "_commit", cut_first), pytest.raises(StorageUnavailable):
            workflow.execute(registering(1), ADVISER, key="k")
        assert not workflow.execute(registering(1), ADVISER, key="k").replayed
        check(storage)


@pytest.mark.parametrize(
    ("said", "ours"),
    [
        ("SELECT nothing", SchemaOutdated),
        ("SELECT 1/0", StorageUnavailable),
        ("DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '40001'; END $$", Conflict),
    ],
)
def test_what_the_driver_itself_raises_is_ours_too(postgresql_url: str, said: str, ours: type[Exception]) -> None:
    """Where SQLAlchemy does not stand between: when it prepares a connection, for one."""
    with SqlStorage.open(postgresql_url, attempts=1) as storage, pytest.raises(ours) as error:
        storage.run(lambda each: each._connection.execute(said))  # type: ignore[attr-defined] # noqa: SLF001
    assert isinstance(error.value.__cause__, psycopg.Error)


def test_a_connection_that_fails_when_it_is_taken_out(postgresql_url: str) -> None:
    """What the pool meets then is the driver's own error."""
    with SqlStorage.open(postgresql_url, attempts=1) as storage:
        workflow_with_session(storage)

        def fail(connection: psycopg.Connection[object], *_: object) -> None:
            connection.execute("SELECT 1/0")

        event.listen(storage._connections._engine, "checkout", fail)  # type: ignore[attr-defined]  # noqa: SLF001
        with pytest.raises(StorageUnavailable):
            workflow_on(storage).dashboard("TRAIN")


def test_every_connection_is_in_use(postgresql_url: str) -> None:
    """Who waited too long for one is told; when one is free again, it goes on."""
    with SqlStorage.open(postgresql_url, busy_timeout=0.01) as storage:
        workflow = workflow_with_session(storage)
        engine = storage._connections._engine  # type: ignore[attr-defined]  # noqa: SLF001
        with ExitStack() as stack:
            for _ in range(14):
                stack.enter_context(engine.connect())
            assert workflow.session("S-1").version == 1
            assert not workflow.execute(commands.SetCapacity("S-1", capacity=9), PLATFORM).final
            assert workflow.session("S-1").version == 2
            assert workflow.dashboard("TRAIN").rows
            stack.enter_context(engine.connect())
            for use in (workflow.session, lambda each: workflow.execute(commands.ReopenSession(each), PLATFORM)):
                with pytest.raises(StorageUnavailable, match="in use"):
                    use("S-1")
        assert workflow.session("S-1").version == 2


def test_a_server_that_is_not_there() -> None:
    """It can't be reached."""
    with (
        SqlStorage.open("postgresql+psycopg://nobody@127.0.0.1:1/none") as storage,
        pytest.raises(StorageUnavailable),
    ):
        workflow_on(storage).application("C-1")


def test_a_row_that_is_held_is_waited_for_so_long(postgresql_url: str) -> None:
    """The lock timeout ends the waiting, the attempts end the command; nothing has changed."""
    assert_waited_for_so_long(postgresql_url)


@pytest.mark.usefixtures("postgresql_server")
def test_references_sort_by_code_point_whatever_the_databases_language() -> None:
    """A French database would have « é » before « f », and upper case among lower case."""
    references = ["B", "a", "Z", "é", "f", "C-10", "C-9", "œ"]
    try:
        with (
            SERVER.database("TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'fr' ENCODING 'UTF8'") as url,
            SqlStorage.open(url) as storage,
        ):
            workflow = workflow_with_session(storage)
            for each in references:
                workflow.execute(
                    commands.CreateAction(each, title="[POEC] ", funder="F", responsible="R"),
                    PLATFORM,
                )
            found = [each.reference for each in workflow.actions().items]
    except psycopg.errors.FeatureNotSupported:
        pytest.skip("this PostgreSQL has no ICU")
    assert found == sorted([*references, "A-1"])
