"""All that a storage holds at one moment, read through its ports, and counted without asking its counters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import cast

from attrs import field, frozen

from poec_workflow.commands import ReopenSession
from poec_workflow.events import HistoryEntry
from poec_workflow.model import (
    OPEN_STATES,
    Application,
    ApplicationState,
    Subject,
    SubjectKind,
    Tally,
    TrainingAction,
    TrainingSession,
)
from poec_workflow.policies.facts import Enrolment
from poec_workflow.ports import Storage, Transaction

Where = tuple[SubjectKind, str]
"""A subject's kind and reference."""


@frozen
class Snapshot:
    """All that a storage holds at one moment.

    Attributes:
        subjects: by kind and reference.
        histories: each subject's, oldest first.
        tallies: each session's counters, as the storage keeps them.
    """

    subjects: Mapping[Where, Subject] = field(factory=dict, hash=False)
    histories: Mapping[Where, tuple[HistoryEntry, ...]] = field(factory=dict, hash=False)
    tallies: Mapping[str, Tally] = field(factory=dict, hash=False)

    @classmethod
    def of(cls, storage: Storage) -> Snapshot:
        """What a storage holds now."""
        queries = storage.queries
        found = [(kind, each) for kind in SubjectKind for each in sorted(queries.states(kind))]
        read = {where: queries.subject(*where) for where in found}
        subjects = {where: subject for where, subject in read.items() if subject is not None}
        histories = {where: tuple(queries.history(*where)) for where in found}
        sessions = [reference for kind, reference in found if kind is SubjectKind.SESSION]
        return cls(subjects, histories, storage.run(_tallies(sessions), write=False))

    def session(self, reference: str) -> TrainingSession | None:
        """One session, where it is there."""
        return cast("TrainingSession | None", self.subjects.get((SubjectKind.SESSION, reference)))

    def action(self, reference: str) -> TrainingAction | None:
        """One action, where it is there."""
        return cast("TrainingAction | None", self.subjects.get((SubjectKind.ACTION, reference)))

    def applications(self, session: str) -> tuple[Application, ...]:
        """All that ever registered on a session, by reference."""
        return tuple(
            each for each in self.subjects.values() if isinstance(each, Application) and each.session == session
        )

    def sessions(self, action: str) -> tuple[TrainingSession, ...]:
        """An action's sessions, by reference."""
        return tuple(
            each for each in self.subjects.values() if isinstance(each, TrainingSession) and each.action == action
        )

    def count(self, session: str, *states: ApplicationState) -> int:
        """How many applications of a session are in these states, one by one; without states all."""
        return sum(not states or each.state in states for each in self.applications(session))

    def recount(self, session: str) -> Tally:
        """What a session's counters should be."""
        registered = self.applications(session)
        states = {state.name.lower(): sum(each.state is state for each in registered) for state in ApplicationState}
        return Tally(registered=len(registered), **states)

    def enrolment(self, session: TrainingSession) -> Enrolment:
        """A session with what is registered on it, as a decision would know it."""
        waiting = tuple(each for each in self.applications(session.reference) if each.state in OPEN_STATES)
        return Enrolment(session=session, tally=self.recount(session.reference), open_applications=waiting)

    def moved(self, later: Snapshot) -> Iterator[tuple[Where, Subject | None, Subject | None]]:
        """What is different in a later one: where, the subject before, and after."""
        for where in (*self.subjects, *(each for each in later.subjects if each not in self.subjects)):
            before, after = self.subjects.get(where), later.subjects.get(where)
            if before != after:
                yield where, before, after


def _tallies(sessions: list[str]) -> Callable[[Transaction], dict[str, Tally]]:
    def work(transaction: Transaction) -> dict[str, Tally]:
        loaded = {each: transaction.load(ReopenSession(each)).enrolment for each in sessions}
        return {reference: enrolment.tally for reference, enrolment in loaded.items() if enrolment}

    return work
