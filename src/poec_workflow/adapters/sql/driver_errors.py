"""Translate errors of the database drivers into the package's exceptions, each raised `from` its cause."""

from __future__ import annotations

import re
import sqlite3
import sys
from enum import Enum, auto
from pathlib import Path
from typing import Any

from sqlalchemy.exc import DBAPIError, PendingRollbackError, ResourceClosedError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from poec_workflow.adapters.sql.dialects import FAILED_TRANSACTION, NO_TRANSACTION
from poec_workflow.adapters.sql.losses import LostBeforeCommit
from poec_workflow.errors import Conflict, SchemaOutdated, StorageUnavailable, WorkflowError


class ErrorKind(Enum):
    """What a driver's error means for the caller."""

    BUSY = auto()
    DUPLICATE = auto()
    SCHEMA = auto()
    NO_TRANSACTION = auto()
    FAILED_TRANSACTION = auto()
    LOST = auto()
    UNAVAILABLE = auto()


def driver_error_types() -> tuple[type[BaseException], ...]:
    """The base exceptions of the drivers that are imported, for code that calls them without SQLAlchemy."""
    psycopg: Any = sys.modules.get("psycopg")
    return (sqlite3.Error,) if psycopg is None else (sqlite3.Error, psycopg.Error)


_PRIMARY_CODE = 0xFF
_MISSING = re.compile(r"no such (table|column): |table \S+ has no column named ")
"""SQLite's message for a missing table or column; its code is that of every error in a statement."""
_SQLITE = {
    sqlite3.SQLITE_BUSY: ErrorKind.BUSY,
    sqlite3.SQLITE_LOCKED: ErrorKind.BUSY,
    sqlite3.SQLITE_PROTOCOL: ErrorKind.BUSY,
    sqlite3.SQLITE_CONSTRAINT: ErrorKind.DUPLICATE,
}
_POSTGRESQL = {
    "40001": ErrorKind.BUSY,  # serialization failure
    "40P01": ErrorKind.BUSY,  # deadlock
    "55P03": ErrorKind.BUSY,  # lock timeout
    "23505": ErrorKind.DUPLICATE,  # unique violation
    "42P01": ErrorKind.SCHEMA,  # no such table
    "42703": ErrorKind.SCHEMA,  # no such column
    "42P07": ErrorKind.DUPLICATE,  # a table was created meanwhile
    "25P01": ErrorKind.NO_TRANSACTION,
    "25P02": ErrorKind.FAILED_TRANSACTION,
    "25006": ErrorKind.LOST,  # it only reads: it was the primary, and another one may be
    "25P03": ErrorKind.LOST,  # ended for being idle in a transaction
    "57P01": ErrorKind.LOST,  # the server shuts down, or an administrator ended the session
    "57P02": ErrorKind.LOST,  # it crashed
    "57P03": ErrorKind.LOST,  # it starts
    "57P05": ErrorKind.LOST,  # ended for being idle
}
_CONNECTION = "08"
"""The class of errors of the connection itself."""


def error_kind(error: BaseException) -> ErrorKind:
    """Classify a driver's error by its code."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is not None:
        if code == sqlite3.SQLITE_ERROR and _MISSING.match(str(error)):
            return ErrorKind.SCHEMA
        return _SQLITE.get(code & _PRIMARY_CODE, ErrorKind.UNAVAILABLE)
    state: str = getattr(error, "sqlstate", None) or getattr(error, "pgcode", None) or ""
    if state.startswith(_CONNECTION) or (not state and _is_psycopgs(error)):
        return ErrorKind.LOST
    return _POSTGRESQL.get(
        state or "", ErrorKind.LOST if (state or "").startswith(_CONNECTION) else ErrorKind.UNAVAILABLE
    )


def _is_psycopgs(error: BaseException) -> bool:
    """Whether it is what psycopg raises where no server said anything: the connection is closed, or broke."""
    psycopg: Any = sys.modules.get("psycopg")
    return psycopg is not None and isinstance(error, psycopg.OperationalError)


REMEDY = "run `poec-workflow store upgrade`"
"""What helps against a schema that is not this release's."""


def database_errors() -> tuple[type[BaseException], ...]:
    """The exceptions of the drivers and of SQLAlchemy that `translated` knows."""
    return (DBAPIError, PendingRollbackError, ResourceClosedError, PoolTimeout, *driver_error_types())


def translated(error: BaseException, file: Path | None = None) -> WorkflowError | RuntimeError:
    """The package's exception for one of `database_errors`, which names the file that there may be.

    Returns:
        Conflict: another transaction was faster, or still holds the lock.
        RuntimeError: the host has no transaction to join, or one that has failed.
        SchemaOutdated: a table or a column is missing.
        LostBeforeCommit, StorageUnavailable: the database can't be reached, read or written.
    """
    if isinstance(error, PendingRollbackError | ResourceClosedError):
        return StorageUnavailable(f"the host's connection can't be used: {error}")
    if isinstance(error, PoolTimeout):
        return StorageUnavailable("every connection is in use")
    return _ours(error.orig or error if isinstance(error, DBAPIError) else error, file)


def _ours(error: BaseException, file: Path | None) -> WorkflowError | RuntimeError:
    kind = error_kind(error)
    if kind is ErrorKind.DUPLICATE:
        return Conflict("the same reference, key or version was stored by somebody else")
    if kind is ErrorKind.BUSY:
        return Conflict("the database is being written by somebody else")
    if kind is ErrorKind.NO_TRANSACTION:
        return RuntimeError(NO_TRANSACTION)
    if kind is ErrorKind.FAILED_TRANSACTION:
        return RuntimeError(FAILED_TRANSACTION)
    if kind is ErrorKind.SCHEMA:
        return SchemaOutdated(f"the database has another schema than this release reads ({error}); {REMEDY}")
    unavailable = LostBeforeCommit if kind is ErrorKind.LOST else StorageUnavailable
    return unavailable(f"the database {f'{file} ' if file else ''}can't be used: {error}")
