"""The sample case of a session: its dates, seats, organisations and counts, as an assignment gives them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import cached_property
from typing import Any

from attrs import frozen

from poec_workflow import commands
from poec_workflow.commands import Command
from poec_workflow.decider import Accepted
from poec_workflow.explorer import enrolled_applications as enrolled
from poec_workflow.explorer.case import Payloads
from poec_workflow.explorer.decided_case import DecidedCase
from poec_workflow.explorer.dimensions import (
    END,
    FIRST_DAY,
    LATE_ENTRY,
    REGISTRATION_DEADLINE,
    ROLES,
    START,
    Dimensions,
)
from poec_workflow.explorer.parent_action import ACTION, SESSION, parent_action
from poec_workflow.explorer.session_dimensions import DATES, SEATS, numbers, session_dimensions
from poec_workflow.explorer.tracing import Assignment, traced
from poec_workflow.frozen_map import FrozenMap
from poec_workflow.model import ActionState, Application, Tally, TrainingSession
from poec_workflow.policies.facts import Enrolment

_FIELDS = {
    "start": "starts",
    "end": "ends",
    "registration_deadline": "registration",
    "late_entry_deadline": "late-entry",
    "capacity": "capacity",
    "coefficient": "coefficient",
    **{role: role for role in ROLES},
}
"""Field of a session ▸ its dimension."""
_NEW = {
    name: lambda assignment, name=name: assignment[f"new-{_FIELDS[name]}"]
    for name in ("start", "end", "registration_deadline", "late_entry_deadline", "capacity", "coefficient", *ROLES)
}
_NEW_DATES = {name: _NEW[name] for name in ("start", "end", "registration_deadline", "late_entry_deadline")}


def _meetings(assignment: Assignment) -> tuple[date, ...]:
    count: int = assignment["meetings"]
    return (FIRST_DAY,) * count


PAYLOADS: Payloads = {
    commands.CreateSession: {
        **_NEW_DATES,
        "capacity": _NEW["capacity"],
        "coefficient": _NEW["coefficient"],
        "minimum_headcount": lambda assignment: assignment["headcount"],
        "information_dates": _meetings,
    },
    commands.SetRegistrationDeadline: {
        "on": _NEW["registration_deadline"],
        "late_entry_deadline": lambda assignment: assignment["other-late-entry"],
    },
    commands.SetCoefficient: {"coefficient": _NEW["coefficient"]},
    commands.SetCapacity: {"capacity": _NEW["capacity"]},
    commands.SetInformationDates: {"dates": _meetings},
    commands.RescheduleSession: _NEW_DATES,
    commands.ReassignSession: {role: _NEW[role] for role in ROLES},
    commands.CorrectSession: {"minimum_headcount": lambda assignment: assignment["headcount"]},
}
_FIXED: Mapping[type[Command], Mapping[str, Any]] = {
    commands.CreateSession: {"action": ACTION, "place": "Agen", **ROLES},
    commands.CancelSession: {"reason": "-"},
}


@frozen(slots=False)
class SessionCase(DecidedCase):
    """One session of one training action, with applications that wait and others that are retained."""

    general = ("actor", "action")
    counts = ("retained", "waiting", "registrations")
    own = (*ROLES, *DATES, "capacity", "coefficient")
    payloads = PAYLOADS
    fields = FrozenMap(_FIELDS)
    absent = FrozenMap({"enrolments": (), "candidate_live": False, "retained_elsewhere": ()})
    sums = FrozenMap({"registrations": ("retained", "waiting")})
    mixers = FrozenMap({"waiting": ("today", "ends", "waiting")})
    followers = ("today", "ends", "waiting")
    tellers = ("today", "ends", "waiting", "retained", *ROLES)

    @cached_property
    def dimensions(self) -> Dimensions:
        """Every fact that the page lets people change."""
        return session_dimensions(self.settings)

    @cached_property
    def landmarks(self) -> Mapping[str, date]:
        """None: a session's days move."""
        return {}

    @property
    def example(self) -> Mapping[str, object]:
        """How many may wait."""
        return {"waiting": max(numbers(self.settings)["waiting"])}

    @property
    def first(self) -> Mapping[str, int]:
        """Nobody is registered before the page begins."""
        return {"registrations": 0}

    def usual(self, dimension: str) -> object:
        """The dates of the example, two seats, nobody there; all counts may be a part of the registrations."""
        values = {
            "today": FIRST_DAY,
            "action": ActionState.PUBLISHED,
            "starts": START,
            "registration": REGISTRATION_DEADLINE,
            "late-entry": LATE_ENTRY,
            "ends": END,
            "capacity": SEATS,
            "coefficient": self.settings.coefficient_min,
            "registrations": max(numbers(self.settings)["registrations"]),
            "headcount": 0,
        }
        return values.get(dimension.removeprefix("new-"))

    def displayed(self, kind: type[Command]) -> Mapping[str, Any]:
        """The session, and what must be given and decides nothing."""
        return {"session": SESSION, **_FIXED.get(kind, {})}

    def surroundings(self, assignment: Assignment, *, existing: bool) -> Mapping[str, Callable[[], Any]]:
        """The action, and the session with its counts."""
        return {
            "action": lambda: parent_action(assignment),
            "enrolment": lambda: self._enrolment(assignment) if existing else None,
        }

    def subject(self, assignment: Assignment) -> TrainingSession:
        """The session of an assignment."""
        return traced(
            TrainingSession,
            assignment,
            {"state": lambda: assignment["state"], **self.traced_fields(assignment)},
            displayed={"reference": SESSION, "action": ACTION},
            hidden={"version": 3, "place": "Agen", "minimum_headcount": 0, "information_dates": ()},
        )

    def facts_after(self, values: Mapping[str, Any], answer: Accepted) -> Mapping[str, Any]:
        """The session's dimensions after an accepted command."""
        created = answer.change.before is None
        ended = sum(isinstance(each.subject, Application) for each in answer.consequences)
        counts = {name: 0 if created else values[name] for name in self.counts}
        counts["waiting"] = 0 if created else values["waiting"] - ended
        return {**self.copied(answer.subject), **counts}

    def _enrolment(self, assignment: Assignment) -> Enrolment:
        return traced(
            Enrolment,
            assignment,
            {
                "session": lambda: self.subject(assignment),
                "tally": lambda: self._tally(assignment),
                "open_applications": lambda: enrolled.waiting(assignment["waiting"]),
                "retained_applications": lambda: enrolled.retained(assignment["retained"]),
            },
        )

    def _tally(self, assignment: Assignment) -> Tally:
        """Who is neither retained nor waits any more was rejected."""
        return traced(
            Tally,
            assignment,
            {
                "registered": lambda: assignment["registrations"],
                "retained": lambda: assignment["retained"],
                "pending": lambda: assignment["waiting"],
                "rejected": lambda: assignment["registrations"] - assignment["retained"] - assignment["waiting"],
            },
            displayed=dict.fromkeys(("convoked", "present", "absent", "no_advice", "session_full", "cancelled"), 0),
        )
