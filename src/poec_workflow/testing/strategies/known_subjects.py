"""What a drawn command may look at: the subjects so far, the instant, the settings; and how an answer moves them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from attrs import evolve, frozen

from poec_workflow.commands import Command, CreateSession, Preregister, Request
from poec_workflow.decider import Accepted, Change, decide
from poec_workflow.model import (
    LIVE_STATES,
    Actor,
    Application,
    ApplicationState,
    Subject,
    SubjectKind,
    TrainingAction,
    TrainingSession,
)
from poec_workflow.policies.facts import Facts
from poec_workflow.policies.settings import Settings
from poec_workflow.testing.reference import Case, Snapshot

MORNING = time(9)


@frozen
class World:
    """What a drawn command may look at.

    Attributes:
        favoured: what is proposed more often than else: each journal has other favourites, so that some go on
            with what is rare.
    """

    snapshot: Snapshot
    now: datetime
    settings: Settings
    favoured: tuple[type[Command], ...] = ()

    @property
    def today(self) -> date:
        """The day of the instant, where the rules are."""
        return self.now.astimezone(self.settings.zone).date()

    def of(self, kind: SubjectKind) -> list[Any]:
        """The subjects of a kind, by the number in their reference."""
        found = [each for (of, _), each in self.snapshot.subjects.items() if of is kind]
        return sorted(found, key=lambda each: (len(each.reference), each.reference))

    def case(self, command: Command | None) -> Case:
        """The command, as the limits see it."""
        return Case(self.snapshot, command, self.now, self.settings)

    def at(self, now: datetime) -> World:
        """The same, at another instant."""
        return evolve(self, now=now)

    def morning(self, day: date) -> datetime:
        """The later of now and a day's morning."""
        return max(self.now, datetime.combine(day, MORNING, self.settings.zone))

    def edges(self) -> Iterator[datetime]:
        """Instants to come at which something begins or ends: deadlines to the second, and convocations."""
        for session in self.of(SubjectKind.SESSION):
            for day in (session.registration_deadline, self.case(None).deadline(session)):
                yield datetime.combine(day, time(23, 59, 59), self.settings.zone)
                yield datetime.combine(day + timedelta(days=1), time(), self.settings.zone)

    def facts(self, command: Command, actor: Actor) -> Facts:
        """The facts of a decision on the command."""
        subject, snapshot = self.subject(command.kind, command.reference), self.snapshot
        session, action = self._around(subject, command)
        live = isinstance(command, Preregister) and any(
            each.candidate == command.candidate.reference and each.state in LIVE_STATES
            for each in snapshot.applications(command.session)
        )
        return Facts(
            now=self.now,
            actor=actor,
            settings=self.settings,
            action=action,
            enrolment=snapshot.enrolment(session) if session else None,
            enrolments=map(snapshot.enrolment, snapshot.sessions(subject.reference))
            if isinstance(subject, TrainingAction)
            else (),
            candidate_live=live,
        )

    def subject(self, kind: SubjectKind, reference: str) -> Subject | None:
        """One subject, where it is there."""
        return self.snapshot.subjects.get((kind, reference))

    def facts_of(self, request: Request) -> Facts:
        """The facts of a decision on the request."""
        return evolve(self.facts(request.command, request.actor), expected_version=request.expected_version)

    def after(self, request: Request) -> tuple[World, Accepted | None]:
        """The world once the request was decided on, and the answer where it is yes."""
        command = request.command
        answer = decide(self.subject(command.kind, command.reference), command, self.facts_of(request))
        return (self._moved(answer.changes), answer) if isinstance(answer, Accepted) else (self, None)

    def seats_left(self, session: TrainingSession) -> int:
        """How many may still be retained."""
        retained = self.snapshot.count(session.reference, ApplicationState.RETAINED)
        return session.capacity + self.settings.overbooking - retained

    def _moved(self, changes: tuple[Change, ...]) -> World:
        moved = {(each.subject.kind, each.subject.reference): each.subject for each in changes}
        return evolve(self, snapshot=Snapshot({**self.snapshot.subjects, **moved}))

    def _around(
        self, subject: Subject | None, command: Command
    ) -> tuple[TrainingSession | None, TrainingAction | None]:
        """The session and the action that a subject belongs to, or would be created under."""
        if isinstance(subject, TrainingAction):
            return None, subject
        if subject is None and isinstance(command, CreateSession):
            return None, self.snapshot.action(command.action)
        session = subject if isinstance(subject, TrainingSession) else None
        if isinstance(subject, Application):
            session = self.snapshot.session(subject.session)
        elif isinstance(command, Preregister):
            session = self.snapshot.session(command.session)
        return session, self.snapshot.action(session.action) if session is not None else None
