"""Where subjects live, and one transaction on them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Protocol, TypeVar

from poec_workflow.commands import Command
from poec_workflow.events import HistoryEntry, Position
from poec_workflow.history_recording import RecordedChange
from poec_workflow.model import Candidate
from poec_workflow.ports.context import DecisionContext, Receipt
from poec_workflow.ports.outbox import Outbox
from poec_workflow.ports.queries import Queries

T = TypeVar("T")


class Transaction(Protocol):
    """One transaction: nothing of it is seen outside before it ends well, and all of it then."""

    def load(self, command: Command, *, key: str | None = None) -> DecisionContext:
        """What is known around a command, with the receipt of the key; locks what the command may change."""
        ...

    def claim_overdue(self, ended_before: date, *, limit: int) -> Sequence[DecisionContext]:
        """Open applications of sessions that ended before a day, at most `limit`, locked; others' are skipped."""
        ...

    def recall(self, decision: Position) -> Sequence[Sequence[HistoryEntry]]:
        """The histories of all subjects that a decision moved, up to and with that move; its own subject first."""
        ...

    def save(
        self, changes: Sequence[RecordedChange], receipt: Receipt | None = None, people: Sequence[Candidate] = ()
    ) -> None:
        """Store subjects, counts, history, outbox rows (one an entry), the receipt and what is known of people."""
        ...

    def forget(self, candidate: str) -> None:
        """Erase a person's name and e-mail, and their name where they acted themself; all else stays as it is."""
        ...


class Storage(Protocol):
    """Where subjects live."""

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
