"""One fault at one statement or commit of a deed: the real thing where it can be had, else the driver's own error.

After it the deed has ended in a typed error or well; the database is whole; and doing the deed again completes it once.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from typing import Any

import psycopg
import stamina
from attrs import field, frozen
from course import Course, commits, done
from deeds import Answer, Deed
from edge import BEFORE, COMMIT, STATEMENT, Edge, Moment, hang_up, send_commit, steal_answer
from grounds import Ground

from poec_workflow import Conflict, StorageUnavailable
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.adapters.sql.connections import OwnConnections
from poec_workflow.adapters.sql.revisions import Lineage
from poec_workflow.errors import WorkflowError

Strike = Callable[[Moment], None]
WELL = "well"
PING = ";"
"""What a connection is tested with before it is handed out."""
ATTEMPTS = 3


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


def _hung_up(moment: Moment) -> None:
    hang_up(moment.connection)


def _terminated(moment: Moment) -> None:
    """An administrator ends the session; the server's last words wait on the wire."""
    connection = moment.connection
    with psycopg.connect(connection.info.dsn, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [connection.info.backend_pid])


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
    Fault(name="dropped connection", strike=_hung_up, ends=UNAVAILABLE),
    Fault(name="terminated session", strike=_terminated, ends=UNAVAILABLE),
    Fault(name="lost acknowledgement", strike=_postgresql_lost_answer, ends=UNAVAILABLE, at=(COMMIT,), stores=True),
    Fault(name="40001", strike=_server_says("40001"), ends=(WELL,)),
    Fault(name="40001, lasting", strike=_server_says("40001"), ends=(Conflict,), lasting=True),
    Fault(name="40P01", strike=_server_says("40P01"), ends=(WELL,)),
    Fault(name="53100 (disk full)", strike=_server_says("53100"), ends=UNAVAILABLE),
    Fault(name="read-only", strike=_set_read_only, ends=(StorageUnavailable, WELL)),
)

FAULTS = {"sqlite": SQLITE, "postgresql": POSTGRESQL}


class _Striker:
    """A watcher that makes a fault happen at one moment, or from it on; it notes what was committed all the same."""

    def __init__(self, fault: Fault, index: int) -> None:
        self.moments: list[Moment] = []
        self._fault = fault
        self._index = index

    def __call__(self, moment: Moment) -> None:
        number = len(self.moments)
        self.moments.append(moment)
        due = number >= self._index if self._fault.lasting else number == self._index
        if due and moment.when == BEFORE:
            self._fault.strike(moment)


def places(fault: Fault, course: Course) -> Iterator[int]:
    """The moments at which a fault can happen."""
    for index, each in enumerate(course.moments):
        if each.when == BEFORE and each.what in fault.at:
            yield index


def inject(course: Course, ground: Ground, ours: Edge, fault: Fault, index: int) -> str:
    """Do a deed under a fault, judge what it left, and do it again; how the deed ended."""
    deed, striker = course.deed, _Striker(fault, index)
    with ground[deed.base]() as url, _impatient(url, deed.lineage) as storage:
        ended, answer = _ended(deed, storage, ours, striker)
        moment = striker.moments[index]
        assert ended in _ends(fault, moment), (deed.name, fault.name, str(moment), ended)
        with suppress(sqlite3.ProgrammingError):  # it was closed
            fault.lift(moment.connection)
        stored = commits(striker.moments) + fault.stores
        course.expect(url, stored)
        if ended is WELL:
            assert answer == course.answer, (deed.name, fault.name, str(moment))
        with stamina.set_testing(True, attempts=1):
            course.again(storage, ours, url, stored=stored == commits(course.moments))
    return WELL if ended is WELL else str(getattr(ended, "__name__", ended))


def _impatient(url: str, lineage: Lineage) -> SqlStorage:
    """A storage that finds a lock which the fault left behind, instead of waiting for it."""
    timeout = 0 if url.startswith("sqlite") else 10
    return SqlStorage(OwnConnections(url, busy_timeout=timeout, attempts=8, lineage=lineage))


def _ended(deed: Deed, storage: SqlStorage, ours: Edge, striker: _Striker) -> tuple[object, Answer]:
    try:
        with stamina.set_testing(True, attempts=ATTEMPTS):
            return WELL, done(deed, storage, ours, striker)
    except (WorkflowError, Bug, KeyboardInterrupt) as error:
        return type(error), None


def _ends(fault: Fault, moment: Moment) -> Collection[object]:
    """A connection that is lost before its work began is replaced, and nobody hears of it."""
    return (WELL,) if fault.strike in (_hung_up, _terminated) and moment.text == PING else fault.ends


def injected_everywhere(
    deed: Deed, ground: Ground, ours: Edge, faults: Sequence[Fault], every: int = 1
) -> Counter[tuple[str, str]]:
    """Each fault at each of its places in a deed; how many ended how, by the fault's name.

    Args:
        deed: to be disturbed.
        ground: where.
        ours: where its connections report.
        faults: those of the ground's database.
        every: takes but every so manieth place; a commit is always taken.
    """
    course = Course.of(deed, ground, ours)
    asked = [(fault, index) for fault in faults for index in places(fault, course)]
    return Counter(
        (fault.name, inject(course, ground, ours, fault, index))
        for number, (fault, index) in enumerate(asked)
        if number % every == 0 or course.moments[index].what == COMMIT
    )
