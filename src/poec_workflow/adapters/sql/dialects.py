"""Differences between SQLite and PostgreSQL: engines, isolation, upserts, error codes, supported features.

SQLite and its driver: a transaction that reads first and writes later can fail at the write with no way to wait, so
writing transactions begin with BEGIN IMMEDIATE; the driver's own begin comes too late for that and is switched off
(`isolation_level = None`). The journal mode is a property of the file and can't be changed inside a transaction;
`synchronous` and the busy timeout are the connection's.

PostgreSQL: its driver's own begin is switched off too (`autocommit`), as `postgresql_sessions` says. Writing
transactions are READ COMMITTED with row locks; after waiting for a lock they see the row as it is then, where
REPEATABLE READ would fail and have to begin again. Only locked rows are as new as the lock: all else in the locking
statement is as of when it began to wait, and has to be read again by a statement of its own. Reading transactions are
REPEATABLE READ: one snapshot, without waiting.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Dialect, Engine, Insert, Table, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DisconnectionError

from poec_workflow.adapters.sql import postgresql_sessions
from poec_workflow.adapters.sql.database_encoding import refuse_other_encodings
from poec_workflow.adapters.sql.database_urls import DatabaseUrl, database_url
from poec_workflow.adapters.sql.open_connections import OpenConnections
from poec_workflow.adapters.sql.prepared import DriverConnection
from poec_workflow.adapters.sql.sqlite_file import SqliteFile, UnchangingConnection

if TYPE_CHECKING:
    from sqlalchemy.dialects.postgresql import Insert as PostgresqlInsert
    from sqlalchemy.dialects.sqlite import Insert as SqliteInsert

WRITING = "poec_writing"
"""The execution option of connections whose transactions write."""
_BEGINNINGS = "poec_beginnings"
"""The execution option that has the message that begins a transaction, by whether it writes."""

_POOL: Mapping[str, Any] = {"pool_size": 15, "max_overflow": 0, "pool_reset_on_return": None}
"""Each connection is kept: to open one takes longer than ten commands. It goes back as it is: every transaction was
ended, or its connection closed."""
_CACHE = 8_000
"""Kibibytes of a SQLite file that a connection keeps in memory at most: the sessions of a million applications, which
lists go over. With SQLite's own 2,000 each list reads them from the file again."""
_SCHEMA_LOCK = 0x706F6563
"""PostgreSQL's advisory lock of those who make the tables."""


def make_engine(url: str | URL, busy_timeout: float, opened: OpenConnections) -> Engine:
    """Make an engine whose transactions begin as the module says.

    Args:
        url: of a database.
        busy_timeout: seconds to wait for a lock, and for a free connection.
        opened: where its connections are known.

    Raises:
        Malformed: see `database_url`.
    """
    known = database_url(url)
    if known.url.get_backend_name() == "postgresql":
        engine = _postgresql(known, busy_timeout)
    else:
        engine = _sqlite(SqliteFile.of(known.url), busy_timeout, opened)
    opened.follow(engine)
    return engine


def _sqlite(file: SqliteFile, busy_timeout: float, opened: OpenConnections) -> Engine:
    def connected(*_: object) -> sqlite3.Connection:
        return opened.opened(lambda: file.connect(busy_timeout, _prepare_connection))

    def check_out(connection: sqlite3.Connection, _record: object, _proxy: object) -> None:
        if isinstance(connection, UnchangingConnection) and file.is_outdated(connection):
            raise DisconnectionError

    options = {_BEGINNINGS: {True: "BEGIN IMMEDIATE", False: "BEGIN"}}
    place = URL.create("sqlite", database=str(file.path))
    engine = create_engine(place, connect_args={"timeout": busy_timeout}, execution_options=options, **_POOL)
    # Whoever listens to every engine comes first, and may connect in another way.
    event.listen(engine, "do_connect", connected)
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    event.listen(engine, "invalidate", _on_invalidate)
    event.listen(engine, "checkout", check_out)
    return engine


