"""The list of applications: « Gestion par candidatures » [S]."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import evolve, frozen
from django.http import HttpRequest, HttpResponseBase

from poec_workflow import locales
from poec_workflow.contrib.django.host_workflow import get_workflow
from poec_workflow.contrib.django.screens.application_spreadsheet import application_spreadsheet
from poec_workflow.contrib.django.screens.list_address import ListAddress, list_address
from poec_workflow.contrib.django.screens.list_pages import Choice, every_row, list_page, orders
from poec_workflow.contrib.django.screens.page import screen, show
from poec_workflow.contrib.django.screens.visibility import rows_shown
from poec_workflow.contrib.django.screens.visitor import Visitor
from poec_workflow.contrib.django.screens.words import words_of
from poec_workflow.model import ApplicationState, Role, SubjectKind
from poec_workflow.policies.settings import Settings
from poec_workflow.views import ApplicationFilter, Tab

CHOSEN = {
    "role": "role",
    "state": "states",
    "type": "session_type",
    "from": "session_from",
    "until": "session_until",
    "organization": "organization",
    "text": "text",
}
"""The filters that the list's form has."""
FOLLOWED = {
    "column": "column",
    "published": "published",
    "since": "since",
    "at": "at",
    "session": "session",
    "candidate": "candidate",
}
"""The filters that a link of another page brings, as a dashboard's figure does: shown here, and taken off."""
FILTERS = {"tab": "tab", **CHOSEN, **FOLLOWED}
EVERY = "all"
"""The tab of current and ended sessions together."""


@frozen(kw_only=True)
class ActiveFilter:
    """A filter that is on: what it says, and the address without it."""

    label: str
    text: str
    without: str


@screen
def applications(request: HttpRequest, visitor: Visitor) -> HttpResponseBase:
    """Applications of current and coming sessions, where no tab is chosen; of all, where a link brought a filter."""
    workflow = get_workflow()
    address = list_address(request, FILTERS)
    scope = rows_shown(SubjectKind.APPLICATION, visitor.actor)
    tab = address.given.get("tab") or (EVERY if FOLLOWED.keys() & address.given.keys() else Tab.CURRENT)
    asked = _asked(address, scope, tab)
    if address.wants_spreadsheet:
        rows = every_row(lambda page: workflow.applications(asked, page), address.page)
        return application_spreadsheet(rows, workflow.settings, visitor.lang)
    tabs = workflow.application_tabs(asked)
    listed = list_page(address, lambda page: workflow.applications(asked, page), tabs, asked.total(tabs), tab=asked.tab)
    both = Choice(code=EVERY, url=address.url(tab=EVERY), current=tab == EVERY, count=sum(tabs.values()))
    context = {
        "section": "applications",
        "list": evolve(listed, tabs=[*listed.tabs, both]),
        "tab": tab,
        "active": list(active_filters(address, asked, workflow.settings, visitor.lang)),
        "followed": [(name, address.given[name]) for name in FOLLOWED if name in address.given],
        "asked": asked,
        "chooses_organization": "organization" not in scope,
        "has_roles": "candidate" not in scope,
        "roles": tuple(Role),
        "states": tuple(ApplicationState),
        "orders": orders(address, {"reference": "reference", "registered": "registration", "session": "session-start"}),
    }
    return show(request, visitor, "applications", context)


def _asked(address: ListAddress, scope: Mapping[str, Any], tab: str) -> ApplicationFilter:
    """The filter that an address says; every tab is none."""
    given = {name: value for name, value in address.given.items() if name != "tab"}
    return evolve(address, given=given if tab == EVERY else {**given, "tab": tab}).filter(ApplicationFilter, scope)


def active_filters(
    address: ListAddress, asked: ApplicationFilter, settings: Settings, lang: str
) -> Iterator[ActiveFilter]:
    """Each filter that is on, with the address that takes it off."""
    for name, place in {**CHOSEN, **FOLLOWED}.items():
        if name in address.given:
            label = words_of(f"applications.filter-{name}", lang)
            # Without an organisation a role is nobody's.
            also = {"role": None} if name == "organization" else {}
            yield ActiveFilter(
                label=label,
                text=_text(place, getattr(asked, place), settings, lang),
                without=address.url(**{name: None, **also}),
            )


def _text(place: str, value: Any, settings: Settings, lang: str) -> str:  # noqa: ANN401 - a field of the filter
    """A filter's value as people read it."""
    match place:
        case "states":
            states: Sequence[ApplicationState] = value
            return ", ".join(locales.state(each, lang) for each in states)
        case "column":
            return locales.word(value, lang, days=settings.warning_days)
        case "role":
            return locales.word(value, lang)
        case "published":
            return words_of("common.yes", lang)
    return value if isinstance(value, str) else locales.shown(value, lang)
