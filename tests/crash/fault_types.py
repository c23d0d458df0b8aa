"""What can go wrong at a statement or a commit: the real thing where it can be had, else the driver's own error."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection
from typing import Any

import psycopg
from attrs import field, frozen
from driver_interception import COMMIT, STATEMENT, InterceptedCall, hang_up, send_commit, steal_answer

from poec_workflow import Conflict, StorageUnavailable
from postgres import SERVER

Raise = Callable[[InterceptedCall], None]
WELL = "well"


@frozen(kw_only=True)
class Fault:
    """What goes wrong.

    Attributes:
        name: what the figures call it.
        strike: makes it happen at a moment before a statement or a commit.
        ends: how an operation may end under it: `WELL`, or by which exceptions.
        lasting: whether it goes on at every later moment of the operation.
        at: where it can happen.
        stores: whether what was to be committed is.
        lift: makes a connection usable again.
    """

    name: str
    strike: Raise
    ends: Collection[object]
    lasting: bool = False
    at: Collection[str] = (STATEMENT, COMMIT)
    stores: bool = False
    lift: Callable[[Any], None] = field(default=lambda _connection: None)


class Bug(Exception):
    """Of the host's, or of ours."""


def _raising(error: type[BaseException]) -> Raise:
    def strike(call: InterceptedCall) -> None:
        raise error(str(call))

    return strike


def _sqlite_error(code: int) -> Raise:
    def strike(call: InterceptedCall) -> None:
        raise _coded(code, str(call))

    return strike


def _coded(code: int, words: str) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError(words)
    error.sqlite_errorcode = code  # the driver sets it the same way
    return error


def _sqlite_pragma(words: str) -> Callable[[Any], None]:
    def say(connection: sqlite3.Connection) -> None:
        cursor = sqlite3.Connection.cursor(connection)
        cursor.execute(f"PRAGMA {words}").fetchall()

    return say


def _sqlite_lost_answer(call: InterceptedCall) -> None:
    sqlite3.Connection.commit(call.connection)
    raise _coded(sqlite3.SQLITE_IOERR_FSYNC, "disk I/O error")


_full, _not_full = _sqlite_pragma("max_page_count = 1"), _sqlite_pragma("max_page_count = 1073741823")
_read_only, _writable = _sqlite_pragma("query_only = on"), _sqlite_pragma("query_only = off")

UNAVAILABLE = (StorageUnavailable,)

SQLITE = (
    Fault(name="exception", strike=_raising(Bug), ends=(Bug,)),
    Fault(name="interrupt", strike=_raising(KeyboardInterrupt), ends=(KeyboardInterrupt,)),
    Fault(name="SQLITE_INTERNAL", strike=_sqlite_error(sqlite3.SQLITE_INTERNAL), ends=UNAVAILABLE),
    Fault(name="file gone (IOERR)", strike=_sqlite_error(sqlite3.SQLITE_IOERR_READ), ends=UNAVAILABLE),
    Fault(name="lost acknowledgement", strike=_sqlite_lost_answer, ends=UNAVAILABLE, at=(COMMIT,), stores=True),
    Fault(name="SQLITE_BUSY", strike=_sqlite_error(sqlite3.SQLITE_BUSY), ends=(WELL,)),
    Fault(name="SQLITE_BUSY, lasting", strike=_sqlite_error(sqlite3.SQLITE_BUSY), ends=(Conflict,), lasting=True),
    Fault(name="SQLITE_LOCKED", strike=_sqlite_error(sqlite3.SQLITE_LOCKED), ends=(WELL,)),
    Fault(name="SQLITE_FULL", strike=_sqlite_error(sqlite3.SQLITE_FULL), ends=UNAVAILABLE),
    Fault(
        name="no page left",
        strike=lambda call: _full(call.connection),
        ends=(StorageUnavailable, WELL),
        lift=_not_full,
    ),
    Fault(
        name="read-only",
        strike=lambda call: _read_only(call.connection),
        ends=(StorageUnavailable, WELL),
        lift=_writable,
    ),
)


def _server_says(state: str) -> Raise:
    """The server itself raises, and its transaction is as after any error."""

    def strike(call: InterceptedCall) -> None:
        words = f"DO $$ BEGIN RAISE EXCEPTION 'injected' USING ERRCODE = '{state}'; END $$"
        psycopg.Cursor(call.connection).execute(words.encode())

    return strike


def hung_up(call: InterceptedCall) -> None:
    """The connection is dropped, and nobody says so."""
    hang_up(call.connection)


def terminated(call: InterceptedCall) -> None:
    """An administrator ends the session; the server's last words wait on the wire."""
    SERVER.say(f"SELECT pg_terminate_backend({call.connection.info.backend_pid}, 5000)")


def _postgresql_lost_answer(call: InterceptedCall) -> None:
    send_commit(call.connection)
    steal_answer(call.connection)
    hang_up(call.connection)


def _set_read_only(call: InterceptedCall) -> None:
    psycopg.Cursor(call.connection).execute("SET LOCAL transaction_read_only = on")


POSTGRESQL = (
    Fault(name="exception", strike=_raising(Bug), ends=(Bug,)),
    Fault(name="interrupt", strike=_raising(KeyboardInterrupt), ends=(KeyboardInterrupt,)),
    Fault(name="XX000", strike=_server_says("XX000"), ends=UNAVAILABLE),
    Fault(name="dropped connection", strike=hung_up, ends=UNAVAILABLE),
    Fault(name="terminated session", strike=terminated, ends=UNAVAILABLE),
    Fault(name="lost acknowledgement", strike=_postgresql_lost_answer, ends=UNAVAILABLE, at=(COMMIT,), stores=True),
    Fault(name="40001", strike=_server_says("40001"), ends=(WELL,)),
    Fault(name="40001, lasting", strike=_server_says("40001"), ends=(Conflict,), lasting=True),
    Fault(name="40P01", strike=_server_says("40P01"), ends=(WELL,)),
    Fault(name="53100 (disk full)", strike=_server_says("53100"), ends=UNAVAILABLE),
    Fault(name="read-only", strike=_set_read_only, ends=(StorageUnavailable, WELL)),
)

FAULTS = {"sqlite": SQLITE, "postgresql": POSTGRESQL}
