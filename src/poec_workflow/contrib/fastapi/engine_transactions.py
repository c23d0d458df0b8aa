"""Transactions on a host's engine, asynchronous or not: begin, work, commit or roll back, without blocking the loop.

A synchronous engine works in threads. Those that wait for a connection are not those that give one back: however many
requests wait, a commit finds a thread.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Protocol, TypeVar

from poec_workflow.adapters.extras import needs_extra

with needs_extra("fastapi"):
    from anyio import CancelScope, CapacityLimiter
    from anyio.lowlevel import RunVar
    from anyio.to_thread import run_sync
    from sqlalchemy import Connection, Engine
    from sqlalchemy.exc import IntegrityError
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from poec_workflow.adapters.sql.dialects import NO_TRANSACTION, driver_autocommits
from poec_workflow.adapters.sql.driver_errors import database_errors, translated

T = TypeVar("T")

_THREADS = 40
"""For each of the two kinds of waiting; as many as Starlette has for views."""


class Transactions(Protocol):
    """What differs between the two kinds of engines."""

    async def open(self) -> Any:  # noqa: ANN401 - one of the two connections
        """A connection of the pool."""
        ...

    async def run(self, connection: Any, work: Callable[[Connection], T]) -> T:  # noqa: ANN401
        """Do blocking work with a connection."""
        ...


class OnTheLoop:
    """Transactions of an asynchronous engine."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def open(self) -> AsyncConnection:
        """A connection of the pool."""
        return await self._engine.connect()

    async def run(self, connection: AsyncConnection, work: Callable[[Connection], T]) -> T:
        """Do work with a connection, which SQLAlchemy awaits for it."""
        return await connection.run_sync(work)


class InThreads:
    """Transactions of a synchronous engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        # A limiter belongs to a loop, and an engine may see several.
        self._opening: RunVar[CapacityLimiter] = RunVar("poec_workflow: waits for a connection")
        self._working: RunVar[CapacityLimiter] = RunVar("poec_workflow: has a connection")

    async def open(self) -> Connection:
        """A connection of the pool."""
        return await run_sync(self._engine.connect, limiter=_limiter(self._opening))

    async def run(self, connection: Connection, work: Callable[[Connection], T]) -> T:
        """Do work with a connection in a thread."""
        return await run_sync(work, connection, limiter=_limiter(self._working))


def _limiter(of_loop: RunVar[CapacityLimiter]) -> CapacityLimiter:
    try:
        return of_loop.get()
    except LookupError:
        of_loop.set(limiter := CapacityLimiter(_THREADS))
        return limiter


def transactions_of(engine: Engine | AsyncEngine) -> Transactions:
    """The transactions of an engine.

    Raises:
        TypeError: it is none of SQLAlchemy's.
    """
    given: object = engine
    if isinstance(given, AsyncEngine):
        return OnTheLoop(given)
    if isinstance(given, Engine):
        return InThreads(given)
    raise TypeError(f"expected an Engine or an AsyncEngine of SQLAlchemy's, not {type(given).__qualname__}")


@asynccontextmanager
async def begun(transactions: Transactions, kept: tuple[type[Exception], ...]) -> AsyncIterator[Any]:
    """Yield a connection in a transaction: committed at the end, rolled back by what is raised, unless it is kept.

    Raises:
        Conflict: somebody else writes, or wrote the same; nothing was stored.
        StorageUnavailable: the database can't be reached, or went away.
        RuntimeError: the engine is in autocommit.
    """
    with _translating():
        connection = await transactions.open()
    try:
        with _translating():
            await transactions.run(connection, _begin)
        try:
            yield connection
        except kept:
            await _commit(transactions, connection)
            raise
        await _commit(transactions, connection)
    finally:
        # Closing rolls back what was not committed; who cancels the request does not cancel this.
        with CancelScope(shield=True):
            await transactions.run(connection, Connection.close)


async def _commit(transactions: Transactions, connection: Any) -> None:  # noqa: ANN401 - one of the two
    with CancelScope(shield=True), _translating(own=(IntegrityError,)):
        await transactions.run(connection, _commit_or_discard)


def _commit_or_discard(connection: Connection) -> None:
    """Commit; a connection that could not is not used again, for SQLAlchemy would give it back with its transaction."""
    try:
        connection.commit()
    except BaseException:
        connection.invalidate()
        raise


def _begin(connection: Connection) -> None:
    """Begin, on SQLite as who will write: else whoever reads first may find that another one wrote meanwhile.

    Raises:
        RuntimeError: the driver commits each statement by itself, and `commit` would do nothing.
    """
    if connection.dialect.name != "sqlite":
        connection.begin()
        return
    if driver_autocommits(connection):
        raise RuntimeError(NO_TRANSACTION)
    # What another commit of the host's could not store would be stored with ours.
    connection.connection.rollback()
    connection.begin()
    raw: Any = connection.connection.driver_connection
    if not raw.in_transaction:
        connection.exec_driver_sql("BEGIN IMMEDIATE").close()


@contextmanager
def _translating(own: tuple[type[Exception], ...] = ()) -> Iterator[None]:
    """Raise the package's exceptions in place of the drivers'; but for those that are the host's own affair."""
    try:
        yield
    except own:
        raise
    except database_errors() as error:
        raise translated(error) from error
