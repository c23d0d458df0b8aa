"""Everything that exists at one time, and what can be counted of it without asking a storage's counters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from attrs import field, frozen

from poec_workflow.commands import Command, CreateSession, Preregister, ReopenSession, Retain
from poec_workflow.decider import Accepted
from poec_workflow.history import HistoryEntry
from poec_workflow.model import (
    LIVE_STATES,
    OPEN_STATES,
    Actor,
    Application,
    ApplicationState,
    Candidate,
    Subject,
    SubjectKind,
    Tally,
    TrainingAction,
    TrainingSession,
)
from poec_workflow.policies.facts import Enrolment, Facts
from poec_workflow.policies.settings import Settings
from poec_workflow.ports import Storage, Transaction
from poec_workflow.testing.reference.lazy_property import lazy_property

SubjectKey = tuple[SubjectKind, str]
"""A subject's kind and reference."""


def key_of(subject: Subject) -> SubjectKey:
    """The kind and reference of a subject."""
    return subject.subject_kind, subject.reference


# Not slotted: `lazy_property` keeps what every promise counts.
@frozen(slots=False)
class Snapshot:
    """Everything that exists at one time: read from a storage, drawn, or reached by an exploration.

    Attributes:
        subjects: by kind and reference.
        histories: of each subject, oldest entry first; empty where none are kept.
        tallies: the counters of each session, as a storage keeps them.
        people: names and e-mails, by the candidate's reference.
    """

    subjects: Mapping[SubjectKey, Subject] = field(factory=dict, hash=False)
    histories: Mapping[SubjectKey, tuple[HistoryEntry, ...]] = field(factory=dict, hash=False)
    tallies: Mapping[str, Tally] = field(factory=dict, hash=False)
    people: Mapping[str, Candidate] = field(factory=dict, hash=False)

    @classmethod
    def of(cls, storage: Storage) -> Snapshot:
        """Read everything that a storage holds."""
        queries = storage.queries
        keys = [(kind, each) for kind in SubjectKind for each in sorted(queries.states(kind))]
        subjects = {key: each for key in keys if (each := queries.subject(*key)) is not None}
        candidates = sorted({each.candidate for each in subjects.values() if isinstance(each, Application)})
        sessions = [reference for kind, reference in keys if kind is SubjectKind.SESSION]
        return cls(
            subjects,
            {key: tuple(queries.history(*key)) for key in keys},
            storage.run(_tallies(sessions), write=False),
            {each: person for each in candidates if (person := queries.candidate(each)) is not None},
        )

    def of_kind(self, kind: SubjectKind) -> list[Any]:
        """List the subjects of a kind, by the number in their reference."""
        found = [each for each in self.subjects.values() if each.subject_kind is kind]
        return sorted(found, key=lambda each: (len(each.reference), each.reference))

    def subject(self, kind: SubjectKind, reference: str) -> Subject | None:
        """Return one subject, None where there is none."""
        return self.subjects.get((kind, reference))

    def application(self, reference: str) -> Application | None:
        """Return one application, None where there is none."""
        return self.subjects.get((SubjectKind.APPLICATION, reference))  # type: ignore[return-value]

    def session(self, reference: str) -> TrainingSession | None:
        """Return one session, None where there is none."""
        return self.subjects.get((SubjectKind.SESSION, reference))  # type: ignore[return-value]

    def action(self, reference: str) -> TrainingAction | None:
        """Return one action, None where there is none."""
        return self.subjects.get((SubjectKind.ACTION, reference))  # type: ignore[return-value]

    def applications(self, session: str) -> tuple[Application, ...]:
        """List all that ever registered on a session."""
        return self._applications.get(session, ())

    def sessions(self, action: str) -> tuple[TrainingSession, ...]:
        """List the sessions of an action."""
        everything = self.subjects.values()
        return tuple(each for each in everything if isinstance(each, TrainingSession) and each.action == action)

    def count(self, session: str, *states: ApplicationState) -> int:
        """Count the applications of a session in some states; without states all of them."""
        return sum(not states or each.state in states for each in self.applications(session))

    def recount(self, session: str) -> Tally:
        """Count what the counters of a session should say."""
        states = Counter(each.state.name.lower() for each in self.applications(session))
        return Tally(registered=states.total(), **states)

    def is_live(self, session: str, candidate: str) -> bool:
        """Say whether a candidate has an open or retained application on a session."""
        return any(each.candidate == candidate and each.state in LIVE_STATES for each in self.applications(session))

    def retained_elsewhere(self, subject: Subject | None) -> tuple[Application, ...]:
        """List the retained applications on other sessions of an application's candidate, by reference."""
        if not isinstance(subject, Application):
            return ()
        others = (
            each
            for each in self.subjects.values()
            if isinstance(each, Application)
            and each.candidate == subject.candidate
            and each.session != subject.session
            and each.state is ApplicationState.RETAINED
        )
        return tuple(sorted(others, key=lambda each: each.reference))

    def enrolment(self, session: TrainingSession) -> Enrolment:
        """Return a session with what is registered on it, as a decision knows it."""
        known = self._enrolments.get(session.reference)
        if known is None:
            waiting = tuple(each for each in self.applications(session.reference) if each.state in OPEN_STATES)
            known = Enrolment(session=session, tally=self.recount(session.reference), open_applications=waiting)
            self._enrolments[session.reference] = known
        return known

    def facts(self, command: Command, actor: Actor, now: datetime, settings: Settings) -> Facts:
        """Gather the facts of a decision on a command, as a storage would load them."""
        subject = self.subject(command.subject_kind, command.reference)
        action, session = self.around(subject, command)
        sessions = self.sessions(subject.reference) if isinstance(subject, TrainingAction) else ()
        return Facts(
            now=now,
            actor=actor,
            settings=settings,
            action=action,
            enrolment=self.enrolment(session) if session else None,
            enrolments=map(self.enrolment, sessions),
            candidate_live=isinstance(command, Preregister)
            and self.is_live(command.session, command.candidate.reference),
            retained_elsewhere=self.retained_elsewhere(subject) if isinstance(command, Retain) else (),
        )

    def around(self, subject: Subject | None, command: object) -> tuple[TrainingAction | None, TrainingSession | None]:
        """Return the action and the session that a subject belongs to, or that a command would create one under."""
        if isinstance(subject, TrainingAction):
            return subject, None
        if isinstance(subject, TrainingSession):
            session: TrainingSession | None = subject
        elif isinstance(subject, Application):
            session = self.session(subject.session)
        elif isinstance(command, Preregister):
            session = self.session(command.session)
        else:
            return (self.action(command.action) if isinstance(command, CreateSession) else None), None
        return (self.action(session.action) if session else None), session

    def after(self, accepted: Accepted) -> Snapshot:
        """Return the subjects as they are once a decision is carried out."""
        subjects = dict(self.subjects)
        for each in accepted.changes:
            subjects[key_of(each.subject)] = each.subject
        return Snapshot(subjects)

    def moved(self, later: Snapshot) -> Iterator[tuple[SubjectKey, Subject | None, Subject | None]]:
        """Yield what differs in a later snapshot: the key, the subject before, and after."""
        known, now = self.subjects, later.subjects
        for key, before in known.items():
            after = now.get(key)
            if before is not after and before != after:
                yield key, before, after
        yield from ((key, None, after) for key, after in now.items() if key not in known)

    @lazy_property
    def _applications(self) -> dict[str, tuple[Application, ...]]:
        found: dict[str, tuple[Application, ...]] = {}
        for each in self.subjects.values():
            if isinstance(each, Application):
                found[each.session] = (*found.get(each.session, ()), each)
        return found

    @lazy_property
    def _enrolments(self) -> dict[str, Enrolment]:
        return {}


def _tallies(sessions: list[str]) -> Callable[[Transaction], dict[str, Tally]]:
    def work(transaction: Transaction) -> dict[str, Tally]:
        loaded = {each: transaction.load(ReopenSession(each)).enrolment for each in sessions}
        return {reference: enrolment.tally for reference, enrolment in loaded.items() if enrolment}

    return work
