"""The sample case: one candidate's application on one session, with the facts that an assignment gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cached_property, partial
from typing import Any

from attrs import frozen

from poec_workflow import commands
from poec_workflow.commands import Command
from poec_workflow.explorer.application_payloads import PAYLOADS
from poec_workflow.explorer.case import Case
from poec_workflow.explorer.dimensions import (
    CANDIDATE,
    END,
    FIRST_DAY,
    LATE_ENTRY,
    REGISTRATION_DEADLINE,
    ROLES,
    START,
    USUAL_HOURS,
    Dimensions,
    dimensions,
    landmarks,
)
from poec_workflow.explorer.parent_action import ACTION, SESSION, parent_action
from poec_workflow.explorer.tracing import Assignment, traced
from poec_workflow.model import (
    ActionState,
    Application,
    ApplicationState,
    Convocation,
    Origin,
    Prescriber,
    State,
    Tally,
    TrainingSession,
)
from poec_workflow.policies.calendar import local_day
from poec_workflow.policies.deadlines import advice_deadline, expired_at
from poec_workflow.policies.facts import Enrolment

APPLICATION = "C-000001"

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


CONVOKED = (ApplicationState.CONVOKED, ApplicationState.PRESENT, ApplicationState.ABSENT)
"""The states in which there is a convocation."""


def _usual(dimension: str) -> object:
    values: dict[str, object] = {"entry": START, "exit": END, "action": ActionState.PUBLISHED, "hours": USUAL_HOURS}
    values.update(dict.fromkeys(("today", "registered", "on", "convoked", "entered"), FIRST_DAY))
    return {**values, "attempts": 1}.get(dimension.partition(".")[0])


@frozen(slots=False)
class ApplicationCase(Case):
    """One training action, one session, one candidate, under a service's settings."""

    general = ("actor", "action", "session", "seats", "quota", "live", "elsewhere")
    own = ("registered", "attempts")
    payloads = PAYLOADS

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

    @property
    def example(self) -> Mapping[str, object]:
        """The session's seats, coefficient, and how many convocations there may be."""
        return {"capacity": self.capacity, "coefficient": self.coefficient, "max": self.settings.max_convocations}

    @property
    def first(self) -> Mapping[str, int]:
        """Nobody was convoked before the page begins."""
        return {"attempts": 0}

    def usual(self, dimension: str) -> object:
        """One convocation, and the most ordinary days."""
        return _usual(dimension)

    def least_attempts(self, state: State) -> int:
        """One where there is a convocation."""
        return int(state in CONVOKED)

    def possible(self, values: Mapping[str, Any]) -> bool:
        """Who was convoked was convoked at least once."""
        return bool(values["attempts"] >= self.least_attempts(values["state"]))

    def surroundings(self, assignment: Assignment, *, existing: bool) -> Mapping[str, Callable[[], Any]]:
        """The action, the session and its counts, and the candidate's other applications."""
        return {
            "action": lambda: parent_action(assignment),
            "enrolment": lambda: self._enrolment(assignment, existing=existing),
            "candidate_live": lambda: assignment["live"],
            "retained_elsewhere": lambda: (ELSEWHERE,) if assignment["elsewhere"] else (),
        }

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

    def displayed(self, kind: type[Command]) -> Mapping[str, Any]:
        """The application, and the session that it is created under."""
        return {"application": APPLICATION, **({"session": SESSION} if kind is commands.Preregister else {})}

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
