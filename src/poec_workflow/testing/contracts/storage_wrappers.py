"""Storages around a storage: one that is inside of a transaction already, and one that pauses after it loaded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, TypeVar

from poec_workflow.commands import Command
from poec_workflow.ports import DecisionContext, OverdueBatch, Storage, Transaction, claims_batches

T = TypeVar("T")


class InTransaction:
    """A storage that is inside of a transaction already."""

    def __init__(self, transaction: Transaction, outside: Storage) -> None:
        self.transaction, self.queries, self.outbox = transaction, outside.queries, outside.outbox

    def run(self, work: Callable[[Transaction], T], *, write: bool = True) -> T:
        """Do work in that transaction."""
        del write
        return work(self.transaction)


class Pausing:
    """A storage whose transactions pause between looking and saving."""

    def __init__(self, storage: Storage, pause: Callable[[], None]) -> None:
        self.storage, self.queries, self.outbox = storage, storage.queries, storage.outbox
        self.pause = pause

    def run(self, work: Callable[[Transaction], T], *, write: bool = True) -> T:
        """Do work in a transaction that pauses."""

        def pausing(transaction: Transaction) -> T:
            wrapper = _PausingBatches if claims_batches(transaction) else _PausingTransaction
            return work(wrapper(transaction, self.pause))

        return self.storage.run(pausing, write=write)


class _PausingTransaction:
    def __init__(self, transaction: Transaction, pause: Callable[[], None]) -> None:
        self._transaction, self._pause = transaction, pause

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever else a transaction has
        return getattr(self._transaction, name)

    def load(self, command: Command, *, key: str | None = None) -> DecisionContext:
        loaded = self._transaction.load(command, key=key)
        self._pause()
        return loaded

    def claim_overdue(self, ended_before: date, *, limit: int) -> Sequence[DecisionContext]:
        claimed = self._transaction.claim_overdue(ended_before, limit=limit)
        self._pause()
        return claimed


class _PausingBatches(_PausingTransaction):
    def claim_overdue_batch(self, ended_before: date, *, limit: int) -> OverdueBatch:
        claimed: OverdueBatch = self._transaction.claim_overdue_batch(ended_before, limit=limit)  # type: ignore[attr-defined]
        self._pause()
        return claimed
