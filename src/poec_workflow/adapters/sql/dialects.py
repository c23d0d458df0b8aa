"""What differs between databases, and nothing else.

Facts about SQLite and its driver that shape this file. A transaction that reads first and writes later can fail at
the write with no way to wait, so writing transactions begin with BEGIN IMMEDIATE; the driver's own begin comes too
late for that and is switched off (`isolation_level = None`). The journal mode is a property of the file and can't be
changed inside a transaction; `synchronous` and the busy timeout are the connection's.

Facts about PostgreSQL. Writing transactions are READ COMMITTED with row locks: whoever waited for a lock goes on with
the row as it is by then, where REPEATABLE READ would fail and have to begin again. But only locked rows are as new
as the lock; whatever else the locking statement says was true when it began to wait, and has to be asked again by a
statement of its own. Reading transactions are REPEATABLE READ, which there never waits and sees one moment.
"""

from __future__ import annotations

import re
import sqlite3
import sys
from collections.abc import Mapping
from contextlib import suppress
from enum import Enum, auto
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Dialect, Engine, Insert, Table, create_engine, event, make_url
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError

from poec_workflow.errors import Malformed

WRITING = "poec_writing"
"""The execution option of connections whose transactions write."""

PerDialect = Mapping[str, Insert]
"""A statement in each dialect's words, by the dialect's name."""

_EXPECTED = "expected sqlite:///file.db or postgresql+psycopg://host/database"
_SCHEMA_LOCK = 0x706F6563
"""PostgreSQL's advisory lock of those who make the tables."""


class Trouble(Enum):
    """What a driver's error comes down to."""

    BUSY = auto()
    TAKEN = auto()
    SCHEMA = auto()
    NO_TRANSACTION = auto()
    UNAVAILABLE = auto()


def driver_errors() -> tuple[type[BaseException], ...]:
    """What drivers raise where SQLAlchemy does not stand between; one that nobody imported raises nothing."""
    psycopg: Any = sys.modules.get("psycopg")
    return (sqlite3.Error,) if psycopg is None else (sqlite3.Error, psycopg.Error)


_PRIMARY_CODE = 0xFF
_NOT_THERE = re.compile(r"no such (table|column): |table \S+ has no column named ")
"""How SQLite says so: its code is that of every error in a statement."""
_SQLITE = {
    sqlite3.SQLITE_BUSY: Trouble.BUSY,
    sqlite3.SQLITE_LOCKED: Trouble.BUSY,
    sqlite3.SQLITE_PROTOCOL: Trouble.BUSY,
    sqlite3.SQLITE_CONSTRAINT: Trouble.TAKEN,
}
_POSTGRESQL = {
    "40001": Trouble.BUSY,  # serialization failure
    "40P01": Trouble.BUSY,  # deadlock
    "55P03": Trouble.BUSY,  # lock timeout
    "23505": Trouble.TAKEN,  # unique violation
    "42P01": Trouble.SCHEMA,  # no such table
    "42703": Trouble.SCHEMA,  # no such column
    "42P07": Trouble.TAKEN,  # a table was made meanwhile
    "25P01": Trouble.NO_TRANSACTION,
}


