"""Transactions on a driver's own connections, which come from an engine's pool."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Engine
from sqlalchemy.pool import PoolProxiedConnection

from poec_workflow.adapters.forking import abandon
from poec_workflow.adapters.sql.dialects import beginning
from poec_workflow.adapters.sql.driver_errors import ErrorKind, database_errors, error_kind
from poec_workflow.adapters.sql.losses import unknown_outcome
from poec_workflow.adapters.sql.prepared import DriverConnection, StatementConnection
from poec_workflow.adapters.sql.sqlite_file import UnchangingConnection

T = TypeVar("T")
Work = Callable[[StatementConnection], T]


class DriverTransactions:
    """Transactions on a driver's own connections, which come from an engine's pool.

    One of them is kept between transactions: to take one out of the pool, and to give it back, takes as long as three
    decisions.

    Attributes:
        partitioned: whether the store's tables are partitioned by session.
    """

    def __init__(self, engine: Engine) -> None:
        self.partitioned = False
        self._engine = engine
        self._beginnings = {write: beginning(engine, write=write) for write in (True, False)}
        self._kept: list[PoolProxiedConnection] = []
        self._process = object()

    def run(self, work: Work[T], *, write: bool, replaced: bool = False) -> T:
        """Do work in a transaction and commit it; undo it when it raises, or only reads, which it does on one snapshot.

        No connection is tested before it is used: that would be one more round trip for every command. One that was
        lost meanwhile shows at its first statement, when nothing was written; then the work begins again on a new one,
        once.
        """
        process, pooled = self._process, self._take()
        driver: Any = pooled.dbapi_connection
        connection = DriverConnection(driver, self._engine.dialect, partitioned=self.partitioned)
        try:
            connection.begin(self._beginnings[write])
            result = work(connection)
        except BaseException as error:
            if process is not self._process:
                raise  # in a child, and the transaction is the parent's
            lost = self._is_lost(error, driver)
            if lost:
                # The others were lost with it, and one that only reads is of no use to anybody.
                pooled.invalidate()
                self.close()
            else:
                _roll_back(pooled)
                pooled.close()
            if replaced or connection.answered or not lost:
                raise
        else:
            if process is not self._process:
                raise RuntimeError("the process was forked in the midst of a transaction, which is its parent's")
            self._end(pooled, write=write)
            return result
        return self.run(work, write=write, replaced=True)

    def make_room(self) -> None:
        """Give the connection that is kept back to the pool, where all others are in use."""
        pool: Any = self._engine.pool
        if pool.checkedout() >= pool.size():
            self.let_go()

    def close(self) -> None:
        """Close every connection; new ones are opened when they are needed."""
        self.let_go()
        self._engine.dispose()

    def abandon(self) -> None:
        """In a child: leave every connection to the parent."""
        abandon(*self._kept, self._engine.pool)
        self._kept = []
        self._process = object()
        self._engine.dispose(close=False)

    def let_go(self) -> None:
        """Give the connection that is kept back to the pool."""
        while (pooled := self._pop()) is not None:
            pooled.close()

    def _take(self) -> PoolProxiedConnection:
        return self._pop() or self._engine.raw_connection()

    def _pop(self) -> PoolProxiedConnection | None:
        try:
            return self._kept.pop()
        except IndexError:
            return None

    def _is_lost(self, error: BaseException, driver: Any) -> bool:  # noqa: ANN401 - two drivers' connections
        """Whether the connection is of no use any more, and another one may be."""
        known = isinstance(error, database_errors()) and error_kind(error) is ErrorKind.LOST
        return known or self._engine.dialect.is_disconnect(error, driver, None)  # type: ignore[arg-type]

    def _end(self, pooled: PoolProxiedConnection, *, write: bool) -> None:
        try:
            (_commit if write else _roll_back)(pooled)
        except BaseException:
            pooled.close()
            raise
        # One that sees no changes is looked at whenever it comes out of the pool.
        if self._kept or not pooled.is_valid or isinstance(pooled.dbapi_connection, UnchangingConnection):
            pooled.close()
        else:
            self._kept.append(pooled)


def _roll_back(pooled: PoolProxiedConnection) -> None:
    """Roll back; close the connection where that fails."""
    try:
        pooled.rollback()
    except database_errors():
        pooled.invalidate()


def _commit(pooled: PoolProxiedConnection) -> None:
    """Commit; close the connection where that fails: nobody knows in which state it is."""
    try:
        pooled.commit()
    except BaseException as error:
        unknown = isinstance(error, database_errors()) and getattr(pooled.dbapi_connection, "closed", False)
        pooled.invalidate()
        if unknown:
            raise unknown_outcome(error) from error
        raise
