"""What can go wrong at a statement or a commit: the real thing where it can be had, else the driver's own error."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection
from typing import Any

import psycopg
from attrs import field, frozen
from edge import COMMIT, STATEMENT, Moment, hang_up, send_commit, steal_answer

from poec_workflow import Conflict, StorageUnavailable
from postgres import SERVER

Strike = Callable[[Moment], None]
WELL = "well"
PING = ";"
"""What a connection is tested with before it is handed out."""


@frozen(kw_only=True)
class Fault:
    """What goes wrong.

    Attributes:
        name: what the figures call it.
        strike: makes it happen at a moment before a statement or a commit.
        ends: how a deed may end under it: `WELL`, or by which exceptions.
        lasting: whether it goes on at every later moment of the deed.
        at: where it can happen.
        stores: whether what was to be committed is.
        lift: makes a connection usable again.
    """

    name: str
    strike: Strike
    ends: Collection[object]
    lasting: bool = False
    at: Collection[str] = (STATEMENT, COMMIT)
    stores: bool = False
    lift: Callable[[Any], None] = field(default=lambda _connection: None)


class Bug(Exception):
    """Of the host's, or of ours."""


def _raising(error: type[BaseException]) -> Strike:
    def strike(moment: Moment) -> None:
        raise error(str(moment))

    return strike


def _sqlite_error(code: int) -> Strike:
    def strike(moment: Moment) -> None:
        raise _coded(code, str(moment))

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


def _sqlite_lost_answer(moment: Moment) -> None:
    sqlite3.Connection.commit(moment.connection)
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
        strike=lambda moment: _full(moment.connection),
        ends=(StorageUnavailable, WELL),
        lift=_not_full,
    ),
    Fault(
        name="read-only",
        strike=lambda moment: _read_only(moment.connection),
        ends=(StorageUnavailable, WELL),
        lift=_writable,
    ),
)


def _server_says(state: str) -> Strike:
    """The server itself raises, and its transaction is as after any error."""

    def strike(moment: Moment) -> None:
        words = f"DO $$ BEGIN RAISE EXCEPTION 'injected' USING ERRCODE = '{state}'; END $$"
        psycopg.Cursor(moment.connection).execute(words.encode())

    return strike


def hung_up(moment: Moment) -> None:
    """The connection is dropped, and nobody says so."""
    hang_up(moment.connection)


def terminated(moment: Moment) -> None:
    """An administrator ends the session; the server's last words wait on the wire."""
    SERVER.say(f"SELECT pg_terminate_backend({moment.connection.info.backend_pid}, 5000)")


def _postgresql_lost_answer(moment: Moment) -> None:
    send_commit(moment.connection)
    steal_answer(moment.connection)
    hang_up(moment.connection)


def _set_read_only(moment: Moment) -> None:
    psycopg.Cursor(moment.connection).execute("SET LOCAL transaction_read_only = on")


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