def trouble(error: BaseException) -> Trouble:
    """What is the matter."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is not None:
        if code == sqlite3.SQLITE_ERROR and _NOT_THERE.match(str(error)):
            return Trouble.SCHEMA
        return _SQLITE.get(code & _PRIMARY_CODE, Trouble.UNAVAILABLE)
    state = getattr(error, "sqlstate", None) or getattr(error, "pgcode", None)
    return _POSTGRESQL.get(state or "", Trouble.UNAVAILABLE)


def parsed(url: str) -> URL:
    """A URL that `open` can open.

    Raises:
        Malformed: it is none.
    """
    try:
        found = make_url(url)
    except ArgumentError as error:
        raise Malformed.at("$.url", _EXPECTED) from error
    kind = found.get_backend_name(), found.drivername.partition("+")[2]
    if kind not in (("sqlite", ""), ("sqlite", "pysqlite"), ("postgresql", "psycopg")):
        raise Malformed.at("$.url", f"{_EXPECTED}, not {found.drivername}")
    if kind[0] == "sqlite" and found.database in (None, "", ":memory:"):
        raise Malformed.at("$.url", "a database in memory is one connection's: MemoryStorage is for that")
    return found


def make_engine(url: str, busy_timeout: float) -> Engine:
    """An engine whose transactions begin as said above.

    Args:
        url: of a database.
        busy_timeout: how many seconds to wait for another's write to end, and for a free connection.

    Raises:
        Malformed: the URL is none of a kind that is known.
    """
    found = parsed(url)
    if found.get_backend_name() == "postgresql":
        return _postgresql(found, busy_timeout)
    engine = create_engine(found, connect_args={"timeout": busy_timeout})
    event.listen(engine, "connect", _connected)
    event.listen(engine, "begin", _begun)
    event.listen(engine, "invalidate", _let_go)
    return engine


def _postgresql(url: URL, busy_timeout: float) -> Engine:
    options = url.query.get("options", "")
    waiting = f"-c lock_timeout={int(busy_timeout * 1000)}"
    arguments = {"options": f"{waiting} {options}", "connect_timeout": url.query.get("connect_timeout", "10")}
    return create_engine(
        url, connect_args=arguments, pool_pre_ping=True, pool_size=5, max_overflow=10, pool_timeout=busy_timeout
    )


def writing(engine: Engine) -> Engine:
    """The engine, for transactions that write."""
    if engine.dialect.name == "postgresql":
        return engine.execution_options(isolation_level="READ COMMITTED")
    return engine.execution_options(**{WRITING: True})


def reading(engine: Engine) -> Engine:
    """The engine, for transactions that keep nothing, and see one moment."""
    if engine.dialect.name == "postgresql":
        return engine.execution_options(isolation_level="REPEATABLE READ")
    return engine


def _connected(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA synchronous = FULL").close()


def _begun(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITING)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _let_go(connection: sqlite3.Connection, _record: object, _error: BaseException | None) -> None:
    """End the transaction of a connection that is given up: closed, it keeps its lock while a cursor is remembered."""
    with suppress(sqlite3.Error):
        connection.rollback()


def prepare_file(connection: Connection) -> None:
    """Set what is set once for a database, outside of any transaction: readers don't wait for writers."""
    if connection.dialect.name != "sqlite":
        return
    raw: Any = connection.connection.dbapi_connection
    raw.execute("PRAGMA journal_mode = WAL").close()


def lock_schema(connection: Connection) -> None:
    """Let one at a time make the tables; on SQLite there is but one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_SCHEMA_LOCK})").close()


def skips_locked(connection: Connection) -> bool:
    """Whether rows that others hold can be passed over, so that an empty answer may mean that all are held."""
    return connection.dialect.name == "postgresql"


def takes_arrays(connection: Connection) -> bool:
    """Whether a parameter can be an array, and a statement make rows of it."""
    return connection.dialect.name == "postgresql"


def insert_ignoring(table: Table) -> PerDialect:
    """An INSERT that does nothing where the key is taken, poisons no transaction, and counts what it did."""
    statements = postgresql_insert(table).on_conflict_do_nothing(), sqlite_insert(table).on_conflict_do_nothing()
    postgresql, sqlite = (each.inline().execution_options(preserve_rowcount=True) for each in statements)
    return {"postgresql": postgresql, "sqlite": sqlite}


def upsert(table: Table, key: str) -> PerDialect:
    """An INSERT that replaces every other column where the key is taken."""
    postgresql, sqlite = postgresql_insert(table), sqlite_insert(table)
    names = [each.name for each in table.columns if each.name != key]
    return {
        "postgresql": postgresql.on_conflict_do_update(
            index_elements=[key], set_={name: postgresql.excluded[name] for name in names}
        ),
        "sqlite": sqlite.on_conflict_do_update(
            index_elements=[key], set_={name: sqlite.excluded[name] for name in names}
        ),
    }


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
    if raw.isolation_level is None:
        raise RuntimeError(NO_TRANSACTION)
    connection.exec_driver_sql(f"BEGIN {raw.isolation_level}").close()


NO_TRANSACTION = "no transaction is open on the host's connection; begin one to join"


def is_known(dialect: Dialect) -> bool:
    """Whether a host's connection speaks what this file knows."""
    return dialect.name in ("sqlite", "postgresql")


def knows_lateral(connection: Connection) -> bool:
    """Whether a subquery of a FROM may look at what stands before it."""
    return connection.dialect.name == "postgresql"


BEGINNINGS = {
    "sqlite": ("BEGIN IMMEDIATE",),
    "postgresql": ("BEGIN", f"SELECT pg_advisory_xact_lock({_SCHEMA_LOCK})"),
}
"""What a script begins with that changes the tables, alone; each ends with COMMIT."""


def exists(engine: Engine) -> bool:
    """Whether there is anything to connect to: connecting would make a SQLite file."""
    found = engine.url
    return found.get_backend_name() != "sqlite" or bool(found.query) or Path(found.database or "").exists()
