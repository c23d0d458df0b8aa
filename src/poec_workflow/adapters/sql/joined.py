"""The host's transaction: ours goes with it, and is never committed, rolled back or retried here.

An engine put around the host's driver connection would roll the host's writes back when it gives the connection up,
even with the pool's reset off. So its dialect begins, commits, rolls back and closes nothing. What a call wrote
before it raised is undone by a savepoint, so that the host's transaction stays usable.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.pool import NullPool

from poec_workflow.adapters.sql.connections import Work
from poec_workflow.adapters.sql.dialects import begin_if_needed, is_known
from poec_workflow.adapters.sql.errors import translated
from poec_workflow.adapters.sql.revisions import OURS, Lineage, SchemaStatus, status, upgrade

T = TypeVar("T")

_SAVEPOINT = "poec_workflow"


class JoinedConnections:
    """One connection, which is the host's."""

    def __init__(self, connection: object, lineage: Lineage = OURS) -> None:
        self._host = connection
        self._lineage = lineage

    def run(self, work: Work[T], *, write: bool) -> T:
        """Do work after a savepoint; go back to it when it raises, or when it was not to write.

        Raises:
            RuntimeError: the host has no transaction to join.
        """
        with translated(), _core(self._host) as connection:
            begin_if_needed(connection)
            _say(connection, "SAVEPOINT")
            try:
                result = work(connection)
            except BaseException:
                _undo(connection)
                raise
            if write:
                _say(connection, "RELEASE SAVEPOINT")
            else:
                _undo(connection)
            return result

    def read(self, work: Work[T]) -> T:
        """Do work that only reads, with what the host wrote so far."""
        with translated(), _core(self._host) as connection:
            return work(connection)

    def upgrade(self) -> SchemaStatus:
        """Make the tables, or bring older ones up to this release, in the host's transaction."""
        return self.run(lambda connection: upgrade(connection, self._lineage), write=True)

    def status(self) -> SchemaStatus:
        """Which schema is there, as the host's transaction sees it."""
        return self.read(lambda connection: status(connection, self._lineage))

    def close(self) -> None:
        """Nothing: the connection is the host's."""


def _say(connection: Connection, words: str) -> None:
    connection.exec_driver_sql(f"{words} {_SAVEPOINT}").close()


def _undo(connection: Connection) -> None:
    _say(connection, "ROLLBACK TO SAVEPOINT")
    _say(connection, "RELEASE SAVEPOINT")


@contextmanager
def _core(host: Any) -> Iterator[Connection]:  # noqa: ANN401 - three libraries' connections
    """A Core connection on a host's: SQLAlchemy's own, Django's, or the driver's.

    Raises:
        TypeError: it is none of them.
    """
    if isinstance(host, Connection):
        if not is_known(host.dialect):
            raise TypeError(f"a connection to {host.dialect.name}, which is not known")
        yield host
        return
    if hasattr(host, "ensure_connection"):
        host.ensure_connection()
        host = host.connection
    if not isinstance(host, sqlite3.Connection):
        raise TypeError(f"expected a connection, not {type(host).__name__}")
    with closing(_engine(host).connect()) as connection:
        yield connection


def _engine(host: sqlite3.Connection) -> Engine:
    dialect = _HostDialect(dbapi=sqlite3)
    pool = NullPool(lambda: _HostConnection(host), reset_on_return=None, dialect=dialect)  # type: ignore[arg-type]
    return Engine(pool, dialect, make_url("sqlite://"), execution_options={"compiled_cache": _compiled})


_compiled: dict[Any, Any] = {}
"""Statements compiled for hosts' connections: their number is that of our statements."""


class _HostConnection:
    """A driver connection as the dialect needs it, whatever the host set up for its own rows."""

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


class _HostDialect(SQLiteDialect_pysqlite):
    """SQLite's, without a hand on the transaction or the connection."""

    supports_statement_cache = True

    def do_begin(self, _connection: object) -> None: ...

    def do_commit(self, _connection: object) -> None: ...

    def do_rollback(self, _connection: object) -> None: ...

    def do_close(self, _connection: object) -> None: ...

    def do_terminate(self, _connection: object) -> None: ...
