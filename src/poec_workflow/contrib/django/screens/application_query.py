"""What the address of the applications list asks for: which rows, in which order, which page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen
from django.http import HttpRequest, QueryDict

from poec_workflow import locales
from poec_workflow.contrib.django.screens.visible_applications import filtered, own
from poec_workflow.contrib.django.screens.visitor import Visitor
from poec_workflow.contrib.django.screens.words import words_of
from poec_workflow.enum_values import must_be
from poec_workflow.errors import Malformed
from poec_workflow.model import STATE_TYPES, SubjectKind
from poec_workflow.policies.settings import Settings
from poec_workflow.serialization import from_dict
from poec_workflow.views import ApplicationFilter, PageRequest, Sort

SIZES = ("10", "25", "50")
EVERY = "all"
"""The tab of current and ended sessions together: no tab of the filter."""
_TEXTS = ("session_from", "session_until", "role", "state", "session_type", "organization", "text")
_DOOR = ("column", "published", "since", "at", "session", "candidate")
"""What another page's link asks for: shown and taken off here, not chosen."""
FIELDS = (*_TEXTS, *_DOOR)


@frozen(kw_only=True)
class Chip:
    """A filter that is on: what it says, and the address without it."""

    label: str
    text: str
    without: str


@frozen(kw_only=True)
class ApplicationQuery:
    """What is asked for.

    Attributes:
        given: the address's parameters, as they were typed.
        tab: a tab's name, or `EVERY`.
        filter: which rows.
        page: which page.
    """

    given: Mapping[str, str]
    tab: str
    filter: ApplicationFilter
    page: PageRequest


def typed(request: HttpRequest) -> dict[str, str]:
    """The parameters that say something; of one that is given twice the last."""
    known = {name: request.GET.get(name, "").strip() for name in (*FIELDS, "tab", "limit", "sort", "order", "after")}
    return {name: value for name, value in known.items() if value}


def tab_of(given: Mapping[str, str]) -> str:
    """The tab: of who comes through a door every one, for a figure counts both."""
    return given.get("tab") or (EVERY if any(name in given for name in _DOOR) else "current")


def asked_query(request: HttpRequest, visitor: Visitor) -> ApplicationQuery:
    """What an address asks for.

    Raises:
        Malformed: a parameter that says nothing of its kind.
        Http404: the visitor is shown no applications.
    """
    given = typed(request)
    tab = tab_of(given)
    data: dict[str, Any] = {name: given[name] for name in FIELDS if name in given}
    if "state" in data:
        data["states"] = [data.pop("state")]
    if "published" in data:
        data["published"] = {"1": True}.get(data["published"], data["published"])
    if tab != EVERY:
        data["tab"] = tab
    return ApplicationQuery(given=given, tab=tab, filter=filtered(visitor.actor, **data), page=_page(given))


def _page(given: Mapping[str, str]) -> PageRequest:
    size, order = given.get("limit", SIZES[0]), given.get("order", "ascending")
    if size not in SIZES:
        raise Malformed.at("$.limit", f"expected one of {', '.join(SIZES)}")
    if order not in ("ascending", "descending"):
        raise Malformed.at("$.order", "expected ascending or descending")
    after = from_dict(given["after"], str) if "after" in given else None
    sort = must_be(Sort, given.get("sort", Sort.REFERENCE), "$.sort")
    return PageRequest(limit=int(size), after=after, sort=sort, descending=order == "descending")


def chips(request: HttpRequest, visitor: Visitor, settings: Settings) -> Iterator[Chip]:
    """Each filter that is on, with the address that takes it off."""
    given, mine = typed(request), own(visitor.actor)
    for name in FIELDS:
        if name in given and name not in mine:
            yield Chip(
                label=words_of(f"applications.filter-{name.replace('_', '-')}", visitor.lang),
                text=_shown(name, given[name], settings, visitor.lang),
                without=changed(request.GET, {name: None}),
            )


def changed(query: QueryDict, changes: Mapping[str, str | None]) -> str:
    """The address of the list from its beginning, with other parameters; None takes one off."""
    copy = query.copy()
    for name, value in {"after": None, **changes}.items():
        copy.pop(name, None)
        if value is not None:
            copy[name] = value
    return f"?{copy.urlencode()}"


def _shown(name: str, value: str, settings: Settings, lang: str) -> str:
    """A parameter as people read it; what means nothing, as it was typed."""
    try:
        if name in ("session_from", "session_until", "since", "at"):
            day = from_dict({name: value}, ApplicationFilter)
            return locales.shown(getattr(day, name), lang)
        if name == "state":
            return locales.state(STATE_TYPES[SubjectKind.APPLICATION](value), lang)
        if name == "column":
            return locales.word(value, lang, days=settings.warning_days)
        if name == "role":
            return locales.word(value, lang)
    except (KeyError, ValueError, Malformed):
        return value
    return words_of("common.yes", lang) if name == "published" else value
