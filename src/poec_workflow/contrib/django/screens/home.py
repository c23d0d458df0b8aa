"""The first screen: a door to each part, the dashboard, and what wants looking at [S]."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from attrs import frozen
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from poec_workflow import locales
from poec_workflow.contrib.django.host_workflow import get_workflow
from poec_workflow.contrib.django.screens.home_lists import HOME_LISTS
from poec_workflow.contrib.django.screens.page import screen, show
from poec_workflow.contrib.django.screens.visitor import Visitor
from poec_workflow.errors import Fault, Malformed
from poec_workflow.model import ActorKind
from poec_workflow.serialization import from_dict
from poec_workflow.views import Column, Dashboard, DashboardRow
from poec_workflow.workflow import Workflow

_ORGANIZATION = frozenset({ActorKind.ORGANIZATION})
_LOOKS = (("sessions", "open-sessions"), ("applications", "own-applications"))
DOORS: Mapping[ActorKind, Sequence[tuple[str, str]]] = {
    ActorKind.ORGANIZATION: (("actions", "actions"), ("applications", "applications"), ("work", "work")),
    ActorKind.FUNDER: (("actions", "funded-actions"), ("applications", "applications")),
    ActorKind.PLATFORM: (("actions", "all-actions"), ("applications", "applications")),
    ActorKind.ADVISER: _LOOKS,
    ActorKind.CANDIDATE: (("sessions", "sessions-to-apply"), ("applications", "own-applications")),
}
"""The parts that each kind of actor comes for, and what they are called to them."""


@frozen(kw_only=True)
class Figure:
    """A figure of the dashboard, and the address of exactly the applications that it counts."""

    count: int
    url: str
    column: str


@screen
def home(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """What is the visitor's: of an organisation the dashboard, of everybody what waits."""
    workflow = get_workflow()
    since = _since(request)
    kind = visitor.actor.kind
    context: dict[str, Any] = {
        "section": "home",
        "since": since,
        "doors": _doors(kind),
        **_dashboard(workflow, visitor, since),
    }
    for name, read in HOME_LISTS.get(kind, {}).items():
        context[name] = read(workflow, visitor.actor)
    return show(request, visitor, "home", context)


def _doors(kind: ActorKind) -> Sequence[tuple[str, str, str]]:
    """The address of each part, and the names of its words."""
    return [(reverse(f"poec:{view}"), f"home.{name}", f"home.{name}-help") for view, name in DOORS.get(kind, ())]


def _dashboard(workflow: Workflow, visitor: Visitor, since: date | None) -> Mapping[str, Any]:
    """The dashboard of an organisation; nothing for others."""
    actor, lang = visitor.actor, visitor.lang
    if actor.kind not in _ORGANIZATION or actor.organization is None:
        return {}
    found = workflow.dashboard(actor.organization, since=since)
    note = "counted" if since is None else "counted-since"
    days = workflow.settings.warning_days
    return {
        "dashboard": found,
        "columns": [locales.word(each, lang, days=days) for each in Column],
        "rows": [(row.role, _figures(found, row, since)) for row in found.rows],
        "note": locales.word(note, lang, since=since),
    }


def _figures(dashboard: Dashboard, row: DashboardRow, since: date | None) -> Sequence[Figure]:
    return [
        Figure(count=getattr(row, each), url=_door(dashboard, row, each, since), column=each.value) for each in Column
    ]


def _door(dashboard: Dashboard, row: DashboardRow, column: Column, since: date | None) -> str:
    asked = {
        "role": row.role.value,
        "column": column.value,
        "published": "1",
        **({} if since is None else {"since": since.isoformat()}),
        "at": dashboard.at.isoformat(),
    }
    return f"{reverse('poec:applications')}?{urlencode(asked)}"


def _since(request: HttpRequest) -> date | None:
    """The day of registration that the figures count from.

    Raises:
        Malformed: another parameter, or no day.
    """
    if faults := [Fault(f"$.{name[:40]}", "unknown key") for name in request.GET if name != "since"]:
        raise Malformed(faults)
    text = request.GET.get("since", "").strip()
    try:
        return from_dict(text, date) if text else None
    except Malformed as error:
        raise Malformed.at("$.since", error.faults[0].problem) from None
