"""In-memory tables: dictionaries of subjects, histories, counters and receipts, and their indexes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import cast

from poec_workflow.history import HistoryEntry, Position
from poec_workflow.model import (
    LIVE_STATES,
    OPEN_STATES,
    Application,
    ApplicationState,
    Candidate,
    Subject,
    SubjectKind,
    Tally,
    TrainingAction,
    TrainingSession,
)
from poec_workflow.policies.facts import Enrolment
from poec_workflow.ports import DecisionContext, DeliveryRecord, LazySequence, QueuedMessage, Receipt


class Tables:
    """The tables, and the lookups that transactions and queries share."""

    def __init__(self) -> None:
        self.subjects: dict[SubjectKind, dict[str, Subject]] = {kind: {} for kind in SubjectKind}
        self.histories: dict[SubjectKind, dict[str, tuple[HistoryEntry, ...]]] = {kind: {} for kind in SubjectKind}
        self.feed: list[Position] = []
        self.tallies: dict[str, Tally] = {}
        self.people: dict[str, Candidate] = {}
        self.receipts: dict[str, Receipt] = {}
        self.decisions: dict[Position, tuple[Position, ...]] = {}  # of those that moved more than their own subject
        self.messages: dict[str, QueuedMessage] = {}
        self.deliveries: dict[str, DeliveryRecord] = {}
        self.digests: dict[str, tuple[date, int]] = {}  # of an organisation the last: its day and its number
        # Indexes, by insertion: a reference is never taken out, so None is all that they hold.
        self.sessions_of: dict[str, dict[str, None]] = defaultdict(dict)
        self.applications_of: dict[str, dict[str, None]] = defaultdict(dict)
        self.applications_by: dict[str, tuple[str, ...]] = {}

    def action(self, reference: str) -> TrainingAction | None:
        """One action."""
        return cast("TrainingAction | None", self.subjects[SubjectKind.ACTION].get(reference))

    def session(self, reference: str) -> TrainingSession | None:
        """One session."""
        return cast("TrainingSession | None", self.subjects[SubjectKind.SESSION].get(reference))

    def application(self, reference: str) -> Application:
        """An application that is there."""
        return cast("Application", self.subjects[SubjectKind.APPLICATION][reference])

    def sessions(self) -> Iterator[TrainingSession]:
        """All of them."""
        return cast("Iterator[TrainingSession]", iter(self.subjects[SubjectKind.SESSION].values()))

    def applications(self) -> Iterator[Application]:
        """All of them."""
        return cast("Iterator[Application]", iter(self.subjects[SubjectKind.APPLICATION].values()))

    def actions(self) -> Iterator[TrainingAction]:
        """All of them."""
        return cast("Iterator[TrainingAction]", iter(self.subjects[SubjectKind.ACTION].values()))

    def open_applications(self, session: str) -> tuple[Application, ...]:
        """A session's open applications, by reference."""
        return self._applications_in(session, OPEN_STATES)

    def retained_applications(self, session: str) -> tuple[Application, ...]:
        """A session's retained applications, by reference."""
        return self._applications_in(session, {ApplicationState.RETAINED})

    def _applications_in(self, session: str, states: Collection[ApplicationState]) -> tuple[Application, ...]:
        applications = map(self.application, sorted(self.applications_of[session]))
        return tuple(each for each in applications if each.state in states)

    def enrolment(self, session: TrainingSession | None) -> Enrolment | None:
        """A session with what is registered on it."""
        if session is None:
            return None
        return Enrolment(
            session=session,
            tally=self.tallies[session.reference],
            open_applications=LazySequence(lambda: self.open_applications(session.reference)),
            retained_applications=LazySequence(lambda: self.retained_applications(session.reference)),
        )

    def context_of(self, subject: Subject | None, *, parent: str | None = None) -> DecisionContext:
        """The decision context of a subject, or, where there is none yet, of the session it would be created under."""
        match subject:
            case TrainingAction():
                sessions = (self.session(each) for each in sorted(self.sessions_of[subject.reference]))
                enrolments = tuple(each for each in map(self.enrolment, sessions) if each)
                return DecisionContext(subject=subject, action=subject, enrolments=enrolments)
            case TrainingSession():
                session: TrainingSession | None = subject
            case Application():
                session = self.session(subject.session)
            case None:
                session = self.session(parent) if parent else None
        action = self.action(session.action) if session else None
        return DecisionContext(subject=subject, action=action, enrolment=self.enrolment(session))

    def is_live(self, candidate: str, session: str) -> bool:
        """Whether a candidate has an open or retained application on a session."""
        return any(
            each.session == session and each.state in LIVE_STATES
            for each in map(self.application, self.applications_by.get(candidate, ()))
        )

    def retained_elsewhere(self, application: Application) -> Sequence[Application]:
        """The candidate's retained applications on other sessions, by reference, once they are looked at."""

        def retained() -> Sequence[Application]:
            own = map(self.application, sorted(self.applications_by[application.candidate]))
            return [
                each for each in own if each.session != application.session and each.state is ApplicationState.RETAINED
            ]

        return LazySequence(retained)

    def overdue(self, ended_before: date) -> list[Application]:
        """The open applications of sessions that ended before a day, in order of their references."""
        overdue = (
            application
            for session in self.sessions()
            if session.end < ended_before and self.tallies[session.reference].open
            for application in self.open_applications(session.reference)
        )
        return sorted(overdue, key=lambda each: each.reference)
