"""A transaction that only reads, on one snapshot, on a driver's own connection taken from an engine's pool."""

from __future__ import annotations

from contextlib import closing
from typing import Any, TypeVar

from sqlalchemy import Engine

from poec_workflow.adapters.sql.driver_errors import database_errors
from poec_workflow.adapters.sql.driver_transaction import Work
from poec_workflow.adapters.sql.prepared import DriverConnection

T = TypeVar("T")


def select(engine: Engine, work: Work[T], *, replaced: bool = False) -> T:
    """Do work that only reads.

    As for commands, no connection is tested before it is used; one that was lost in the pool shows at its first
    statement, and the work begins again on a new one, once.
    """
    with closing(engine.raw_connection()) as pooled:
        driver = pooled.dbapi_connection
        assert driver is not None  # noqa: S101 - it was just taken out
        connection = DriverConnection(driver, engine.dialect)
        try:
            _begin(connection, driver)
            return work(connection)
        except BaseException as error:
            lost = engine.dialect.is_disconnect(error, driver, None)  # type: ignore[arg-type]
            if replaced or connection.answered or not lost:
                raise
        finally:
            try:
                pooled.rollback()
            except database_errors():
                pooled.invalidate()
    # The others in the pool were lost with it.
    engine.dispose()
    return select(engine, work, replaced=True)


def _begin(connection: DriverConnection, driver: Any) -> None:  # noqa: ANN401 - two drivers' connections
    """Begin a transaction; psycopg sends its BEGIN before the first statement."""
    if connection.dialect.name == "sqlite":
        connection.execute("BEGIN")
    elif getattr(driver.isolation_level, "name", None) != "REPEATABLE_READ":
        connection.dialect.set_isolation_level(driver, "REPEATABLE READ")
