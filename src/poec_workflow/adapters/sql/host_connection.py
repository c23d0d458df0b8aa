"""Wrap a host's connection (SQLAlchemy's, Django's, sqlite3's, psycopg's) as a SQLAlchemy Core connection.

An engine put around the host's driver connection would roll the host's writes back when it gives the connection up,
even with the pool's reset off. So its dialect begins, commits, rolls back and closes nothing.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from typing import Any

from sqlalchemy import Connection, Dialect
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.pool import NullPool

from poec_workflow.adapters.sql.database_encoding import check_hosts_encodings
from poec_workflow.adapters.sql.dialects import is_supported
from poec_workflow.adapters.sql.host_refusals import no_connection, refuse_doomed, refuse_given_up


@contextmanager
def core_connection(host: Any) -> Iterator[Connection]:  # noqa: ANN401 - three libraries' connections
    """Yield a Core connection on the host's.

    Raises:
        RuntimeError: its transaction was given up; or it is in psycopg's pipeline mode, where an answer comes too late
            to decide by.
        TypeError: it is no connection of these libraries, or of another database.
    """
    if isinstance(host, Connection):
        if not is_supported(host.dialect):
            raise TypeError(f"a connection to {host.dialect.name}, which is not known")
        if host.dialect.name == "postgresql":
            check_hosts_encodings(host.connection.driver_connection)
        refuse_given_up(host)
        with _in_its_transaction():
            yield host
        return
    if hasattr(host, "ensure_connection"):
        host = _driver_connection(host)
    with closing(_engine(host).connect()) as connection:
        yield connection


def driver_of(connection: Connection) -> Any:  # noqa: ANN401 - of several drivers
    """The driver's own connection, which lasts longer than what is put around it."""
    driver = connection.connection.driver_connection
    return driver.driver if isinstance(driver, _PsycopgConnection) else driver


@contextmanager
def _in_its_transaction() -> Iterator[None]:
    try:
        yield
    except InvalidRequestError as error:
        # What SQLAlchemy says after a rollback inside of `with connection.begin()`; others are kinds of their own.
        if type(error) is not InvalidRequestError:
            raise
        raise RuntimeError(f"the host's transaction has ended: {error}") from error


def _driver_connection(host: Any) -> Any:  # noqa: ANN401 - two drivers' connections
    refuse_doomed(host)
    try:
        host.ensure_connection()
    except Exception as error:  # noqa: BLE001 - raised again below
        # The driver's error, which Django wrapped in its own.
        raise error.__cause__ or error from None
    return host.connection


def _engine(host: Any) -> Engine:  # noqa: ANN401 - two drivers' connections
    # A host that has such a connection has imported its driver.
    psycopg: Any = sys.modules.get("psycopg")
    dialect: Dialect
    connection: Any
    if isinstance(host, sqlite3.Connection):
        dialect, connection = _sqlite(), _SqliteConnection(host)
    elif psycopg is not None and isinstance(host, psycopg.Connection):
        if host.pgconn.pipeline_status:
            raise RuntimeError("the host's connection is in a pipeline; leave it to join")
        check_hosts_encodings(host)
        dialect, connection = _postgresql(), _PsycopgConnection(host)
    else:
        raise no_connection(host)
    pool = NullPool(lambda: connection, reset_on_return=None, dialect=dialect)
    return Engine(pool, dialect, make_url(f"{dialect.name}://"), execution_options={"compiled_cache": _compiled})


_compiled: dict[Any, Any] = {}
"""Statements compiled for hosts' connections: their number is that of our statements, as there is one dialect each."""


class _SqliteConnection:
    """A sqlite3 connection whose cursors give plain tuples, whatever row factory the host set."""

    def __init__(self, host: sqlite3.Connection) -> None:
        self.driver = host

    def cursor(self) -> sqlite3.Cursor:
        cursor = self.driver.cursor()
        cursor.row_factory = None
        return cursor

    @property
    def in_transaction(self) -> bool:
        return self.driver.in_transaction

    @property
    def isolation_level(self) -> str | None:
        return self.driver.isolation_level

    @property
    def autocommit(self) -> bool | int:
        return getattr(self.driver, "autocommit", False)


class _PsycopgConnection:
    """A psycopg connection with plain cursors and tuples, whatever factories the host set."""

    def __init__(self, host: Any) -> None:  # noqa: ANN401 - of an optional dependency
        self.driver = host

    def cursor(self) -> Any:  # noqa: ANN401 - of an optional dependency
        psycopg = sys.modules["psycopg"]
        return psycopg.Cursor(self.driver, row_factory=psycopg.rows.tuple_row)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the driver has
        return getattr(self.driver, name)


class _NoTransactionControl:
    """A dialect that begins, commits, rolls back and closes nothing: the host does."""

    supports_statement_cache = True

    def do_begin(self, _connection: object) -> None: ...

    def do_commit(self, _connection: object) -> None: ...

    def do_rollback(self, _connection: object) -> None: ...

    def do_close(self, _connection: object) -> None: ...

    def do_terminate(self, _connection: object) -> None: ...


class _SqliteDialect(_NoTransactionControl, SQLiteDialect_pysqlite):
    supports_statement_cache = True


class _PostgresqlDialect(_NoTransactionControl, PGDialect_psycopg):
    supports_statement_cache = True


@cache
def _sqlite() -> _SqliteDialect:
    return _SqliteDialect(dbapi=sqlite3)


@cache
def _postgresql() -> _PostgresqlDialect:
    return _PostgresqlDialect(dbapi=_PostgresqlDialect.import_dbapi())  # type: ignore[no-untyped-call]
