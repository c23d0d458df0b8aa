"""Everything in dictionaries: for tests, for judging a journal, and as the shortest complete storage.

One lock serializes the transactions; each write notes how to take itself back, and an exception does so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from threading import RLock
from typing import Any, TypeVar, cast

from attrs import evolve

from poec_workflow.commands import Command, CreateSession, Preregister
from poec_workflow.events import HistoryEntry, Position
from poec_workflow.model import (
    LIVE_STATES,
    OPEN_STATES,
    ActionState,
    Application,
    Candidate,
    Role,
    State,
    Subject,
    SubjectKind,
    Tally,
    TrainingAction,
    TrainingSession,
)
from poec_workflow.policies.facts import Enrolment
from poec_workflow.ports import Delivery, Lazily, Loaded, Receipt
from poec_workflow.recording import Recorded
from poec_workflow.views import DashboardRow

T = TypeVar("T")


class MemoryStorage:
    """A storage that lasts as long as its process; thread-safe, one writer at a time."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._tables = _Tables()

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


class _Tables:
    """The data, and the few indexes that loading needs."""

    def __init__(self) -> None:
        self.subjects: dict[tuple[SubjectKind, str], Subject] = {}
        self.histories: dict[tuple[SubjectKind, str], tuple[HistoryEntry, ...]] = {}
        self.tallies: dict[str, Tally] = {}
        self.people: dict[str, Candidate] = {}
        self.receipts: dict[str, Receipt] = {}
        self.decisions: dict[Position, tuple[Position, ...]] = {}
        self.outbox: dict[Position, datetime | None] = {}
        # Indexes, by insertion: a reference is never taken out, so None is all that they hold.
        self.sessions_of: dict[str, dict[str, None]] = defaultdict(dict)
        self.applications_of: dict[str, dict[str, None]] = defaultdict(dict)
        self.applications_by: dict[str, dict[str, None]] = defaultdict(dict)

    def action(self, reference: str) -> TrainingAction | None:
        return cast("TrainingAction | None", self.subjects.get((SubjectKind.ACTION, reference)))

    def session(self, reference: str) -> TrainingSession | None:
        return cast("TrainingSession | None", self.subjects.get((SubjectKind.SESSION, reference)))

    def application(self, reference: str) -> Application:
        return cast("Application", self.subjects[SubjectKind.APPLICATION, reference])

    def sessions(self) -> Iterator[TrainingSession]:
        return (each for each in self.subjects.values() if isinstance(each, TrainingSession))

    def open_applications(self, session: str) -> tuple[Application, ...]:
        everyone = map(self.application, sorted(self.applications_of[session]))
        return tuple(each for each in everyone if each.state in OPEN_STATES)

    def enrolment(self, session: TrainingSession | None) -> Enrolment | None:
        if session is None:
            return None
        return Enrolment(
            session=session,
            tally=self.tallies[session.reference],
            open_applications=Lazily(lambda: self.open_applications(session.reference)),
        )

    def around(self, subject: Subject | None, *, parent: str | None = None) -> Loaded:
        """What belongs to a subject, or, where there is none yet, to what it would be created under."""
        match subject:
            case TrainingAction():
                sessions = (self.session(each) for each in sorted(self.sessions_of[subject.reference]))
                enrolments = tuple(each for each in map(self.enrolment, sessions) if each)
                return Loaded(subject=subject, action=subject, enrolments=enrolments)
            case TrainingSession():
                action, session = self.action(subject.action), subject
            case Application():
                session = self.session(subject.session)
                action = self.action(session.action) if session else None
            case None:
                session = self.session(parent) if parent else None
                action = self.action(session.action) if session else None
        return Loaded(subject=subject, action=action, enrolment=self.enrolment(session))

    def is_live(self, candidate: str, session: str) -> bool:
        return any(
            each.session == session and each.state in LIVE_STATES
            for each in map(self.application, self.applications_by[candidate])
        )


class MemoryTransaction:
    """One transaction on the dictionaries."""

    def __init__(self, tables: _Tables) -> None:
        self._tables = tables
        self._undo: list[Callable[[], None]] = []

    def load(self, command: Command, *, key: str | None = None) -> Loaded:
        """What is known around a command; everything is locked already."""
        tables = self._tables
        subject = tables.subjects.get((command.kind, command.reference))
        match command:
            case Preregister():
                loaded = evolve(
                    tables.around(None, parent=command.session),
                    subject=subject,
                    candidate_live=tables.is_live(command.candidate.reference, command.session),
                )
            case CreateSession():
                loaded = Loaded(subject=subject, action=tables.action(command.action))
            case _:
                loaded = tables.around(subject)
        return evolve(loaded, receipt=tables.receipts.get(key)) if key is not None else loaded

    def claim_overdue(self, ended_before: date, *, limit: int) -> Sequence[Loaded]:
        """Open applications of sessions that ended before a day, in order of their references."""
        overdue = MemoryQueries.overdue_in(self._tables, ended_before)
        return tuple(self._tables.around(each) for each in overdue[:limit])

    def recall(self, decision: Position) -> Sequence[Sequence[HistoryEntry]]:
        """The histories of all that a decision moved, up to and with that move."""
        return tuple(
            self._tables.histories[each.kind, each.reference][: each.version]
            for each in self._tables.decisions[decision]
        )

    def save(
        self, changes: Sequence[Recorded], receipt: Receipt | None = None, people: Sequence[Candidate] = ()
    ) -> None:
        """Store everything, noting how to take it back."""
        tables = self._tables
        for change in changes:
            subject, entry = change.subject, change.entry
            where = (subject.kind, subject.reference)
            if isinstance(subject, Application):
                tally = tables.tallies[subject.session]
                before = cast("Application | None", tables.subjects.get(where))
                self._put(tables.tallies, subject.session, tally.moved(before and before.state, subject.state))
                self._put(tables.applications_of[subject.session], subject.reference, None)
                self._put(tables.applications_by[subject.candidate], subject.reference, None)
            elif isinstance(subject, TrainingSession):
                self._put(tables.tallies, subject.reference, tables.tallies.get(subject.reference, Tally()))
                self._put(tables.sessions_of[subject.action], subject.reference, None)
            self._put(tables.subjects, where, subject)
            self._put(tables.histories, where, (*tables.histories.get(where, ()), entry))
            self._put(tables.outbox, entry.position, None)
        self._put(tables.decisions, changes[0].entry.decision, tuple(each.entry.position for each in changes))
        if receipt is not None:
            self._put(tables.receipts, receipt.key, receipt)
        for person in people:
            self._put(tables.people, person.reference, person)

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


