"""A small world: one action, one session on it, a few applications, and a day.

Two worlds are the same where the rules can't tell them apart: references, instants and versions do not count, and
applications stand in no order.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from datetime import date

from attrs import field, frozen

from poec_workflow.decider import Accepted
from poec_workflow.model import (
    LIVE_STATES,
    OPEN_STATES,
    Actor,
    Application,
    Subject,
    SubjectKind,
    Tally,
    TrainingAction,
    TrainingSession,
)
from poec_workflow.policies.facts import Enrolment, Facts
from poec_workflow.policies.settings import Settings
from poec_workflow.testing.exploration.bounds import Calendar

ACTION, SESSION = "A-1", "S-1"


@frozen(kw_only=True, eq=False)
class World:
    """What exists, and the class of time that today is in.

    Attributes:
        day: the index of today among the calendar's days.
        waiting: the open applications, by reference.
    """

    day: int = 0
    action: TrainingAction | None = None
    session: TrainingSession | None = None
    applications: tuple[Application, ...] = ()
    waiting: tuple[Application, ...] = field(init=False)
    tally: Tally = field(init=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "waiting", tuple(each for each in self.applications if each.state in OPEN_STATES))
        object.__setattr__(self, "tally", _counted(self.applications))

    def subject(self, kind: SubjectKind, reference: str) -> Subject | None:
        """What a command of this kind names."""
        if kind is SubjectKind.APPLICATION:
            return next((each for each in self.applications if each.reference == reference), None)
        return self.session if kind is SubjectKind.SESSION else self.action

    def subjects(self) -> Iterator[Subject]:
        """All that exists."""
        yield from (each for each in (self.action, self.session, *self.applications) if each is not None)

    def is_live(self, candidate: str) -> bool:
        """Whether a candidate has an open or retained application."""
        return any(each.candidate == candidate and each.state in LIVE_STATES for each in self.applications)

    def after(self, accepted: Accepted) -> World:
        """The world when a decision was carried out."""
        action, session = self.action, self.session
        everyone = {each.reference: each for each in self.applications}
        for change in accepted.changes:
            match change.subject:
                case TrainingAction():
                    action = change.subject
                case TrainingSession():
                    session = change.subject
                case Application():
                    everyone[change.subject.reference] = change.subject
        return World(day=self.day, action=action, session=session, applications=tuple(everyone.values()))

    def facts(self, kind: SubjectKind, actor: Actor, day: date, calendar: Calendar, settings: Settings) -> Facts:
        """What a decision about a subject of a kind may know, as a storage would load it."""
        enrolment = None
        if self.session is not None:
            enrolment = Enrolment(session=self.session, tally=self.tally, open_applications=self.waiting)
        of_action = kind is SubjectKind.ACTION
        return Facts(
            now=calendar.instant(day),
            actor=actor,
            settings=settings,
            action=self.action,
            enrolment=None if of_action else enrolment,
            enrolments=(enrolment,) if of_action and enrolment else (),
        )

    def key(self, today: date) -> Hashable:
        """What the rules can tell of it."""
        people: dict[str, list[tuple[str, int, bool]]] = {}
        for each in self.applications:
            people.setdefault(each.candidate, []).append(place(each, today))
        session, action = self.session, self.action
        return (
            self.day,
            action and (action.state, action.pending_certification is not None),
            session and (session.state, session.capacity, session.coefficient),
            tuple(sorted(tuple(sorted(each)) for each in people.values())),
        )


def place(application: Application, today: date) -> tuple[str, int, bool]:
    """Where an application stands: its state, the convocations used, and whether the day of the last has come."""
    if application.state not in OPEN_STATES:
        return (application.state, 0, False)
    used = application.convocations
    return (application.state, len(used), bool(used) and used[-1].on <= today)


def _counted(applications: Iterable[Application]) -> Tally:
    counts: dict[str, int] = {}
    everyone = 0
    for each in applications:
        everyone += 1
        name = each.state.name.lower()
        counts[name] = counts.get(name, 0) + 1
    return Tally(registered=everyone, **counts)
