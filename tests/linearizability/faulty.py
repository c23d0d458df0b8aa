"""Five storages with a fault of concurrency each, planted in the storage in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from itertools import count
from threading import Event
from typing import TypeVar

from attrs import evolve

from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.adapters.memory.storage import MemoryTransaction
from poec_workflow.commands import Command, Preregister
from poec_workflow.model import Candidate
from poec_workflow.ports import Loaded, Receipt
from poec_workflow.recording import Recorded

T = TypeVar("T")


def let_others() -> None:
    """Give the other clients a turn."""
    Event().wait(0.0005)


class NoLock(MemoryStorage):
    """Transactions go on side by side."""

    def run(self, work: Callable[[MemoryTransaction], T], *, write: bool = True) -> T:
        del write

        class Unlocked(MemoryTransaction):
            def load(self, command: Command, *, key: str | None = None) -> Loaded:
                loaded = super().load(command, key=key)
                let_others()
                return loaded

        return work(Unlocked(self._tables))


class ReadBeforeLock(MemoryStorage):
    """What decides was read before the lock was taken."""

    def run(self, work: Callable[[MemoryTransaction], T], *, write: bool = True) -> T:
        lock, del_write = self._lock, write
        del del_write

        class Early(MemoryTransaction):
            def load(self, command: Command, *, key: str | None = None) -> Loaded:
                with lock:
                    loaded = super().load(command, key=key)
                let_others()
                return loaded

            def save(
                self, changes: Sequence[Recorded], receipt: Receipt | None = None, people: Sequence[Candidate] = ()
            ) -> None:
                with lock:
                    super().save(changes, receipt, people)

        return work(Early(self._tables))


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
        claimed: list[Loaded] = []

        class Remembering(MemoryTransaction):
            def claim_overdue(self, ended_before: date, *, limit: int) -> Sequence[Loaded]:
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
            def load(self, command: Command, *, key: str | None = None) -> Loaded:
                loaded = super().load(command, key=key)
                if not isinstance(command, Preregister) or not loaded.enrolment:
                    return loaded
                tally = loaded.enrolment.tally
                seen = evolve(tally, registered=max(0, tally.registered - 1))
                return evolve(loaded, enrolment=evolve(loaded.enrolment, tally=seen))

        with self._lock:
            return work(Behind(self._tables))


FAULTS: dict[str, type[MemoryStorage]] = {
    "no lock": NoLock,
    "read before lock": ReadBeforeLock,
    "lost update": LostUpdate,
    "double expire": DoubleExpire,
    "phantom quota": PhantomQuota,
}
