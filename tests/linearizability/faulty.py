"""Storages with a fault of concurrency each, planted in the storage in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from itertools import count
from threading import Event, RLock
from typing import TypeVar

from attrs import evolve

from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.adapters.memory.memory_storage import MemoryTransaction
from poec_workflow.adapters.memory.memory_tables import Tables
from poec_workflow.commands import Command, Preregister
from poec_workflow.history_recording import RecordedChange
from poec_workflow.messages import Message
from poec_workflow.model import Candidate
from poec_workflow.ports import DecisionContext, Receipt

T = TypeVar("T")


def let_others() -> None:
    """Give the other clients a turn."""
    Event().wait(0.0005)


class Unheld(MemoryTransaction):
    """Each step is whole, as a database's statement is, and nothing is held from one to the next."""

    def __init__(self, tables: Tables, lock: RLock) -> None:
        super().__init__(tables)
        self._lock = lock

    def load(self, command: Command, *, key: str | None = None) -> DecisionContext:
        with self._lock:
            loaded = super().load(command, key=key)
        let_others()
        return loaded

    def claim_overdue(self, ended_before: date, *, limit: int) -> Sequence[DecisionContext]:
        with self._lock:
            return super().claim_overdue(ended_before, limit=limit)

    def save(
        self,
        changes: Sequence[RecordedChange],
        receipt: Receipt | None = None,
        people: Sequence[Candidate] = (),
        messages: Sequence[Message] = (),
    ) -> None:
        with self._lock:
            super().save(changes, receipt, people, messages)


class NoLock(MemoryStorage):
    """Transactions go on side by side, and others see the halves of what is saved."""

    def run(self, work: Callable[[MemoryTransaction], T], *, write: bool = True) -> T:
        del write

        class Halving(Unheld):
            def save(
                self,
                changes: Sequence[RecordedChange],
                receipt: Receipt | None = None,
                people: Sequence[Candidate] = (),
                messages: Sequence[Message] = (),
            ) -> None:
                for change in changes:
                    super().save([change], receipt, people, messages if change is changes[-1] else ())
                    let_others()

        return work(Halving(self._tables, self._lock))


class ReadBeforeLock(MemoryStorage):
    """What decides was read before the lock was taken."""

    def run(self, work: Callable[[MemoryTransaction], T], *, write: bool = True) -> T:
        del write
        return work(Unheld(self._tables, self._lock))


class LostUpdate(MemoryStorage):
    """Every twentieth decision is acknowledged and not stored."""

    def __init__(self) -> None:
        super().__init__()
        self._runs = count(1)

    def run(self, work: Callable[[MemoryTransaction], T], *, write: bool = True) -> T:
        # The first ones prepare the sessions.
        number = next(self._runs)
        return super().run(work, write=write and not (number > 60 and number % 20 == 0))


class DoubleExpire(MemoryStorage):
    """A sweeper works on what it claimed, and so does the next, whatever became of it meanwhile."""

    def __init__(self) -> None:
        super().__init__()
        claimed: list[DecisionContext] = []

        class Remembering(MemoryTransaction):
            def claim_overdue(self, ended_before: date, *, limit: int) -> Sequence[DecisionContext]:
                again = tuple(claimed)
                claimed.clear()
                found = () if again else super().claim_overdue(ended_before, limit=limit)
                claimed.extend(found)
                return again or found

        self._transaction = Remembering

    def run(self, work: Callable[[MemoryTransaction], T], *, write: bool = True) -> T:
        del write
        with self._lock:
            return work(self._transaction(self._tables))


class PhantomQuota(MemoryStorage):
    """A registration does not see the one before it."""

    def run(self, work: Callable[[MemoryTransaction], T], *, write: bool = True) -> T:
        del write

        class Behind(MemoryTransaction):
            def load(self, command: Command, *, key: str | None = None) -> DecisionContext:
                loaded = super().load(command, key=key)
                if not isinstance(command, Preregister) or not loaded.enrolment:
                    return loaded
                tally = loaded.enrolment.tally
                seen = evolve(tally, registered=max(0, tally.registered - 1))
                return evolve(loaded, enrolment=evolve(loaded.enrolment, tally=seen))

        with self._lock:
            return work(Behind(self._tables))


class EarlyEnd(MemoryStorage):
    """Every other time a sweeper finds nothing, whatever there is."""

    def __init__(self) -> None:
        super().__init__()
        claims = count(1)

        class Tired(MemoryTransaction):
            def claim_overdue(self, ended_before: date, *, limit: int) -> Sequence[DecisionContext]:
                return super().claim_overdue(ended_before, limit=limit) if next(claims) % 2 else ()

        self._transaction = Tired

    def run(self, work: Callable[[MemoryTransaction], T], *, write: bool = True) -> T:
        del write
        with self._lock:
            return work(self._transaction(self._tables))


FAULTS: dict[str, type[MemoryStorage]] = {
    "no lock": NoLock,
    "read before lock": ReadBeforeLock,
    "lost update": LostUpdate,
    "double expire": DoubleExpire,
    "phantom quota": PhantomQuota,
    "early end": EarlyEnd,
}
