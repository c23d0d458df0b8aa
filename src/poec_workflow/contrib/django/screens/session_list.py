"""The list of sessions: « Gestion par sessions » [S]."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from attrs import evolve
from django.http import HttpRequest, HttpResponse

from poec_workflow import locales
from poec_workflow.contrib.django.host_workflow import get_workflow
from poec_workflow.contrib.django.screens.list_address import list_address
from poec_workflow.contrib.django.screens.list_pages import every_row, list_page, orders
from poec_workflow.contrib.django.screens.page import screen, show
from poec_workflow.contrib.django.screens.spreadsheet_response import spreadsheet
from poec_workflow.contrib.django.screens.visibility import rows_shown
from poec_workflow.contrib.django.screens.visitor import Visitor
from poec_workflow.contrib.django.screens.words import words_of
from poec_workflow.model import Role, SessionState, SubjectKind
from poec_workflow.views import SessionFilter, SessionRow, Tab

FILTERS = {
    "tab": "tab",
    "role": "role",
    "state": "states",
    "type": "session_type",
    "from": "session_from",
    "until": "session_until",
    "action": "action",
    "text": "text",
}


@screen
def sessions(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Current and coming sessions, where no tab is chosen."""
    workflow = get_workflow()
    address = list_address(request, FILTERS)
    scope = rows_shown(SubjectKind.SESSION, visitor.actor)
    asked = address.filter(SessionFilter, scope)
    asked = asked if asked.tab else evolve(asked, tab=Tab.CURRENT)
    if address.wants_spreadsheet:
        rows = every_row(lambda page: workflow.sessions(asked, page), address.page)
        return spreadsheet("sessions", _columns(list(rows), visitor.lang))
    tabs = workflow.session_tabs(asked)
    context = {
        "section": "applications",
        "list": list_page(address, lambda page: workflow.sessions(asked, page), tabs, asked.total(tabs), tab=asked.tab),
        "orders": orders(address, {"reference": "reference", "dates": "session-start"}),
        "roles": tuple(Role) if "organization" in scope else (),
        "states": tuple(SessionState),
        "asked": asked,
    }
    return show(request, visitor, "sessions", context)


def _columns(rows: Sequence[SessionRow], lang: str) -> Mapping[str, Iterable[object]]:
    """Each figure in a column of its own: « 7 / 24 » would be the 24th of July to a spreadsheet."""
    named = {
        "title": "action_title",
        "funder": "funder",
        "market": "market",
        "measure": "measure",
        "session_type": "session_type",
        "responsible": "responsible",
        "positioner": "positioner",
        "trainer": "trainer",
        "place": "place",
        "start": "start",
        "end": "end",
    }
    return {
        locales.word("reference", lang): [row.reference for row in rows],
        **{locales.label("fields", name, lang): [getattr(row, of) for row in rows] for name, of in named.items()},
        locales.word("state", lang): [locales.state(row.state, lang) for row in rows],
        locales.word("enrolled", lang): [row.retained for row in rows],
        locales.label("fields", "capacity", lang): [row.capacity for row in rows],
        locales.word("preregistered", lang): [row.registered for row in rows],
        words_of("sessions.quota", lang): [row.quota for row in rows],
        words_of("sessions.open", lang): [row.open for row in rows],
    }
