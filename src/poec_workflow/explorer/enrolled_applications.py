"""The applications of a session by their number: those that wait and those that are retained."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from attrs import evolve

from poec_workflow.explorer.dimensions import END, PRESCRIBER, START
from poec_workflow.model import Application, ApplicationState, Origin, Prescriber

_WAITING = Application(
    reference="C-000001",
    version=1,
    state=ApplicationState.PENDING,
    session="00301234",
    candidate="P-1",
    prescriber=Prescriber(origin=Origin.FRANCE_TRAVAIL, organization=PRESCRIBER),
    registered_at=datetime(2021, 11, 2, 9, tzinfo=UTC),
)
_RETAINED = evolve(
    _WAITING, version=4, state=ApplicationState.RETAINED, entry=START, exit=END, weekly_hours=Decimal(35)
)
_FIRST_RETAINED = 11
"""The number of the first retained candidate: there are fewer who wait."""


def waiting(count: int) -> tuple[Application, ...]:
    """So many that wait, ordered by reference."""
    return tuple(_numbered(_WAITING, number) for number in range(1, count + 1))


def retained(count: int) -> tuple[Application, ...]:
    """So many that are retained, ordered by reference."""
    return tuple(_numbered(_RETAINED, number) for number in range(_FIRST_RETAINED, _FIRST_RETAINED + count))


def _numbered(application: Application, number: int) -> Application:
    return evolve(application, reference=f"C-{number:06}", candidate=f"P-{number}")
