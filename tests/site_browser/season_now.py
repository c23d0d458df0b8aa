"""Which applications the site's season has in which state: the same season, told in memory."""

from __future__ import annotations

from datetime import date
from functools import cache

from rafael.season import season
from shown_site import TODAY

from poec_workflow import ApplicationState, Settings, Workflow
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.testing import SettableClock
from poec_workflow.views import ApplicationFilter, ApplicationRow, PageRequest

COMING = "00301402"
"""A session of the trainer's that is still to come."""


@cache
def _workflow() -> Workflow:
    workflow = Workflow(MemoryStorage(), clock=SettableClock(f"{TODAY}T10:00:00+01:00"))
    workflow.execute_many(season(date.fromisoformat(TODAY), Settings()))
    return workflow


@cache
def rows(state: str, session: str = COMING) -> tuple[ApplicationRow, ...]:
    """The applications in a state, in the order of their references."""
    asked = ApplicationFilter(states=(ApplicationState(state),), session=session)
    found = _workflow().applications(asked, PageRequest(limit=0)).items
    return tuple(sorted(found, key=lambda each: each.reference))


def path_of(state: str, number: int = 0, session: str = COMING) -> str:
    """The address of one of them."""
    return f"/applications/{rows(state, session)[number].reference}/"
