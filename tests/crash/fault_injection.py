"""One fault at one statement or commit of an operation, which ends in a typed error or well.

The database is whole after it, and doing the operation again completes it once.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, closing, suppress

import stamina
from database_copies import PreparedDatabase
from driver_interception import BEFORE, COMMIT, STATEMENT, InterceptedCall, Interceptor
from fault_types import WELL, Bug, Fault, hung_up, terminated
from operations import Answer, Operation
from undisturbed_run import UndisturbedRun, commits, done

from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.adapters.sql.connections import OwnConnections
from poec_workflow.adapters.sql.revisions import RevisionChain
from poec_workflow.errors import WorkflowError

ATTEMPTS = 3


class _Striker:
    """A watcher that makes a fault happen at one moment, or from it on; it notes what was committed all the same."""

    def __init__(self, fault: Fault, index: int) -> None:
        self.calls: list[InterceptedCall] = []
        self._fault = fault
        self._index = index

    def __call__(self, call: InterceptedCall) -> None:
        number = len(self.calls)
        self.calls.append(call)
        due = number >= self._index if self._fault.lasting else number == self._index
        if due and call.when == BEFORE:
            self._fault.strike(call)


def places(fault: Fault, undisturbed: UndisturbedRun) -> Iterator[int]:
    """The moments at which a fault can happen."""
    for index, each in enumerate(undisturbed.calls):
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


def inject(
    undisturbed: UndisturbedRun, prepared: PreparedDatabase, ours: Interceptor, kept: Kept, fault: Fault, index: int
) -> str:
    """Do an operation under a fault, judge what it left, and do it again; how the operation ended."""
    operation, striker = undisturbed.operation, _Striker(fault, index)
    with prepared[operation.base]() as url:
        storage = kept.on(url, operation.chain)
        ended, answer = _ended(operation, storage, ours, striker)
        call = striker.calls[index]
        assert ended in _ends(fault, undisturbed.calls[index]), (operation.name, fault.name, str(call), ended)
        with suppress(sqlite3.ProgrammingError):  # it was closed
            fault.lift(call.connection)
        stored = commits(striker.calls) + fault.stores
        undisturbed.expect(url, stored)
        if ended is WELL:
            assert answer == undisturbed.answer, (operation.name, fault.name, str(call))
        with stamina.set_testing(True, attempts=1):
            undisturbed.again(storage, ours, url, stored=stored == commits(undisturbed.calls))
    return WELL if ended is WELL else str(getattr(ended, "__name__", ended))


def _ended(operation: Operation, storage: SqlStorage, ours: Interceptor, striker: _Striker) -> tuple[object, Answer]:
    try:
        with stamina.set_testing(True, attempts=ATTEMPTS):
            return WELL, done(operation, storage, ours, striker)
    except (WorkflowError, Bug, KeyboardInterrupt) as error:
        return type(error), None


def _ends(fault: Fault, call: InterceptedCall) -> Collection[object]:
    """A connection that is lost before the commit is replaced, and nobody hears of it; at the commit nobody knows."""
    return (WELL,) if fault.strike in (hung_up, terminated) and call.what == STATEMENT else fault.ends


def inject_everywhere(
    operation: Operation, prepared: PreparedDatabase, ours: Interceptor, faults: Sequence[Fault], every: int = 1
) -> Counter[tuple[str, str]]:
    """Each fault at each of its places in an operation; how many ended how, by the fault's name.

    Args:
        operation: to be disturbed.
        prepared: where.
        ours: where its connections report.
        faults: those of the ground's database.
        every: takes but every so manieth place; a commit is always taken.
    """
    undisturbed = UndisturbedRun.of(operation, prepared, ours)
    asked = [(fault, index) for fault in faults for index in places(fault, undisturbed)]
    with closing(Kept()) as kept:
        return Counter(
            (fault.name, inject(undisturbed, prepared, ours, kept, fault, index))
            for number, (fault, index) in enumerate(asked)
            if number % every == 0 or undisturbed.calls[index].what == COMMIT
        )
