"""One fault at one statement or commit of a deed, which ends in a typed error or well.

The database is whole after it, and doing the deed again completes it once.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, closing, suppress

import stamina
from course import Course, commits, done
from deeds import Answer, Deed
from edge import BEFORE, COMMIT, Edge, Moment
from grounds import Ground
from troubles import PING, WELL, Bug, Fault, hung_up, terminated

from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.adapters.sql.connections import OwnConnections
from poec_workflow.adapters.sql.revisions import RevisionChain
from poec_workflow.errors import WorkflowError

ATTEMPTS = 3


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


class Kept:
    """The storage of a database, kept from one fault to the next: what a fault leaves in its pool shows then.

    It finds a lock that was left behind, instead of waiting for it.
    """

    def __init__(self) -> None:
        self._known: tuple[str, RevisionChain] | None = None
        self._stack = ExitStack()

    def on(self, url: str, chain: RevisionChain) -> SqlStorage:
        """The one of a database, and of no other any more."""
        if self._known != (url, chain):
            self._stack.close()
            self._known = url, chain
            timeout = 0 if url.startswith("sqlite") else 10
            made = SqlStorage(OwnConnections(url, busy_timeout=timeout, attempts=8, chain=chain))
            self._storage = self._stack.enter_context(made)
        return self._storage

    def close(self) -> None:
        """Keep none."""
        self._stack.close()


def inject(course: Course, ground: Ground, ours: Edge, kept: Kept, fault: Fault, index: int) -> str:
    """Do a deed under a fault, judge what it left, and do it again; how the deed ended."""
    deed, striker = course.deed, _Striker(fault, index)
    with ground[deed.base]() as url:
        storage = kept.on(url, deed.chain)
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


def _ended(deed: Deed, storage: SqlStorage, ours: Edge, striker: _Striker) -> tuple[object, Answer]:
    try:
        with stamina.set_testing(True, attempts=ATTEMPTS):
            return WELL, done(deed, storage, ours, striker)
    except (WorkflowError, Bug, KeyboardInterrupt) as error:
        return type(error), None


def _ends(fault: Fault, moment: Moment) -> Collection[object]:
    """A connection that is lost before its work began is replaced, and nobody hears of it."""
    return (WELL,) if fault.strike in (hung_up, terminated) and moment.text == PING else fault.ends


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
    with closing(Kept()) as kept:
        return Counter(
            (fault.name, inject(course, ground, ours, kept, fault, index))
            for number, (fault, index) in enumerate(asked)
            if number % every == 0 or course.moments[index].what == COMMIT
        )
