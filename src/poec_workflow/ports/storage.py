"""The storage port, and one transaction on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Protocol, TypeGuard, TypeVar, runtime_checkable

from attrs import frozen

from poec_workflow.commands import Command
from poec_workflow.history import HistoryEntry, Position
from poec_workflow.history_recording import RecordedChange
from poec_workflow.messages import Message
from poec_workflow.model import Candidate
from poec_workflow.ports.context import DecisionContext, OverdueBatch, Receipt
from poec_workflow.ports.outbox import Outbox
from poec_workflow.ports.queries import Queries

T = TypeVar("T")


class Transaction(Protocol):
    """One transaction: all of it becomes visible when it commits, or none of it."""

    def load(self, command: Command, *, key: str | None = None) -> DecisionContext:
        """Load the context of a command and the receipt of its key, and lock what the command may change."""
        ...

    def claim_overdue(self, ended_before: date, *, limit: int) -> Sequence[DecisionContext]:
        """Open applications of sessions that ended before a day, at most `limit`, locked; others' are skipped."""
        ...

    def recall(self, decision: Position) -> Sequence[Sequence[HistoryEntry]]:
        """The histories of all subjects that a decision moved, up to and with that move; its own subject first."""
        ...

    def save(
        self,
        changes: Sequence[RecordedChange],
        receipt: Receipt | None = None,
        people: Sequence[Candidate] = (),
        messages: Sequence[Message] = (),
    ) -> None:
        """Store subjects, counts, history, the receipt, what is known of people, and the messages in their order."""
        ...

    def start_digest(self, organization: str, day: date) -> int | None:
        """The number of an organisation's digest (N10), the first is 1; None where that day or a later one had one."""
        ...

    def post(self, messages: Sequence[Message], recorded_at: datetime) -> None:
        """Store messages that no event causes."""
        ...

    def forget(self, candidate: str) -> None:
        """Erase a person's name and e-mail, and their name where they acted themself; all else stays as it is."""
        ...


class LoadsAhead(Transaction, Protocol):
    """A transaction that loads what many commands are about at once; a batch on others loads one after the other."""

    def load_ahead(self, commands: Sequence[tuple[Command, str | None]]) -> None:
        """Load and lock what some commands are about, each with its key; `load` then answers for each in turn.

        `load` still sees what was saved since, and still loads whatever was not loaded ahead.
        """
        ...


class FindsReceipts(Transaction, Protocol):
    """A transaction that finds out by itself that the key of an accepted command was used before.

    A workflow then loads a command without its key, and asks for the receipt only before it refuses. Where a used key
    is saved once more, the storage undoes the work, and does it again in a transaction without this option.
    """

    def receipt(self, key: str) -> Receipt | None:
        """The receipt of a key, once what its command may change is locked; None where the key is unused."""
        ...


class ClaimsBatches(Transaction, Protocol):
    """A transaction that can expire many applications by few decisions; `sweep` works one by one on others."""

    def claim_overdue_batch(self, ended_before: date, *, limit: int) -> OverdueBatch:
        """Claim what `claim_overdue` claims."""
        ...


# The class is looked at, for a wrapper that passes unknown names on to another transaction may override `load`,
# `save` or `claim_overdue`.


def loads_ahead(transaction: Transaction) -> TypeGuard[LoadsAhead]:
    """Whether the transaction's own class can load ahead."""
    return hasattr(type(transaction), LoadsAhead.load_ahead.__name__)


def finds_receipts(transaction: Transaction) -> TypeGuard[FindsReceipts]:
    """Whether the transaction's own class finds out that a key was used."""
    return hasattr(type(transaction), FindsReceipts.receipt.__name__)


def claims_batches(transaction: Transaction) -> TypeGuard[ClaimsBatches]:
    """Whether the transaction's own class can claim batches."""
    return hasattr(type(transaction), ClaimsBatches.claim_overdue_batch.__name__)


class Storage(Protocol):
    """Keeps subjects, counts, history, outbox, receipts and people.

    `Closable`, `SchemaStorage` and `Scrubs` are options of it, `LoadsAhead`, `FindsReceipts`, `ClaimsBatches` and
    `keeping.KeepsRecords` of its transactions.
    """

    @property
    def queries(self) -> Queries:
        """Reading."""
        ...

    @property
    def outbox(self) -> Outbox:
        """What waits to be sent."""
        ...

    def run(self, work: Callable[[Transaction], T], *, write: bool = True) -> T:
        """Do work in one transaction, and undo it when it raises. Retries are the adapter's: work may run twice."""
        ...


@runtime_checkable
class Scrubs(Protocol):
    """A storage whose files keep what was erased, until they are written anew."""

    def scrub(self, *, whole: bool = False) -> bool:
        """Leave nothing of it, with `whole` however long that takes; whether that could be done."""
        ...


@runtime_checkable
class Closable(Protocol):
    """A storage that holds connections or files."""

    def close(self) -> None:
        """Close them."""
        ...


@frozen(kw_only=True)
class SchemaStatus:
    """The revision of a store's schema, beside the one that this release reads.

    Attributes:
        revision: the store's; None of an empty one.
        head: this release's.
        versioned: whether the store itself records it.
        newer: whether it is a later release's.
        text_index: whether free text is found by an index; None of an empty store.
        partitions: how many partitions each table has that is distributed by session; None where none has any.
    """

    revision: str | None
    head: str
    versioned: bool = True
    newer: bool = False
    text_index: bool | None = None
    partitions: int | None = None

    @property
    def up_to_date(self) -> bool:
        """Whether this release works on it as it is; an empty store is filled on first use."""
        return self.revision in (None, self.head)


@runtime_checkable
class SchemaStorage(Protocol):
    """A storage whose schema changes between releases."""

    def schema(self) -> SchemaStatus:
        """What is there; nothing is made."""
        ...

    def create(self) -> SchemaStatus:
        """Make the schema, or bring an earlier one up to this release; returns what was there before."""
        ...


@runtime_checkable
class PartitionableStorage(SchemaStorage, Protocol):
    """A storage whose tables can be partitioned by session."""

    def create_partitioned(self, partitions: int) -> SchemaStatus:
        """Make the schema with so many partitions, or bring such a one up to this release; what was there before."""
        ...
