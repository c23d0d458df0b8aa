"""The list of training actions, with its six tabs [S]."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from attrs import evolve
from django.http import HttpRequest, HttpResponse

from poec_workflow import locales
from poec_workflow.contrib.django.host_workflow import get_workflow
from poec_workflow.contrib.django.screens.creation_offer import may_create_action
from poec_workflow.contrib.django.screens.list_address import list_address
from poec_workflow.contrib.django.screens.list_pages import every_row, list_page, orders
from poec_workflow.contrib.django.screens.page import screen, show
from poec_workflow.contrib.django.screens.spreadsheet_response import spreadsheet
from poec_workflow.contrib.django.screens.visibility import rows_shown
from poec_workflow.contrib.django.screens.visitor import Visitor
from poec_workflow.model import SubjectKind
from poec_workflow.presentation.cell_texts import span_text
from poec_workflow.views import ActionFilter, ActionRow, ActionTab

FILTERS = {"tab": "tab", "text": "text"}
TABS = (
    ActionTab.ALERT,
    ActionTab.PUBLISHED,
    ActionTab.PENDING_VALIDATION,
    ActionTab.AWAITING_PUBLICATION,
    ActionTab.ARCHIVED,
    ActionTab.DELETED,
)
"""In the order of the source."""


@screen
def actions(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """« Formations conventionnées »: the published ones, where no tab is chosen."""
    workflow = get_workflow()
    address = list_address(request, FILTERS)
    scope = rows_shown(SubjectKind.ACTION, visitor.actor)
    asked = address.filter(ActionFilter, scope)
    asked = asked if asked.tab else evolve(asked, tab=ActionTab.PUBLISHED)
    if address.wants_spreadsheet:
        rows = every_row(lambda page: workflow.actions(asked, page), address.page)
        return spreadsheet("actions", _columns(list(rows), visitor.lang))
    tabs = workflow.action_tabs(asked)
    listed = list_page(
        address,
        lambda page: workflow.actions(asked, page),
        tabs,
        asked.total(tabs),
        tab=asked.tab,
        offered=(ActionTab(scope["tab"]),) if "tab" in scope else TABS,
    )
    context = {
        "section": "actions",
        "list": listed,
        "orders": orders(address, {"reference": "reference"}),
        "creation": may_create_action(workflow, visitor),
    }
    return show(request, visitor, "actions", context)


def _columns(rows: Sequence[ActionRow], lang: str) -> Mapping[str, Iterable[object]]:
    return {
        locales.word("reference", lang): [row.reference for row in rows],
        locales.label("fields", "kind", lang): [row.kind for row in rows],
        locales.word("title", lang): [row.title for row in rows],
        locales.word("funding", lang): [row.funder for row in rows],
        locales.word("responsible", lang): [row.responsible for row in rows],
        locales.word("dates", lang): [
            " / ".join(span_text(each.start, each.end, lang) for each in row.sessions) for row in rows
        ],
        locales.word("sessions", lang): [len(row.sessions) for row in rows],
        locales.word("state", lang): [locales.state(row.state, lang) for row in rows],
        locales.label("tabs", "alert", lang): [
            " / ".join(locales.label("alerts", each, lang) for each in row.alerts) for row in rows
        ],
    }
