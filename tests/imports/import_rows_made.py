"""Rows of an import, made by hand: an action, a session of it, applications."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from poec_workflow import Candidate, Convocation, Prescriber
from poec_workflow.commands import Command, ImportAction, ImportApplication, ImportSession
from poec_workflow.importing import ImportRow
from poec_workflow.model import ActionState, ApplicationState, Origin, Outcome, SessionState

REGISTERED = datetime.fromisoformat("2021-11-03T09:00:00+01:00")


def action(reference: str = "A-1", **changes: Any) -> ImportAction:
    """A published action."""
    known = {"title": "[POEC] Soudeur", "funder": "OPCO", "responsible": "RESP", "state": ActionState.PUBLISHED}
    return ImportAction(reference, **{**known, **changes})


def session(reference: str = "S-1", **changes: Any) -> ImportSession:
    """An active session of two seats."""
    known: dict[str, Any] = {
        "action": "A-1",
        "start": date(2021, 12, 9),
        "end": date(2022, 3, 4),
        "place": "Agen",
        "responsible": "RESP",
        "positioner": "POS",
        "trainer": "TRAIN",
        "capacity": 2,
        "coefficient": 2,
        "registration_deadline": date(2021, 12, 9),
        "late_entry_deadline": date(2021, 12, 17),
        "state": SessionState.ACTIVE,
    }
    return ImportSession(reference, **{**known, **changes})


def application(number: int = 1, **changes: Any) -> ImportApplication:
    """A pending application of a person of their own."""
    known: dict[str, Any] = {
        "session": "S-1",
        "candidate": Candidate(reference=f"P-{number}", name=f"Zoé Nabil {number}"),
        "prescriber": Prescriber(origin=Origin.OTHER),
        "state": ApplicationState.PENDING,
        "registered_at": REGISTERED,
    }
    return ImportApplication(f"C-{number}", **{**known, **changes})


def retained(number: int = 1, **changes: Any) -> ImportApplication:
    """One who has a seat."""
    seat = {"entry": date(2021, 12, 9), "exit": date(2022, 3, 4), "weekly_hours": Decimal(35)}
    return application(number, **{"state": ApplicationState.RETAINED, **seat, **changes})


def convoked(number: int = 1, outcome: Outcome | None = None, **changes: Any) -> ImportApplication:
    """One who was given an appointment."""
    one = Convocation(on=date(2021, 11, 20), entered_at=REGISTERED, outcome=outcome)
    return application(number, **{"state": ApplicationState.CONVOKED, "convocations": (one,), **changes})


def rows(*commands: Command) -> list[ImportRow]:
    """Rows of these commands, from line 1 on."""
    return [ImportRow(line, each) for line, each in enumerate(commands, 1)]


SOME = (action(), session(), application(1), retained(2), convoked(3))
"""An action, a session and three applications."""
