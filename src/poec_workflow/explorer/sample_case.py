"""The sample case: one candidate's application on one session, with the facts that an assignment gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cached_property, partial
from typing import Any

from attrs import evolve, frozen

from poec_workflow import commands
from poec_workflow.commands import Command
from poec_workflow.explorer.dimensions import (
    CANDIDATE,
    END,
    FUNDER,
    LATE_ENTRY,
    REGISTRATION_DEADLINE,
    ROLES,
    START,
    Dimensions,
    dimensions,
    landmarks,
)
from poec_workflow.explorer.tracing import Assignment, traced
from poec_workflow.model import (
    ActorKind,
    Application,
    ApplicationState,
    Candidate,
    Convocation,
    Origin,
    Prescriber,
    Tally,
    TrainingAction,
    TrainingSession,
)
from poec_workflow.policies.access import Grant
from poec_workflow.policies.calendar import in_zone, local_day
from poec_workflow.policies.deadlines import advice_deadline, expired_at
from poec_workflow.policies.facts import Enrolment, Facts
from poec_workflow.policies.settings import Settings

ACTION, SESSION, APPLICATION = "20211102000", "00301234", "C-000001"
_HOUR = time(10)

ELSEWHERE = Application(
    reference="C-000002",
    version=4,
    state=ApplicationState.RETAINED,
    session="00301235",
    candidate=CANDIDATE,
    prescriber=Prescriber(origin=Origin.FRANCE_TRAVAIL, organization="FT-AGEN"),
    registered_at=datetime(2021, 11, 2, 9, tzinfo=UTC),
    entry=START,
    exit=LATE_ENTRY,
    weekly_hours=Decimal(35),
)
"""The candidate's application on another session, retained from this one's start to its late entry deadline."""


@frozen(slots=False)
class SampleCase:
    """One training action, one session, one candidate, under a service's settings."""

    settings: Settings

    @property
    def standard(self) -> SampleCase:
        """The case without the service's own policies."""
        return SampleCase(evolve(self.settings, refuse_also={}))

    def permitting_all(self, command: type[Command]) -> SampleCase:
        """The case in which everybody may give a command."""
        permissions = {**self.settings.permissions, command: tuple(map(Grant, ActorKind))}
        return SampleCase(evolve(self.settings, permissions=permissions))

    @cached_property
    def dimensions(self) -> Dimensions:
        """Every fact that the page lets people change."""
        return dimensions(self.settings, self.landmarks)

    @cached_property
    def landmarks(self) -> Mapping[str, date]:
        """The days of the session that have a name."""
        assignment = Assignment({})
        facts = self.facts(assignment, existing=True)
        overdue = local_day(expired_at(self.subject(assignment), facts), self.settings.zone)
        return landmarks(advice_deadline(facts.session, self.settings), overdue)

    @cached_property
    def coefficient(self) -> int:
        """The least with which somebody can apply while others have all seats."""
        return max(self.settings.coefficient_min, min(2, self.settings.coefficient_max))

    @cached_property
    def capacity(self) -> int:
        """The least with which others can have all seats without reaching the quota."""
        more = self.settings.overbooking + 2
        return max(2, -(-more // max(self.coefficient - 1, 1)))

    def instant(self, day: date) -> datetime:
        """Ten o'clock of a day."""
        return in_zone(datetime.combine(day, _HOUR, self.settings.zone), self.settings.zone)

    def facts(self, assignment: Assignment, *, existing: bool) -> Facts:
        """The facts of an assignment; `existing`: the application is registered already."""
        return traced(
            Facts,
            assignment,
            {
                "now": lambda: self.instant(assignment["today"]),
                "actor": lambda: assignment["actor"],
                "action": lambda: self._action(assignment),
                "enrolment": lambda: self._enrolment(assignment, existing=existing),
                "candidate_live": lambda: assignment["live"],
                "retained_elsewhere": lambda: (ELSEWHERE,) if assignment["elsewhere"] else (),
            },
            displayed={"settings": self.settings, "expected_version": None},
        )

    def subject(self, assignment: Assignment) -> Application:
        """The application of an assignment."""
        return traced(
            Application,
            assignment,
            {
                "state": lambda: assignment["state"],
                "prescriber": lambda: assignment["origin"],
                "registered_at": lambda: self.instant(assignment["registered"]),
                "convocations": lambda: tuple(
                    self._convocation(assignment, place) for place in range(assignment["attempts"], 0, -1)
                ),
            },
            displayed={"reference": APPLICATION, "session": SESSION, "candidate": CANDIDATE},
            hidden={"version": 3},
        )

    def command(self, kind: type[Command], assignment: Assignment) -> Command:
        """A command of a kind, with the payload of an assignment."""
        return traced(
            kind,
            assignment,
            {name: partial(get, assignment) for name, get in PAYLOADS.get(kind, {}).items()},
            displayed={"application": APPLICATION, **({"session": SESSION} if kind is commands.Preregister else {})},
        )

    def _convocation(self, assignment: Assignment, place: int) -> Convocation:
        """The `place`-th convocation, counted from the last, which is 1."""
        return traced(
            Convocation,
            assignment,
            {
                "on": lambda: assignment[f"convoked.{place}"],
                "entered_at": lambda: self.instant(assignment[f"entered.{place}"]),
            },
        )

    def _enrolment(self, assignment: Assignment, *, existing: bool) -> Enrolment:
        return traced(
            Enrolment,
            assignment,
            {
                "session": lambda: self._session(assignment),
                "tally": lambda: self._tally(assignment, existing=existing),
            },
        )

    def _action(self, assignment: Assignment) -> TrainingAction:
        return traced(
            TrainingAction,
            assignment,
            {"state": lambda: assignment["action"]},
            displayed={"reference": ACTION, "funder": FUNDER},
            hidden={"version": 2, "title": "[POEC] Soudeur", "responsible": ROLES["responsible"]},
        )

    def _session(self, assignment: Assignment) -> TrainingSession:
        return traced(
            TrainingSession,
            assignment,
            {"state": lambda: assignment["session"]},
            displayed={
                "reference": SESSION,
                "action": ACTION,
                "start": START,
                "end": END,
                **ROLES,
                "capacity": self.capacity,
                "coefficient": self.coefficient,
                "registration_deadline": REGISTRATION_DEADLINE,
                "late_entry_deadline": LATE_ENTRY,
            },
            hidden={"version": 1, "place": "Agen", "minimum_headcount": 0, "information_dates": ()},
        )

    def _tally(self, assignment: Assignment, *, existing: bool) -> Tally:
        """The counts: others have all seats or none, and reach the quota or not; an existing application counts too."""

        def retained() -> int:
            return self.capacity + self.settings.overbooking if assignment["seats"] else 0

        def others() -> int:
            return max(self.capacity * self.coefficient, retained()) if assignment["quota"] else retained()

        def own(state: ApplicationState) -> int:
            return int(existing and assignment["state"] is state)

        return traced(
            Tally,
            assignment,
            {
                **{state.name.lower(): partial(own, state) for state in ApplicationState},
                "registered": lambda: others() + existing,
                "pending": lambda: others() - retained() + own(ApplicationState.PENDING),
                "retained": retained,
            },
        )


def _candidate(assignment: Assignment) -> Candidate:
    return traced(Candidate, assignment, {}, displayed={"reference": CANDIDATE}, hidden={"name": "Zoé Nabil"})


PAYLOADS: Mapping[type[Command], Mapping[str, Callable[[Assignment], Any]]] = {
    commands.Preregister: {"candidate": _candidate, "prescriber": lambda assignment: assignment["origin"]},
    commands.Convoke: {"on": lambda assignment: assignment["on"]},
    commands.MoveConvocation: {"on": lambda assignment: assignment["on"]},
    commands.RecordAbsence: {"notified": lambda assignment: assignment["notified"]},
    commands.Retain: {
        "entry": lambda assignment: assignment["entry"],
        "exit": lambda assignment: assignment["exit"],
        "weekly_hours": lambda assignment: assignment["hours"],
    },
    commands.Reject: {
        "motive": lambda assignment: assignment["motive"][0],
        "reason": lambda assignment: assignment["motive"][1],
    },
    commands.Withdraw: {"reason": lambda assignment: assignment["reason"]},
}
"""The fields of each command that an assignment gives; the others keep their defaults."""
