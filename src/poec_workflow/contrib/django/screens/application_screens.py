"""The screens of applications: the list, and the page of one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from poec_workflow.contrib.django.host_workflow import get_workflow
from poec_workflow.contrib.django.screens.application_form import application_form
from poec_workflow.contrib.django.screens.application_query import (
    EVERY,
    FIELDS,
    SIZES,
    ApplicationQuery,
    asked_query,
    changed,
    chips,
    tab_of,
    typed,
)
from poec_workflow.contrib.django.screens.page import screen, show
from poec_workflow.contrib.django.screens.submission import Attempt
from poec_workflow.contrib.django.screens.visibility import visible
from poec_workflow.contrib.django.screens.visible_applications import own
from poec_workflow.contrib.django.screens.visitor import Visitor
from poec_workflow.contrib.django.screens.words import words_of
from poec_workflow.errors import Malformed
from poec_workflow.model import ApplicationState, Role, SubjectKind
from poec_workflow.views import ApplicationRow, Tab
from poec_workflow.views.ordering import SORTS
from poec_workflow.workflow import Workflow


@screen
def applications(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """« Gestion par candidatures »: tabs with counts, filters, a page of rows [S]."""
    workflow = get_workflow()
    context = {**_controls(request, visitor), "chips": list(chips(request, visitor, workflow.settings))}
    try:
        query = asked_query(request, visitor)
        found = _found(request, workflow, query)
    except Malformed as error:
        faults = [_fault(each.place, visitor.lang) for each in error.faults]
        return show(request, visitor, "applications", {**context, "faults": faults}, status=error.http_status)
    return show(request, visitor, "applications", {**context, **found})


def _found(request: HttpRequest, workflow: Workflow, query: ApplicationQuery) -> Mapping[str, Any]:
    page = workflow.applications(query.filter, query.page)
    counts = workflow.application_tabs(query.filter)
    tabs = {**{tab.value: counts[tab] for tab in Tab}, EVERY: sum(counts.values())}
    return {
        "page": page,
        "tabs": [(name, count, changed(request.GET, {"tab": name})) for name, count in tabs.items()],
        "total": query.filter.total(counts),
        "following": page.next and changed(request.GET, {"after": page.next}),
        "first": "after" in query.given and changed(request.GET, {}),
        "file": f"{reverse('poec:applications-file')}{changed(request.GET, {'tab': query.tab})}",
    }


def _controls(request: HttpRequest, visitor: Visitor) -> Mapping[str, Any]:
    """What the form of the filters has, as it was filled in."""
    given = typed(request)
    sort, descending = given.get("sort", "reference"), given.get("order") == "descending"
    return {
        "section": "applications",
        "given": given,
        "tab": tab_of(given),
        "kept": [(name, given[name]) for name in FIELDS if name in given],
        "restricted": own(visitor.actor),
        "roles": list(Role),
        "states": list(ApplicationState),
        "sizes": SIZES,
        "size": given.get("limit", SIZES[0]),
        "sorts": [
            (each.value, _turned(request, each.value, sort, descending=descending)) for each in SORTS[ApplicationRow]
        ],
        "sort": sort,
        "descending": descending,
        "without_filters": changed(request.GET, dict.fromkeys(FIELDS)),
    }


def _turned(request: HttpRequest, name: str, sort: str, *, descending: bool) -> str:
    """The address sorted by something; sorted by it already, the other way round."""
    turned = name == sort and not descending
    return changed(request.GET, {"sort": name, "order": "descending" if turned else None})


def _fault(place: str, lang: str) -> str:
    """What a parameter that says nothing is told."""
    name = place.removeprefix("$.").partition("[")[0].replace("_", "-")
    try:
        label = words_of(f"applications.filter-{name}", lang)
    except KeyError:
        label = name
    return words_of("applications.filter-fault", lang, filter=label)


def application_page(
    request: HttpRequest, visitor: Visitor, reference: str, attempt: Attempt | None = None
) -> HttpResponse:
    """The page of one, with what can be done and why not; after an attempt, with its form and the reasons."""
    workflow = get_workflow()
    subject = visible(workflow, SubjectKind.APPLICATION, reference, visitor.actor)
    context = {"section": "applications", **application_form(workflow, visitor, subject, attempt)}
    return show(request, visitor, "application", context, status=attempt.status if attempt else 200)


application = screen(application_page)
