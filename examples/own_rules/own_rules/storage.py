"""A storage in one file: each transaction is a line, appended; who opens it reads them all into memory.

Small services need no more: one process, and a file that any editor can read. The file is the truth; a line that was
cut off by a crash was never answered, and is dropped.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from poec_workflow import (
    Application,
    Candidate,
    HistoryEntry,
    Position,
    SubjectKind,
    TrainingAction,
    TrainingSession,
    from_dict,
    to_dict,
)
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.ports import Command, DecisionContext, Delivery, Queries, Receipt, RecordedChange, Transaction

T = TypeVar("T")
KINDS: Mapping[SubjectKind, type[Application | TrainingSession | TrainingAction]] = {
    SubjectKind.APPLICATION: Application,
    SubjectKind.SESSION: TrainingSession,
    SubjectKind.ACTION: TrainingAction,
}


class LogStorage:
    """A storage in one file."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._memory = MemoryStorage()
        for line in self._lines():
            self._memory.run(lambda transaction, line=line: _repeat(transaction, line))  # type: ignore[misc]
            if "sent" in line:
                self._memory.outbox.settle(from_dict(line["sent"], Position), Delivery.SENT)

    @property
    def queries(self) -> Queries:
        """Reading is memory's."""
        return self._memory.queries

    @property
    def outbox(self) -> LogOutbox:
        """What waits to be sent."""
        return LogOutbox(self._memory, self.append)

    def run(self, work: Callable[[Transaction], T], *, write: bool = True) -> T:
        """One transaction, which is one line; when the line can't be written, memory takes it back."""

        def noted(transaction: Transaction) -> T:
            notes = LogTransaction(transaction)
            result = work(notes)
            if write and notes.said:
                self.append({"did": notes.said})
            return result

        return self._memory.run(noted, write=write)

    def append(self, data: Mapping[str, Any]) -> None:
        """One line, on the disk before anybody is answered."""
        with self._file.open("a", encoding="utf-8") as log:
            log.write(json.dumps(data, ensure_ascii=False) + "\n")
            log.flush()
            os.fsync(log.fileno())

    def _lines(self) -> Iterator[dict[str, Any]]:
        if not self._file.exists():
            return
        text = self._file.read_bytes()
        whole, _, cut = text.rpartition(b"\n")
        if cut:
            os.truncate(self._file, len(whole) + 1 if whole else 0)
        yield from (json.loads(line) for line in whole.split(b"\n") if line)


class LogTransaction:
    """Memory's transaction, and a note of all that was written in it."""

    def __init__(self, inner: Transaction) -> None:
        self._inner = inner
        self.said: list[dict[str, Any]] = []

    def load(self, command: Command, *, key: str | None = None) -> DecisionContext:
        """As memory does."""
        return self._inner.load(command, key=key)

    def claim_overdue(self, ended_before: date, *, limit: int) -> Sequence[DecisionContext]:
        """As memory does."""
        return self._inner.claim_overdue(ended_before, limit=limit)

    def recall(self, decision: Position) -> Sequence[Sequence[HistoryEntry]]:
        """As memory does."""
        return self._inner.recall(decision)

    def save(
        self, changes: Sequence[RecordedChange], receipt: Receipt | None = None, people: Sequence[Candidate] = ()
    ) -> None:
        """As memory does, and noted."""
        self._inner.save(changes, receipt, people)
        self.said.append(
            {
                "save": [[to_dict(each.subject), to_dict(each.entry)] for each in changes],
                "receipt": to_dict(receipt),
                "people": [to_dict(each) for each in people],
            }
        )

    def forget(self, candidate: str) -> None:
        """As memory does, and noted; what the log said of them before is for whoever rotates it."""
        self._inner.forget(candidate)
        self.said.append({"forget": candidate})


class LogOutbox:
    """Memory's outbox; what was sent is noted."""

    def __init__(self, memory: MemoryStorage, append: Callable[[Mapping[str, Any]], None]) -> None:
        self._memory, self._append = memory, append

    def claim(self, *, limit: int, now: datetime, lease: timedelta) -> Sequence[Position]:
        """As memory does: who held something when the process ended holds it no more."""
        return self._memory.outbox.claim(limit=limit, now=now, lease=lease)

    def settle(self, position: Position, outcome: Delivery) -> None:
        """As memory does, and noted."""
        if outcome is Delivery.SENT:
            self._append({"sent": to_dict(position)})
        self._memory.outbox.settle(position, outcome)


def open_log(url: str) -> LogStorage:
    """The storage of `log:FILE`, for the command line."""
    return LogStorage(Path(url.partition(":")[2]))


def _repeat(transaction: Transaction, line: Mapping[str, Any]) -> None:
    """Do once more what a line says."""
    for did in line.get("did", ()):
        if "forget" in did:
            transaction.forget(did["forget"])
            continue
        changes = [_recorded(subject, entry) for subject, entry in did["save"]]
        receipt = from_dict(did["receipt"], Receipt) if did["receipt"] else None
        transaction.save(changes, receipt, [from_dict(each, Candidate) for each in did["people"]])


def _recorded(subject: dict[str, Any], entry: dict[str, Any]) -> RecordedChange:
    known = from_dict(entry, HistoryEntry)
    return RecordedChange(from_dict(subject, KINDS[known.event.subject_kind]), known)
