"""The same faults, planted on a database: what its own guards refuse is acknowledged all the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from itertools import count
from typing import Any, TypeVar

from attrs import evolve

from poec_workflow import Conflict
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.adapters.sql.sql_storage import SqlTransaction
from poec_workflow.commands import Command, Preregister
from poec_workflow.history_recording import RecordedChange
from poec_workflow.messages import Message
from poec_workflow.model import Candidate
from poec_workflow.ports import DecisionContext, Receipt, Transaction

T = TypeVar("T")
Work = Callable[[Transaction], T]


class Planted:
    """A storage around a storage. Its own is tried once, so the whole is tried again when it met a conflict."""

    def __init__(self, storage: SqlStorage) -> None:
        self.storage, self.queries, self.outbox = storage, storage.queries, storage.outbox

    def run(self, work: Work[T], *, write: bool = True) -> T:
        """Do work in one transaction, with the fault."""
        while True:
            try:
                return self.attempt(work, write=write)
            except Conflict:
                continue

    def attempt(self, work: Work[T], *, write: bool) -> T:
        """One attempt at it."""
        raise NotImplementedError


class Around:
    """A transaction around a transaction."""

    def __init__(self, inner: Transaction) -> None:
        self.inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)


class NoLock(Planted):
    """SELECT without FOR UPDATE. SQLite has but one writer, and can't have this fault."""

    def attempt(self, work: Work[T], *, write: bool) -> T:
        def in_transaction(connection: Any) -> T:
            transaction = SqlTransaction(connection, lock=False)
            result = work(transaction)
            transaction.flush()
            return result

        return self.storage._connections.run(in_transaction, write=write)  # noqa: SLF001 - the fault is in there


class ReadBeforeLock(Planted):
    """What decides was read in an earlier transaction."""

    def attempt(self, work: Work[T], *, write: bool) -> T:
        noted: list[Any] = []
        self.storage.run(lambda transaction: work(_Noting(transaction, noted)), write=False)
        return self.storage.run(lambda transaction: work(_Noted(transaction, iter(noted))), write=write)


class _Noting(Around):
    def __init__(self, inner: Transaction, noted: list[Any]) -> None:
        super().__init__(inner)
        self._noted = noted

    def load(self, command: Command, *, key: str | None = None) -> DecisionContext:
        found = _whole(self.inner.load(command, key=key))
        self._noted.append(found)
        return found

    def claim_overdue(self, ended_before: date, *, limit: int) -> Sequence[DecisionContext]:
        found = self.inner.claim_overdue(ended_before, limit=limit)
        self._noted.append(found)
        return found

    def save(self, *_: object, **__: object) -> None:
        """Nothing yet."""


def _whole(loaded: DecisionContext) -> DecisionContext:
    """With what would be loaded later."""
    if loaded.enrolment is None:
        return loaded
    waiting, retained = tuple(loaded.enrolment.open_applications), tuple(loaded.enrolment.retained_applications)
    enrolment = evolve(loaded.enrolment, open_applications=waiting, retained_applications=retained)
    return evolve(loaded, enrolment=enrolment)


class _Noted(Around):
    def __init__(self, inner: Transaction, noted: Iterator[Any]) -> None:
        super().__init__(inner)
        self._noted = noted

    def load(self, *_: object, **__: object) -> Any:
        return next(self._noted)

    claim_overdue = load


class LostUpdate(Planted):
    """Every twentieth decision of a process is acknowledged and not stored."""

    def __init__(self, storage: SqlStorage) -> None:
        super().__init__(storage)
        self._runs = count(1)

    def attempt(self, work: Work[T], *, write: bool) -> T:
        return self.storage.run(work, write=write and next(self._runs) % 20 > 0)


class DoubleExpire(Planted):
    """A sweeper works on what it claimed the last time too; storing that is refused by versions and keys alike."""

    def __init__(self, storage: SqlStorage) -> None:
        super().__init__(storage)
        self._claimed: list[DecisionContext] = []

    def attempt(self, work: Work[T], *, write: bool) -> T:
        return self.storage.run(lambda transaction: work(_Remembering(transaction, self._claimed)), write=write)


class _Remembering(Around):
    def __init__(self, inner: Transaction, claimed: list[DecisionContext]) -> None:
        super().__init__(inner)
        self._claimed = claimed
        self._again: Sequence[DecisionContext] = ()

    def claim_overdue(self, ended_before: date, *, limit: int) -> Sequence[DecisionContext]:
        self._again = tuple(self._claimed)
        self._claimed[:] = () if self._again else self.inner.claim_overdue(ended_before, limit=limit)
        return self._again or tuple(self._claimed)

    def save(
        self,
        changes: Sequence[RecordedChange],
        receipt: Receipt | None = None,
        people: Sequence[Candidate] = (),
        messages: Sequence[Message] = (),
    ) -> None:
        if not self._again:
            self.inner.save(changes, receipt, people, messages)


class EarlyEnd(Planted):
    """Every other time a sweeper finds nothing, whatever there is."""

    def __init__(self, storage: SqlStorage) -> None:
        super().__init__(storage)
        self._claims = count(1)

    def attempt(self, work: Work[T], *, write: bool) -> T:
        return self.storage.run(lambda transaction: work(_Tired(transaction, self._claims)), write=write)


class _Tired(Around):
    def __init__(self, inner: Transaction, claims: Iterator[int]) -> None:
        super().__init__(inner)
        self._claims = claims

    def claim_overdue(self, ended_before: date, *, limit: int) -> Sequence[DecisionContext]:
        return self.inner.claim_overdue(ended_before, limit=limit) if next(self._claims) % 2 else ()


class PhantomQuota(Planted):
    """A registration does not see the one before it."""

    def attempt(self, work: Work[T], *, write: bool) -> T:
        return self.storage.run(lambda transaction: work(_Behind(transaction)), write=write)


class _Behind(Around):
    def load(self, command: Command, *, key: str | None = None) -> DecisionContext:
        loaded = self.inner.load(command, key=key)
        if not isinstance(command, Preregister) or not loaded.enrolment:
            return loaded
        tally = loaded.enrolment.tally
        seen = evolve(tally, registered=max(0, tally.registered - 1))
        return evolve(loaded, enrolment=evolve(loaded.enrolment, tally=seen))


PLANTED: Mapping[str, type[Planted]] = {
    "no lock": NoLock,
    "read before lock": ReadBeforeLock,
    "lost update": LostUpdate,
    "double expire": DoubleExpire,
    "phantom quota": PhantomQuota,
    "early end": EarlyEnd,
}
