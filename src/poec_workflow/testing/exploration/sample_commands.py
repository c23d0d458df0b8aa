"""The commands that an exploration gives, well made; an invalid command changes one thing of one."""

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
from poec_workflow.testing.exploration.state_space import ACTION, SESSION, Node

BODY = "BODY"
"""The training body: responsible, positioner and trainer at once."""
FUNDER = "OPCO"
_PRESCRIBER = Prescriber(origin=Origin.FRANCE_TRAVAIL, organization="FT")
_USUAL_HOURS = Decimal(30)


@frozen
class SampleCommands:
    """Commands that fit the calendar and the settings, except for the `changes` that are given."""

    bounds: Bounds
    calendar: Calendar
    settings: Settings

    def create_action(self, title: str | None = None) -> commands.CreateAction:
        """Create the action."""
        given = f"{self.settings.title_prefix} Soudeur" if title is None else title
        return commands.CreateAction(
            ACTION, title=given, funder=FUNDER, responsible=BODY, objective="Retour à l'emploi"
        )

    def create_session(self, **changes: Any) -> commands.CreateSession:  # noqa: ANN401 - any field
        """Create the session, with the least capacity and coefficient."""
        given: dict[str, Any] = {
            "action": ACTION,
            "place": "Pau",
            "responsible": BODY,
            "positioner": BODY,
            "trainer": BODY,
            "capacity": min(self.bounds.capacities),
            "coefficient": min(self.bounds.coefficients or (1,)),
            **self.calendar.session_dates,
        }
        return commands.CreateSession(SESSION, **{**given, **changes})

    def reschedule(self, **changes: date) -> commands.RescheduleSession:
        """Put the session on the same dates again."""
        return commands.RescheduleSession(SESSION, **{**self.calendar.session_dates, **changes})

    def preregister(self, node: Node) -> Iterator[commands.Preregister]:
        """Register a new candidate, and one of each sort that is there already."""
        number = len(node.applications) + 1
        sorts: dict[object, str] = {}
        for each in node.applications:
            sorts.setdefault((each.state, node.is_live(each.candidate)), each.candidate)
        for person in (f"P-{number}", *sorts.values()):
            candidate = Candidate(reference=person, name=f"Zoé Nabil {person}")
            yield commands.Preregister(f"C-{number}", session=SESSION, candidate=candidate, prescriber=_PRESCRIBER)

    def retain(self, application: str, **changes: Any) -> commands.Retain:  # noqa: ANN401 - any field
        """Retain a candidate for the whole session."""
        hours = min(_USUAL_HOURS, self.settings.weekly_hours_max)
        given = {"entry": self.calendar.start, "exit": self.calendar.end, "weekly_hours": hours}
        return commands.Retain(application, **{**given, **changes})

    def reject(self, application: str, **changes: str) -> commands.Reject:
        """Reject a candidate, for the catalogue's first motive and reason that may be given."""
        motives = (
            each.code
            for each in self.settings.catalogue.motives
            if not (each.reserved or each.retired) and each.code != commands.Withdraw.motive
        )
        motive = next(motives, "other")
        return commands.Reject(application, **{"motive": motive, "reason": self.reason_of(motive), **changes})

    def withdraw(self, application: str) -> commands.Withdraw:
        """Withdraw, for the catalogue's first reason that may be given."""
        return commands.Withdraw(application, reason=self.reason_of(commands.Withdraw.motive))

    def reason_of(self, motive: str) -> str:
        """Return the first reason of a motive that may be given."""
        known = self.settings.catalogue.motive(motive)
        return next((each.code for each in known.reasons if not each.retired) if known else iter(()), "other")