class MemoryQueries:
    """Reading the dictionaries, a moment each."""

    def __init__(self, tables: _Tables, lock: RLock) -> None:  # type: ignore[valid-type]
        self._tables = tables
        self._lock = lock

    def subject(self, kind: SubjectKind, reference: str) -> Subject | None:
        """One subject."""
        return self._tables.subjects.get((kind, reference))

    def around(self, application: Application) -> Loaded:
        """One application with what a decision on it would know."""
        with self._lock:  # type: ignore[attr-defined]
            return self._tables.around(application)

    def history(self, kind: SubjectKind, reference: str) -> Sequence[HistoryEntry]:
        """A subject's history, oldest first."""
        return self._tables.histories.get((kind, reference), ())

    def states(self, kind: SubjectKind) -> Mapping[str, State]:
        """The state of every subject of a kind, by reference."""
        with self._lock:  # type: ignore[attr-defined]
            everything = sorted(self._tables.subjects.items())
            return {reference: subject.state for (of, reference), subject in everything if of is kind}

    def candidate(self, reference: str) -> Candidate | None:
        """A person's name and e-mail."""
        return self._tables.people.get(reference)

    def organizations(self) -> Sequence[str]:
        """Every organisation that holds a role on a session, in order."""
        with self._lock:  # type: ignore[attr-defined]
            sessions = tuple(self._tables.sessions())
        return sorted({each.organization(role) for each in sessions for role in Role})

    def overdue(self, ended_before: date) -> Sequence[str]:
        """References of open applications of sessions that ended before a day, in order."""
        with self._lock:  # type: ignore[attr-defined]
            return [each.reference for each in self.overdue_in(self._tables, ended_before)]

    @staticmethod
    def overdue_in(tables: _Tables, ended_before: date) -> list[Application]:
        """The open applications of sessions that ended before a day, in order of their references."""
        ended = [each for each in tables.sessions() if each.end < ended_before]
        overdue = (
            application
            for session in ended
            if tables.tallies[session.reference].open
            for application in tables.open_applications(session.reference)
        )
        return sorted(overdue, key=lambda each: each.reference)

    def dashboard(
        self, organization: str, *, expiring: tuple[date, date], since: datetime | None = None
    ) -> Sequence[DashboardRow]:
        """A row per role that the organisation holds."""
        with self._lock:  # type: ignore[attr-defined]
            return [
                self._row(role, sessions, expiring, since)
                for role in Role
                if (sessions := [each for each in self._tables.sessions() if each.organization(role) == organization])
            ]

    def _row(
        self,
        role: Role,
        sessions: Sequence[TrainingSession],
        expiring: tuple[date, date],
        since: datetime | None,
    ) -> DashboardRow:
        counted = [
            (session, self._tally(session.reference, since))
            for session in sessions
            if (action := self._tables.action(session.action)) and action.state is ActionState.PUBLISHED
        ]
        first, last = expiring
        tallies = [tally for _, tally in counted]
        return DashboardRow(
            role=role,
            pending=sum(each.open for each in tallies),
            expiring=sum(tally.open for session, tally in counted if first <= session.end <= last),
            retained=sum(each.retained for each in tallies),
            rejected=sum(each.rejected for each in tallies),
            no_advice=sum(each.no_advice for each in tallies),
            session_full=sum(each.session_full for each in tallies),
            cancelled=sum(each.cancelled for each in tallies),
        )

    def _tally(self, session: str, since: datetime | None) -> Tally:
        if since is None:
            return self._tables.tallies[session]
        tally = Tally()
        for application in map(self._tables.application, self._tables.applications_of[session]):
            if application.registered_at >= since:
                tally = tally.moved(None, application.state)
        return tally


class MemoryOutbox:
    """What waits to be sent, in order for each subject."""

    def __init__(self, tables: _Tables, lock: RLock) -> None:  # type: ignore[valid-type]
        self._tables = tables
        self._lock = lock

    def claim(self, *, limit: int, now: datetime, lease: timedelta) -> Sequence[Position]:
        """The oldest of each subject that nobody holds, held until the lease ends."""
        with self._lock:  # type: ignore[attr-defined]
            oldest: dict[tuple[SubjectKind, str], Position] = {}
            for position in self._tables.outbox:
                oldest.setdefault((position.kind, position.reference), position)
            free = [
                each
                for each in oldest.values()
                if (held_until := self._tables.outbox[each]) is None or held_until <= now
            ][:limit]
            self._tables.outbox.update(dict.fromkeys(free, now + lease))
            return free

    def settle(self, position: Position, outcome: Delivery) -> None:
        """Sent ones go; failed ones can be claimed again."""
        with self._lock:  # type: ignore[attr-defined]
            if outcome is Delivery.SENT:
                self._tables.outbox.pop(position, None)
            elif position in self._tables.outbox:
                self._tables.outbox[position] = None
