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

from attrs import evolve

from poec_workflow import (
    Application,
    Candidate,
    HistoryEntry,
    Message,
    Position,
    SubjectKind,
    TrainingAction,
    TrainingSession,
    from_dict,
    to_dict,
)
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.ports import (
    EVERYBODY,
    Command,
    DecisionContext,
    Delivery,
    Outbox,
    Queries,
    QueuedMessage,
    Receipt,
    RecordedChange,
    Routes,
    Settlement,
    Transaction,
)

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
            for settled in line.get("settled", ()):
                _settle(self._memory.outbox, settled)
            if "retried" in line:
                self._memory.outbox.retry(line["retried"])
            if "dropped" in line:
                self._memory.outbox.drop(line["dropped"], datetime.fromisoformat(line["at"]))

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
        self,
        changes: Sequence[RecordedChange],
        receipt: Receipt | None = None,
        people: Sequence[Candidate] = (),
        messages: Sequence[Message] = (),
    ) -> None:
        """As memory does, and noted."""
        self._inner.save(changes, receipt, people, messages)
        self.said.append(
            {
                "save": [[to_dict(each.subject), to_dict(each.entry)] for each in changes],
                "receipt": to_dict(receipt),
                "people": [to_dict(each) for each in people],
                "messages": [to_dict(each) for each in messages],
            }
        )

    def start_digest(self, organization: str, day: date) -> int | None:
        """As memory does, and noted."""
        number = self._inner.start_digest(organization, day)
        if number is not None:
            self.said.append({"digest": organization, "day": day.isoformat()})
        return number

    def post(self, messages: Sequence[Message], recorded_at: datetime) -> None:
        """As memory does, and noted."""
        self._inner.post(messages, recorded_at)
        self.said.append({"post": [to_dict(each) for each in messages], "at": recorded_at.isoformat()})

    def forget(self, candidate: str) -> None:
        """As memory does, and noted; what the log said of them before is for whoever rotates it."""
        self._inner.forget(candidate)
        self.said.append({"forget": candidate})


class LogOutbox:
    """Memory's outbox; what came of messages is noted."""

    def __init__(self, memory: MemoryStorage, append: Callable[[Mapping[str, Any]], None]) -> None:
        self._outbox, self._append = memory.outbox, append
        self.queued, self.find = self._outbox.queued, self._outbox.find
        self.delivered, self.figures = self._outbox.delivered, self._outbox.figures

    def claim(
        self, *, limit: int, now: datetime, lease: timedelta, routes: Routes = EVERYBODY
    ) -> Sequence[QueuedMessage]:
        """As memory does: who held something when the process ended holds it no more."""
        return self._outbox.claim(limit=limit, now=now, lease=lease, routes=routes)

    def settle(self, settlements: Sequence[Settlement]) -> int:
        """As memory does, and noted, each with its attempts."""
        counted = 0
        for each in settlements:
            if self._outbox.settle([each]):
                counted += 1
                self._append({"settled": [_written(each)]})
        return counted

    def retry(self, message: str) -> bool:
        """As memory does, and noted."""
        if done := self._outbox.retry(message):
            self._append({"retried": message})
        return done

    def drop(self, message: str, at: datetime) -> bool:
        """As memory does, and noted."""
        if done := self._outbox.drop(message, at):
            self._append({"dropped": message, "at": at.isoformat()})
        return done


def _written(settlement: Settlement) -> dict[str, Any]:
    return {
        "id": settlement.claimed.message.id,
        "attempts": settlement.claimed.attempts,
        "outcome": settlement.outcome,
        "at": settlement.at.isoformat(),
        "answer": settlement.answer,
        "retry_at": settlement.retry_at and settlement.retry_at.isoformat(),
    }


def _settle(outbox: Outbox, written: Mapping[str, Any]) -> None:
    """Settle once more as it is written."""
    known = outbox.find(written["id"])
    if known is not None:
        retry_at = written["retry_at"]
        settlement = Settlement(
            claimed=evolve(known, attempts=written["attempts"]),
            outcome=Delivery(written["outcome"]),
            at=datetime.fromisoformat(written["at"]),
            answer=written["answer"],
            retry_at=retry_at and datetime.fromisoformat(retry_at),
        )
        outbox.settle([settlement])


def open_log(url: str) -> LogStorage:
    """The storage of `log:FILE`, for the command line."""
    return LogStorage(Path(url.partition(":")[2]))


def _repeat(transaction: Transaction, line: Mapping[str, Any]) -> None:
    """Do once more what a line says."""
    for did in line.get("did", ()):
        if "forget" in did:
            transaction.forget(did["forget"])
            continue
        if "digest" in did:
            transaction.start_digest(did["digest"], date.fromisoformat(did["day"]))
            continue
        if "post" in did:
            messages = [from_dict(each, Message) for each in did["post"]]
            transaction.post(messages, datetime.fromisoformat(did["at"]))
            continue
        changes = [_recorded(subject, entry) for subject, entry in did["save"]]
        receipt = from_dict(did["receipt"], Receipt) if did["receipt"] else None
        people = [from_dict(each, Candidate) for each in did["people"]]
        transaction.save(changes, receipt, people, [from_dict(each, Message) for each in did["messages"]])


def _recorded(subject: dict[str, Any], entry: dict[str, Any]) -> RecordedChange:
    known = from_dict(entry, HistoryEntry)
    return RecordedChange(from_dict(subject, KINDS[known.event.subject_kind]), known)
