"""The commands that an exploration gives, well made; a probe changes one thing of one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from attrs import frozen

from poec_workflow import commands
from poec_workflow.model import Candidate, Origin, Prescriber
from poec_workflow.policies.settings import Settings
from poec_workflow.testing.exploration.bounds import Bounds, Calendar
from poec_workflow.testing.exploration.small_world import ACTION, SESSION, World

BODY = "BODY"
"""The training body: responsible, positioner and trainer at once."""
_PRESCRIBER = Prescriber(origin=Origin.FRANCE_TRAVAIL, organization="FT")
_USUAL_HOURS = Decimal(30)


@frozen
class Script:
    """Commands that fit the calendar and the settings, but for the `changes` that are asked for."""

    bounds: Bounds
    calendar: Calendar
    settings: Settings

    def creation(self, title: str = "[POEC] Soudeur") -> commands.CreateAction:
        """The creation of the action."""
        return commands.CreateAction(
            ACTION, title=title, funder="OPCO", responsible=BODY, objective="Retour à l'emploi"
        )

    def opening(self, **changes: Any) -> commands.CreateSession:  # noqa: ANN401
        """The creation of the session, with the least capacity and coefficient."""
        given: dict[str, Any] = {
            "action": ACTION,
            "place": "Pau",
            "responsible": BODY,
            "positioner": BODY,
            "trainer": BODY,
            "capacity": min(self.bounds.capacities),
            "coefficient": min(self.bounds.coefficients or (1,)),
            **self._dates(),
        }
        return commands.CreateSession(SESSION, **{**given, **changes})

    def rescheduling(self, **changes: date) -> commands.RescheduleSession:
        """The session on the same dates again."""
        return commands.RescheduleSession(SESSION, **{**self._dates(), **changes})

    def registrations(self, world: World) -> Iterator[commands.Preregister]:
        """A new candidate registers, and one of each sort that is there already."""
        number = len(world.applications) + 1
        people, alike = [f"P-{number}"], set()
        for each in world.applications:
            stands = (each.state, world.is_live(each.candidate))
            if stands not in alike:
                alike.add(stands)
                people.append(each.candidate)
        for person in people:
            candidate = Candidate(reference=person, name=f"Zoé Nabil {person}")
            yield commands.Preregister(f"C-{number}", session=SESSION, candidate=candidate, prescriber=_PRESCRIBER)

    def advice_for(self, application: str, **changes: Any) -> commands.Retain:  # noqa: ANN401
        """The candidate is retained for the whole session."""
        hours = min(_USUAL_HOURS, self.settings.weekly_hours_max)
        given = {"entry": self.calendar.start, "exit": self.calendar.end, "weekly_hours": hours}
        return commands.Retain(application, **{**given, **changes})

    def advice_against(self, application: str, **changes: str) -> commands.Reject:
        """The candidate is rejected, for the catalogue's first motive and reason that may be given."""
        for motive in self.settings.catalogue.motives:
            if not (motive.reserved or motive.retired) and motive.code != commands.Withdraw.motive:
                given = {"motive": motive.code, "reason": self.reason_of(motive.code)}
                return commands.Reject(application, **{**given, **changes})
        return commands.Reject(application, **{"motive": "other", "reason": "other", **changes})

    def reason_of(self, motive: str) -> str:
        """The first reason of a motive that may be given."""
        known = self.settings.catalogue.motive(motive)
        return next((each.code for each in known.reasons if not each.retired) if known else iter(()), "other")

    def _dates(self) -> dict[str, date]:
        calendar = self.calendar
        return {
            "start": calendar.start,
            "end": calendar.end,
            "registration_deadline": calendar.registration,
            "late_entry_deadline": calendar.late_entry,
        }
