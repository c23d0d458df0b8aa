"""In-memory storage and its transactions: one lock, and an undo log that a failing transaction is rolled back by."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime
from threading import RLock
from typing import Any, TypeVar, cast

from attrs import evolve

from poec_workflow.adapters.memory import memory_records
from poec_workflow.adapters.memory.memory_outbox import MemoryOutbox
from poec_workflow.adapters.memory.memory_queries import MemoryQueries
from poec_workflow.adapters.memory.memory_records import MemoryRecords
from poec_workflow.adapters.memory.memory_tables import Tables
from poec_workflow.commands import Command, CreateSession, Preregister, Retain
from poec_workflow.history import HistoryEntry, Position
from poec_workflow.history_recording import RecordedChange
from poec_workflow.messages import Message
from poec_workflow.model import Application, Candidate, Tally, TrainingSession
from poec_workflow.ports import DecisionContext, QueuedMessage, Receipt
from poec_workflow.ports.keeping import CandidateFile, LastMovement

T = TypeVar("T")


class MemoryStorage:
    """A storage that lasts as long as its process; thread-safe, one writer at a time."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._tables = Tables()

    def run(self, work: Callable[[MemoryTransaction], T], *, write: bool = True) -> T:
        """Do work in one transaction; undo it when it raises, or when it was not to write."""
        with self._lock:
            transaction = MemoryTransaction(self._tables)
            try:
                result = work(transaction)
            except BaseException:
                transaction.undo()
                raise
            if not write:
                transaction.undo()
            return result

    @property
    def queries(self) -> MemoryQueries:
        """Reading."""
        return MemoryQueries(self._tables, self._lock)

    @property
    def outbox(self) -> MemoryOutbox:
        """What waits to be sent."""
        return MemoryOutbox(self._tables, self._lock)


class MemoryTransaction:
    """One transaction on the dictionaries."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._undo: list[Callable[[], object]] = []

    def load(self, command: Command, *, key: str | None = None) -> DecisionContext:
        """What is known around a command; everything is locked already."""
        tables = self._tables
        subject = tables.subjects[command.subject_kind].get(command.reference)
        match command:
            case Preregister():
                loaded = evolve(
                    tables.context_of(None, parent=command.session),
                    subject=subject,
                    candidate_live=tables.is_live(command.candidate.reference, command.session),
                )
            case CreateSession():
                loaded = DecisionContext(subject=subject, action=tables.action(command.action))
            case Retain() if isinstance(subject, Application):
                elsewhere = tables.retained_elsewhere(subject)
                loaded = evolve(tables.context_of(subject), retained_elsewhere=elsewhere)
            case _:
                loaded = tables.context_of(subject)
        return evolve(loaded, receipt=tables.receipts.get(key)) if key is not None else loaded

    def claim_overdue(self, ended_before: date, *, limit: int) -> Sequence[DecisionContext]:
        """Open applications of sessions that ended before a day, in order of their references."""
        overdue = self._tables.overdue(ended_before)
        return tuple(self._tables.context_of(each) for each in overdue[:limit])

    def recall(self, decision: Position) -> Sequence[Sequence[HistoryEntry]]:
        """The histories of all that a decision moved, up to and with that move."""
        return tuple(
            self._tables.histories[each.kind][each.reference][: each.version]
            for each in self._tables.decisions.get(decision, (decision,))
        )

    def save(
        self,
        changes: Sequence[RecordedChange],
        receipt: Receipt | None = None,
        people: Sequence[Candidate] = (),
        messages: Sequence[Message] = (),
    ) -> None:
        """Store everything, noting how to take it back."""
        tables = self._tables
        for change in changes:
            subject, entry = change.subject, change.entry
            subjects, histories = tables.subjects[subject.subject_kind], tables.histories[subject.subject_kind]
            if isinstance(subject, Application):
                tally = tables.tallies[subject.session]
                before = cast("Application | None", subjects.get(subject.reference))
                self._put(tables.tallies, subject.session, tally.moved(before.state if before else None, subject.state))
                if before is None:
                    self._put(tables.applications_of[subject.session], subject.reference, None)
                    others = tables.applications_by.get(subject.candidate, ())
                    self._put(tables.applications_by, subject.candidate, (*others, subject.reference))
            elif isinstance(subject, TrainingSession):
                self._put(tables.tallies, subject.reference, tables.tallies.get(subject.reference, Tally()))
                self._put(tables.sessions_of[subject.action], subject.reference, None)
            self._put(subjects, subject.reference, subject)
            self._put(histories, subject.reference, (*histories.get(subject.reference, ()), entry))
            tables.feed.append(entry.position)
            self._undo.append(tables.feed.pop)
        if len(changes) > 1:
            self._put(tables.decisions, changes[0].entry.decision, tuple(each.entry.position for each in changes))
        if receipt is not None:
            self._put(tables.receipts, receipt.key, receipt)
        for person in people:
            self._put(tables.people, person.reference, person)
        if messages:
            self.post(messages, changes[0].entry.recorded_at)

    def start_digest(self, organization: str, day: date) -> int | None:
        """The number of an organisation's digest, unless that day or a later one had one."""
        digests = self._tables.digests
        last, number = digests.get(organization, (None, 0))
        if last is not None and last >= day:
            return None
        self._put(digests, organization, (day, number + 1))
        return number + 1

    def post(self, messages: Sequence[Message], recorded_at: datetime) -> None:
        """Store messages in their order."""
        for each in messages:
            self._put(self._tables.messages, each.id, QueuedMessage(message=each, recorded_at=recorded_at))

    def forget(self, candidate: str) -> None:
        """Erase a person's name and e-mail, and their name where they acted themself."""
        self.erasable([candidate], []).erase()

    def last_movements(self, after: str, *, limit: int) -> Sequence[LastMovement]:
        """The candidates whose references come after one, and when each last moved."""
        following = sorted(each for each in self._tables.applications_by if each > after)
        return memory_records.movements(self._tables, following[:limit])

    def lock_movements(self, candidates: Sequence[str]) -> Sequence[LastMovement]:
        """The same of some candidates; everything is locked already."""
        return memory_records.movements(self._tables, candidates)

    def erasable(self, people: Collection[str], files: Collection[str]) -> MemoryRecords:
        """What is there to be erased of some people, and of their files."""
        return MemoryRecords(self._tables, people, files, put=self._put, take=self._take)

    def candidate_file(self, candidate: str) -> CandidateFile:
        """Everything that is stored of a person, but for the dates."""
        return memory_records.candidate_file(self._tables, candidate)

    def undo(self) -> None:
        """Take everything back, the last first."""
        while self._undo:
            self._undo.pop()()

    def _put(self, table: dict[Any, Any], key: object, value: object) -> None:
        if key in table:
            before = table[key]
            self._undo.append(lambda: table.__setitem__(key, before))
        else:
            self._undo.append(lambda: table.__delitem__(key))
        table[key] = value

    def _take(self, table: dict[Any, Any], key: object) -> None:
        before = table.pop(key)
        self._undo.append(lambda: table.__setitem__(key, before))