def _postgresql(known: DatabaseUrl, busy_timeout: float) -> Engine:
    # An extra of its own.
    from poec_workflow.adapters.sql.server_connections import Servers  # noqa: PLC0415

    servers = Servers(known.hosts)
    query = known.url.query
    options = {_BEGINNINGS: postgresql_sessions.beginnings(busy_timeout, str(query.get("options", "")))}
    arguments = {
        "autocommit": True,
        **postgresql_sessions.connection_options(query, several=servers.several),
        # Whatever the role, the database or the environment has: in another, names can't be written.
        "client_encoding": "UTF8",
        **known.secrets,
    }
    engine = create_engine(
        known.url, connect_args=arguments, pool_timeout=busy_timeout, execution_options=options, **_POOL
    )
    # Whoever listens to every engine comes first, and may connect in another way.
    event.listen(engine, "do_connect", servers.connect)
    event.listen(engine, "connect", refuse_other_encodings)
    event.listen(engine, "connect", postgresql_sessions.on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


def file_of(engine: Engine) -> Path | None:
    """The file of a SQLite database, None of another."""
    return Path(engine.url.database or "") if engine.dialect.name == "sqlite" else None


def writing_engine(engine: Engine) -> Engine:
    """The engine for transactions that write; without, they only read, on PostgreSQL on one snapshot."""
    return engine.execution_options(**{WRITING: True})


def beginning(engine: Engine | Connection, *, write: bool) -> str:
    """What begins a transaction, of the engines of `make_engine`: the drivers begin nothing themselves."""
    known: str = engine.get_execution_options()[_BEGINNINGS][write]
    return known


def _prepare_connection(connection: sqlite3.Connection) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA synchronous = FULL").close()
    connection.execute(f"PRAGMA cache_size = -{_CACHE}").close()
    # What is deleted is overwritten, where the library was not built so.
    connection.execute("PRAGMA secure_delete = ON").close()
    # It is opened at the first statement that reads it.
    connection.execute("PRAGMA schema_version").close()


def _on_connect(connection: sqlite3.Connection, _record: object) -> None:
    if connection.isolation_level is not None:
        _prepare_connection(connection)


def _on_begin(connection: Connection) -> None:
    text = beginning(connection, write=bool(connection.get_execution_options().get(WRITING)))
    DriverConnection(connection.connection, connection.dialect).begin(text)


def _on_invalidate(connection: sqlite3.Connection, _record: object, _error: BaseException | None) -> None:
    """Roll back a connection that is given up: closed, it would keep its lock while a cursor refers to it."""
    with suppress(sqlite3.Error):
        connection.rollback()


def prepare_file(connection: Connection) -> None:
    """Switch a SQLite file to write-ahead logging, outside of any transaction: readers don't wait for writers."""
    if connection.dialect.name != "sqlite":
        return
    raw: Any = connection.connection.dbapi_connection
    raw.execute("PRAGMA journal_mode = WAL").close()


def lock_schema(connection: Connection) -> None:
    """Lock the schema against other upgrades; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_SCHEMA_LOCK})").close()


def supports_skip_locked(dialect: Dialect) -> bool:
    """Whether SKIP LOCKED is supported, so that an empty result may mean that all rows are locked."""
    return dialect.name == "postgresql"


WITH_ARRAYS = frozenset({"postgresql"})
"""The dialects in which a parameter can be an array that a statement unnests."""

WITH_TRANSACTION_NUMBERS = frozenset({"postgresql"})
"""The dialects in which several transactions write at once, each with a number."""


def insert_ignoring(table: Table, dialect: Dialect) -> Insert:
    """An INSERT that does nothing on a duplicate key, leaves the transaction usable, and counts its rows."""
    return dialect_insert(table, dialect).on_conflict_do_nothing().execution_options(preserve_rowcount=True)


def insert_replacing(table: Table, key: str, dialect: Dialect) -> Insert:
    """An INSERT that replaces every other column on a duplicate key."""
    insert = dialect_insert(table, dialect)
    others = {each.name: insert.excluded[each.name] for each in table.columns if each.name != key}
    return insert.on_conflict_do_update(index_elements=[key], set_=others)


def dialect_insert(table: Table, dialect: Dialect) -> PostgresqlInsert | SqliteInsert:
    """An INSERT with the clauses of a dialect, whose module alone is loaded: each is a tenth of SQLAlchemy."""
    if dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql  # noqa: PLC0415

        return postgresql.insert(table)
    from sqlalchemy.dialects import sqlite  # noqa: PLC0415

    return sqlite.insert(table)


def begin_if_needed(connection: Connection) -> None:
    """Begin the host's transaction as its driver would, which for SQLite is at the first write only.

    A savepoint outside of a transaction would be one of its own, and releasing it a commit. PostgreSQL refuses one.

    Raises:
        RuntimeError: the host runs in autocommit, and has begun nothing.
    """
    if connection.dialect.name != "sqlite":
        return
    connection.exec_driver_sql("SELECT 1").close()
    raw: Any = connection.connection.driver_connection
    if raw.in_transaction:
        return
    if raw.isolation_level is None or driver_autocommits(connection):
        raise RuntimeError(NO_TRANSACTION)
    connection.exec_driver_sql(f"BEGIN {raw.isolation_level}").close()


def driver_autocommits(connection: Connection) -> bool:
    """Whether sqlite3's `autocommit` is on: an attribute since Python 3.12, by which its `commit` does nothing."""
    raw: Any = connection.connection.driver_connection
    # Of aiosqlite's, the connection inside has it.
    return getattr(getattr(raw, "_conn", raw), "autocommit", False) is True


NO_TRANSACTION = "no transaction is open on the host's connection; begin one to join"
FAILED_TRANSACTION = "the host's transaction has failed, and nothing can be done in it: roll it back, then join"


def is_supported(dialect: Dialect) -> bool:
    """Whether the dialect of a host's connection is one of the two."""
    return dialect.name in ("sqlite", "postgresql")


def supports_lateral(dialect: Dialect) -> bool:
    """Whether LATERAL subqueries are supported."""
    return dialect.name == "postgresql"


BEGINNINGS = {
    "sqlite": ("BEGIN IMMEDIATE",),
    "postgresql": ("BEGIN", f"SELECT pg_advisory_xact_lock({_SCHEMA_LOCK})"),
}
"""How an upgrade script begins, by dialect, so that it runs alone; each script ends with COMMIT."""
