"""What a drawn command may look at, and how an answer moves it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from attrs import evolve, frozen

from poec_workflow.commands import Command, Request
from poec_workflow.decider import Accepted, decide
from poec_workflow.model import Application, SubjectKind
from poec_workflow.policies.facts import Facts
from poec_workflow.testing.reference import Situation

DAY = timedelta(days=1)


@frozen(slots=False)
class DrawingContext(Situation):
    """What a drawn command may look at.

    Attributes:
        favoured: commands that are proposed more often; each journal has others, so that some go on with what is rare.
        given: the type of each command so far, which are proposed less often.
    """

    favoured: tuple[type[Command], ...] = ()
    given: tuple[type[Command], ...] = ()

    def at(self, now: datetime) -> DrawingContext:
        """Return the same at another instant."""
        return evolve(self, now=now)

    def later(self, day: date, at: time = time(9)) -> datetime:
        """Return an instant of a day, or now where that is later."""
        return max(self.now, datetime.combine(day, at, self.settings.zone))

    def edges(self) -> Iterator[datetime]:
        """Yield the instants to come at which a deadline is about to pass, and has passed."""
        for session in self.snapshot.of_kind(SubjectKind.SESSION):
            for day in (session.registration_deadline, self.deadline(session)):
                yield from {self.later(day, time(23, 59, 59)), self.later(day + DAY, time())} - {self.now}

    def first_day(self, application: Application, *, moved: bool = False) -> date | None:
        """Return the first day from today on for a convocation; None where it is too late for any."""
        convocations = application.convocations[:-1] if moved else application.convocations
        earliest = max(self.today, *(each.on + DAY for each in convocations), self.today)
        session = self.snapshot.session(application.session)
        return earliest if session and earliest <= self.deadline(session) else None

    def facts(self, request: Request) -> Facts:
        """Gather the facts of a decision on a request."""
        known = self.snapshot.facts(request.command, request.actor, self.now, self.settings)
        return evolve(known, expected_version=request.expected_version)

    def after(self, request: Request) -> tuple[DrawingContext, Accepted | None]:
        """Return the context once a request was decided on, and the answer where it accepts."""
        command = request.command
        subject = self.snapshot.subject(command.subject_kind, command.reference)
        answer = decide(subject, command, self.facts(request), self.lifecycles)
        if not isinstance(answer, Accepted):
            return self, None
        return evolve(self, snapshot=self.snapshot.after(answer)), answer
