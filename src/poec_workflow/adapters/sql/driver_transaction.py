"""A transaction on a driver's own connection, taken from an engine's pool."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import Any, TypeVar

from sqlalchemy import Engine
from sqlalchemy.engine.interfaces import IsolationLevel
from sqlalchemy.pool import PoolProxiedConnection

from poec_workflow.adapters.sql.driver_errors import database_errors
from poec_workflow.adapters.sql.prepared import DriverConnection, StatementConnection

T = TypeVar("T")
Work = Callable[[StatementConnection], T]


def transact(engine: Engine, work: Work[T], *, write: bool, replaced: bool = False) -> T:
    """Do work in a transaction and commit it; undo it when it raises, or only reads, which it does on one snapshot.

    No connection is tested before it is used: that would be one more round trip for every command. One that was lost
    in the pool shows at its first statement, when nothing was written; then the work begins again on a new one, once.
    """
    with closing(engine.raw_connection()) as pooled:
        driver = pooled.dbapi_connection
        assert driver is not None  # noqa: S101 - it was just taken out
        connection = DriverConnection(driver, engine.dialect)
        try:
            _begin(connection, driver, write=write)
            result = work(connection)
        except BaseException as error:
            _roll_back(pooled)
            lost = engine.dialect.is_disconnect(error, driver, None)  # type: ignore[arg-type]
            if replaced or connection.answered or not lost:
                raise
        else:
            (_commit if write else _roll_back)(pooled)
            return result
    # The others in the pool were lost with it.
    engine.dispose()
    return transact(engine, work, write=write, replaced=True)


def _begin(connection: DriverConnection, driver: Any, *, write: bool) -> None:  # noqa: ANN401 - two drivers' connections
    """Begin a transaction, as `dialects` says; psycopg sends its BEGIN before the first statement."""
    if connection.dialect.name == "sqlite":
        connection.execute("BEGIN IMMEDIATE" if write else "BEGIN")
        return
    level: IsolationLevel = "READ COMMITTED" if write else "REPEATABLE READ"
    if getattr(driver.isolation_level, "name", "").replace("_", " ") != level:
        connection.dialect.set_isolation_level(driver, level)


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
    except BaseException:
        pooled.invalidate()
        raise
