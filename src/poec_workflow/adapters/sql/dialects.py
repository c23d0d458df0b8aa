"""What differs between databases, and nothing else: so far SQLite alone.

Facts about SQLite and its driver that shape this file. A transaction that reads first and writes later can fail at
the write with no way to wait, so writing transactions begin with BEGIN IMMEDIATE; the driver's own begin comes too
late for that and is switched off (`isolation_level = None`). The journal mode is a property of the file and can't be
changed inside a transaction; `synchronous` and the busy timeout are the connection's.
"""

from __future__ import annotations

import sqlite3
from enum import Enum, auto
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Dialect, Engine, Insert, Table, create_engine, event, make_url
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError

from poec_workflow.errors import Malformed

WRITING = "poec_writing"
"""The execution option of connections whose transactions write."""


class Trouble(Enum):
    """What a driver's error comes down to."""

    BUSY = auto()
    TAKEN = auto()
    SCHEMA = auto()
    UNAVAILABLE = auto()


DRIVER_ERRORS = (sqlite3.Error,)
"""What a driver raises where SQLAlchemy does not stand between."""

_PRIMARY_CODE = 0xFF
_TROUBLES = {
    sqlite3.SQLITE_BUSY: Trouble.BUSY,
    sqlite3.SQLITE_LOCKED: Trouble.BUSY,
    sqlite3.SQLITE_PROTOCOL: Trouble.BUSY,
    sqlite3.SQLITE_CONSTRAINT: Trouble.TAKEN,
    sqlite3.SQLITE_ERROR: Trouble.SCHEMA,
}


def trouble(error: BaseException) -> Trouble:
    """What is the matter; SQLite says SQLITE_ERROR of a table or column that is not there."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return Trouble.UNAVAILABLE
    return _TROUBLES.get(code & _PRIMARY_CODE, Trouble.UNAVAILABLE)


def parsed(url: str) -> URL:
    """A URL that `open` can open.

    Raises:
        Malformed: it is none.
    """
    try:
        found = make_url(url)
    except ArgumentError as error:
        raise Malformed.at("$.url", "expected sqlite:///file.db") from error
    if found.get_backend_name() != "sqlite" or found.get_driver_name() != "pysqlite":
        raise Malformed.at("$.url", f"expected sqlite:///file.db, not {found.drivername}")
    if found.database in (None, "", ":memory:"):
        raise Malformed.at("$.url", "a database in memory is one connection's: MemoryStorage is for that")
    return found


def make_engine(url: str, busy_timeout: float) -> Engine:
    """An engine whose transactions begin as said above.

    Args:
        url: of a database.
        busy_timeout: how many seconds a connection waits for another's write to end.

    Raises:
        Malformed: the URL is none of a kind that is known.
    """
    engine = create_engine(parsed(url), connect_args={"timeout": busy_timeout})
    event.listen(engine, "connect", _connected)
    event.listen(engine, "begin", _begun)
    return engine


def _connected(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA synchronous = FULL").close()


def _begun(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITING)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def prepare_file(connection: Connection) -> None:
    """Set what is set once for a database, outside of any transaction: readers don't wait for writers."""
    raw: Any = connection.connection.dbapi_connection
    raw.execute("PRAGMA journal_mode = WAL").close()


def insert_ignoring(table: Table) -> Insert:
    """An INSERT that does nothing where the key is taken, and poisons no transaction."""
    return sqlite_insert(table).on_conflict_do_nothing()


def upsert(table: Table, key: str) -> Insert:
    """An INSERT that replaces every other column where the key is taken."""
    statement = sqlite_insert(table)
    new = {each.name: statement.excluded[each.name] for each in table.columns if each.name != key}
    return statement.on_conflict_do_update(index_elements=[key], set_=new)


def begin_if_needed(connection: Connection) -> None:
    """Begin the host's transaction as its driver would, which for SQLite is at the first write only.

    A savepoint outside of a transaction would be one of its own, and releasing it a commit.

    Raises:
        RuntimeError: the host runs in autocommit, and has begun nothing.
    """
    connection.exec_driver_sql("SELECT 1").close()
    raw: Any = connection.connection.driver_connection
    if raw.in_transaction:
        return
    if raw.isolation_level is None:
        raise RuntimeError("no transaction is open on the host's connection; begin one to join")
    connection.exec_driver_sql(f"BEGIN {raw.isolation_level}").close()


def is_known(dialect: Dialect) -> bool:
    """Whether a host's connection speaks what this file knows."""
    return dialect.name == "sqlite"


SCHEMA_LOCK = 0x706F6563
"""The advisory lock of who makes or changes the tables: "poec"."""

BEGINNINGS = {
    "sqlite": ("BEGIN IMMEDIATE",),
    "postgresql": ("BEGIN", f"SELECT pg_advisory_xact_lock({SCHEMA_LOCK})"),
}
"""What a script begins with that changes the tables, alone; each ends with COMMIT."""


def lock_schema(connection: Connection) -> None:
    """Be alone in changing the tables until the transaction ends; on SQLite whoever writes is."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(BEGINNINGS["postgresql"][-1]).close()


def exists(engine: Engine) -> bool:
    """Whether there is anything to connect to: connecting would make a SQLite file."""
    found = engine.url
    return found.get_backend_name() != "sqlite" or bool(found.query) or Path(found.database or "").exists()
