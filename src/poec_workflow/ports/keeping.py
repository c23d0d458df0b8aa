"""What a storage knows of people over time: when they last moved, what of them can be erased, and all of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Protocol, TypeGuard

from attrs import frozen

from poec_workflow.history import HistoryEntry
from poec_workflow.model import Application, Candidate, Reference
from poec_workflow.ports.context import Receipt
from poec_workflow.ports.outbox import DeliveryRecord, QueuedMessage
from poec_workflow.ports.storage import Transaction
from poec_workflow.value_base import Value


@frozen(kw_only=True)
class LastMovement:
    """When a candidate's applications last moved.

    Attributes:
        candidate: the reference.
        at: when the last entry of all their applications' histories was recorded.
        is_open: whether one of these is still open.
    """

    candidate: str
    at: datetime
    is_open: bool


class ErasableRecords(Protocol):
    """What can be erased of some people, as it was looked up."""

    @property
    def people(self) -> Collection[str]:
        """Of whom there is still something that says who they are."""
        ...

    @property
    def files(self) -> Collection[str]:
        """In whose applications there are still comments, or people who acted."""
        ...

    def erase(self) -> None:
        """Erase it all."""
        ...


@frozen(kw_only=True, repr=False)
class ApplicationFile(Value):
    """An application, and everything that happened to it, oldest first."""

    application: Application
    history: tuple[HistoryEntry, ...]


@frozen(kw_only=True, repr=False)
class CandidateFile(Value):
    """Everything that a store knows of a person.

    Attributes:
        reference: the candidate's.
        person: name and e-mail; None once they are erased.
        applications: by reference.
        acts: what else they did themself, to what is not theirs.
        receipts: of the keys that their applications' commands were given with.
        messages: to them or about their applications, that wait or are dead.
        deliveries: of those that were sent, or that nobody needed any more.
        last_movement: when the last entry of all their applications' histories was recorded; None: they have none.
        personal_data_kept_until: the last day on which name and e-mail are kept; None while an application is open.
        file_kept_until: the last day on which comments and the people who acted are kept; None besides: for good.
    """

    reference: Reference
    person: Candidate | None = None
    applications: tuple[ApplicationFile, ...] = ()
    acts: tuple[HistoryEntry, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    messages: tuple[QueuedMessage, ...] = ()
    deliveries: tuple[DeliveryRecord, ...] = ()
    last_movement: datetime | None = None
    personal_data_kept_until: date | None = None
    file_kept_until: date | None = None


class KeepsRecords(Transaction, Protocol):
    """A transaction that goes over people, and erases many of them, and their files, at once.

    On others `retain_until` erases people one by one, and can't erase files; `candidate_file` knows no receipts there.
    """

    def last_movements(self, after: str, *, limit: int) -> Sequence[LastMovement]:
        """The candidates whose references come after one, in order, at most `limit`; nothing is locked."""
        ...

    def lock_movements(self, candidates: Sequence[str]) -> Sequence[LastMovement]:
        """The same of some candidates, and nobody moves or registers them before the transaction ends."""
        ...

    def erasable(self, people: Collection[str], files: Collection[str]) -> ErasableRecords:
        """What is there to be erased of some people, and of the files of those of them that are in `files`."""
        ...

    def candidate_file(self, candidate: str) -> CandidateFile:
        """Everything that is stored of a person, but for the dates."""
        ...


def keeps_records(transaction: Transaction) -> TypeGuard[KeepsRecords]:
    """Whether the transaction's own class can."""
    return hasattr(type(transaction), KeepsRecords.last_movements.__name__)
