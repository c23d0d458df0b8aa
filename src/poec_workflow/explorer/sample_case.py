"""A situation made into what policies are asked with: one candidate's application on one session."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from functools import cached_property, partial
from typing import Any

from attrs import frozen

from poec_workflow import commands
from poec_workflow.commands import Command
from poec_workflow.explorer.dimensions import (
    END,
    LATE_ENTRY,
    REGISTRATION_DEADLINE,
    START,
    Dimensions,
    dimensions,
    landmarks,
)
from poec_workflow.explorer.tracing import Situation, lazy
from poec_workflow.model import (
    Application,
    ApplicationState,
    Candidate,
    Convocation,
    Tally,
    TrainingAction,
    TrainingSession,
)
from poec_workflow.policies.calendar import in_zone, local_day
from poec_workflow.policies.deadlines import advice_deadline, expired_at
from poec_workflow.policies.facts import Enrolment, Facts
from poec_workflow.policies.settings import Settings

ACTION, SESSION, APPLICATION, CANDIDATE = "20211102000", "00301234", "C-000001", "P-1"
_HOUR = time(10)


@frozen(slots=False)
class World:
    """One training action, one session, one candidate, under a service's settings."""

    settings: Settings

    @cached_property
    def dimensions(self) -> Dimensions:
        """Every fact that the page lets people change."""
        return dimensions(self.settings, self.landmarks)

    @cached_property
    def landmarks(self) -> Mapping[str, date]:
        """The days of the session that have a name."""
        anything = Situation({})
        facts = self.facts(anything, existing=True)
        overdue = local_day(expired_at(self.subject(anything), facts), self.settings.zone)
        return landmarks(advice_deadline(facts.session, self.settings), overdue)

    @cached_property
    def coefficient(self) -> int:
        """The least that lets somebody apply while the seats are given to others."""
        return max(self.settings.coefficient_min, min(2, self.settings.coefficient_max))

    @cached_property
    def capacity(self) -> int:
        """The least with which the seats can be given to others without reaching the quota."""
        more = self.settings.overbooking + 2
        return max(2, -(-more // max(self.coefficient - 1, 1)))

    def instant(self, day: date) -> datetime:
        """Ten o'clock of a day."""
        return in_zone(datetime.combine(day, _HOUR, self.settings.zone), self.settings.zone)

    def facts(self, situation: Situation, *, existing: bool) -> Facts:
        """The facts of a situation; `existing` says whether the application is there already."""
        return lazy(
            Facts,
            situation,
            {
                "now": lambda: self.instant(situation["today"]),
                "actor": lambda: situation["actor"],
                "action": lambda: self._action(situation),
                "enrolment": lambda: self._enrolment(situation, existing=existing),
                "candidate_live": lambda: situation["live"],
            },
            shown={"settings": self.settings, "expected_version": None},
        )

    def subject(self, situation: Situation) -> Application:
        """The application of a situation."""
        return lazy(
            Application,
            situation,
            {
                "state": lambda: situation["state"],
                "prescriber": lambda: situation["origin"],
                "registered_at": lambda: self.instant(situation["registered"]),
                "convocations": lambda: tuple(
                    self._convocation(situation, place) for place in range(situation["attempts"], 0, -1)
                ),
            },
            shown={"reference": APPLICATION, "session": SESSION, "candidate": CANDIDATE},
            still={"version": 3},
        )

    def command(self, kind: type[Command], situation: Situation) -> Command:
        """A command of a kind, with the payload of a situation."""
        return lazy(
            kind,
            situation,
            {name: partial(look, situation) for name, look in PAYLOADS.get(kind, {}).items()},
            shown={"application": APPLICATION, **({"session": SESSION} if kind is commands.Preregister else {})},
        )

    def _convocation(self, situation: Situation, place: int) -> Convocation:
        """The `place`-th from the last, which is the first."""
        return lazy(
            Convocation,
            situation,
            {
                "on": lambda: situation[f"convoked.{place}"],
                "entered_at": lambda: self.instant(situation[f"entered.{place}"]),
            },
        )

    def _enrolment(self, situation: Situation, *, existing: bool) -> Enrolment:
        return lazy(
            Enrolment,
            situation,
            {
                "session": lambda: self._session(situation),
                "tally": lambda: self._tally(situation, existing=existing),
            },
        )

    def _action(self, situation: Situation) -> TrainingAction:
        return lazy(
            TrainingAction,
            situation,
            {"state": lambda: situation["action"]},
            shown={"reference": ACTION},
            still={"version": 2, "title": "[POEC] Soudeur", "funder": "OPCO", "responsible": "INFA"},
        )

    def _session(self, situation: Situation) -> TrainingSession:
        return lazy(
            TrainingSession,
            situation,
            {"state": lambda: situation["session"]},
            shown={
                "reference": SESSION,
                "action": ACTION,
                "start": START,
                "end": END,
                "responsible": "INFA",
                "positioner": "GRETA",
                "trainer": "AFEC",
                "capacity": self.capacity,
                "coefficient": self.coefficient,
                "registration_deadline": REGISTRATION_DEADLINE,
                "late_entry_deadline": LATE_ENTRY,
            },
            still={"version": 1, "place": "Agen", "minimum_headcount": 0, "information_dates": ()},
        )

    def _tally(self, situation: Situation, *, existing: bool) -> Tally:
        """Others have the seats, or not, and fill the quota, or not; an application that exists counts too."""

        def retained() -> int:
            return self.capacity + self.settings.overbooking if situation["seats"] else 0

        def others() -> int:
            return max(self.capacity * self.coefficient, retained()) if situation["quota"] else retained()

        def own(state: ApplicationState) -> int:
            return int(existing and situation["state"] is state)

        return lazy(
            Tally,
            situation,
            {
                **{state.name.lower(): partial(own, state) for state in ApplicationState},
                "registered": lambda: others() + existing,
                "pending": lambda: others() - retained() + own(ApplicationState.PENDING),
                "retained": retained,
            },
        )


def _candidate(situation: Situation) -> Candidate:
    return lazy(Candidate, situation, {}, shown={"reference": CANDIDATE}, still={"name": "Zoé Nabil"})


PAYLOADS: Mapping[type[Command], Mapping[str, Callable[[Situation], Any]]] = {
    commands.Preregister: {"candidate": _candidate, "prescriber": lambda situation: situation["origin"]},
    commands.Convoke: {"on": lambda situation: situation["on"]},
    commands.MoveConvocation: {"on": lambda situation: situation["on"]},
    commands.RecordAbsence: {"notified": lambda situation: situation["notified"]},
    commands.Retain: {
        "entry": lambda situation: situation["entry"],
        "exit": lambda situation: situation["exit"],
        "weekly_hours": lambda situation: situation["hours"],
    },
    commands.Reject: {
        "motive": lambda situation: situation["motive"][0],
        "reason": lambda situation: situation["motive"][1],
    },
    commands.Withdraw: {"reason": lambda situation: situation["reason"]},
}
"""The fields of each command, read off the situation; the others stay out, or keep their defaults."""
