"""Conditions of the filters of lists, with the parameters that they take, and how many rows meet one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, String, bindparam, case, func, or_, select

from poec_workflow.adapters.search_text import words
from poec_workflow.adapters.sql.json_values import LastConvocation
from poec_workflow.adapters.sql.paging import GREATEST, LEAST
from poec_workflow.adapters.sql.row_mapping import stored_key
from poec_workflow.adapters.sql.schema import actions, applications, sessions
from poec_workflow.adapters.sql.search_index import ESCAPE, text_parameters
from poec_workflow.model import ActionState, Role
from poec_workflow.policies.alerts import AlertCriteria
from poec_workflow.views import ActionFilter, ApplicationFilter, Column, SessionFilter, Sort, Span, Tab, Task, stamp

Condition = ColumnElement[bool]
Statement = Select[*tuple[Any, ...]]

ORGANIZATION: BindParameter[str] = bindparam("organization")
"""That of a filter."""
ENDS_EXPIRING = sessions.c.end_on.between(bindparam("first_end"), bindparam("last_end"))
"""Sessions whose open applications are expiring."""
IS_PUBLISHED = actions.c.state == ActionState.PUBLISHED.value
"""Actions that the dashboard counts."""
REGISTERED_SINCE = applications.c.registration_key >= bindparam("registered_from", type_=String)
"""Applications that were registered since the day of a filter."""

CONVOKED_UNTIL_TODAY = LastConvocation(applications.c.data) <= bindparam("today", type_=String)
"""Applications whose last convocation's day has come."""

_published = actions.alias("published")
_of_published_action = (
    select(_published.c.reference)
    .where(_published.c.reference == sessions.c.action, _published.c.state == ActionState.PUBLISHED.value)
    .correlate(sessions)
    .exists()
)
_recent = applications.alias("recent")
HAS_REGISTERED_SINCE = (
    select(_recent.c.reference)
    .where(
        _recent.c.session == sessions.c.reference,
        _recent.c.registration_key >= bindparam("registered_from", type_=String),
    )
    .correlate(sessions)
    .exists()
)
"""Sessions that have such an application."""


_of_funder = select(actions.c.reference).where(actions.c.funder == bindparam("funder")).correlate(None)


_NAMED = ("organization", "session", "candidate", "action", "session_type", "prescriber")


def parameters(
    filter_: ApplicationFilter | SessionFilter | ActionFilter, criteria: AlertCriteria, span: Span | None = None
) -> dict[str, object]:
    """The values that the statements of a filter and of a span take."""
    days = {
        name: day.isoformat()
        for name in ("session_from", "session_until")
        if (day := getattr(filter_, name, None)) is not None
    }
    given = {name: getattr(filter_, name, None) for name in _NAMED}
    first_end, last_end = (each.isoformat() for each in criteria.expiring)
    return {
        **given,
        **days,
        **text_parameters(words(filter_.text)),
        "funder": None if filter_.funder is None else stored_key(filter_.funder),
        "today": criteria.today.isoformat(),
        "first_end": first_end,
        "last_end": last_end,
        "registered_from": None if criteria.since is None else stamp(criteria.since),
        **({} if span is None else _place(span, criteria)),
    }


_PLACES = {
    Sort.SESSION_START: ("after_day", "after_session", "after"),
    Sort.SESSION_END: ("after_day", "after_session", "after"),
    Sort.CANDIDATE: ("after_name", "after_person", "after"),
    Sort.STATE: ("after_state", "after"),
    Sort.PLACE: ("after_place", "after"),
}
"""The parameters of the orders that have several."""


def _place(span: Span, criteria: AlertCriteria) -> Mapping[str, str]:
    """The key before a page, as the parameters of its order."""
    none = GREATEST if span.descending else LEAST
    match span.sort, span.after:
        case ((Sort.SESSION_START | Sort.SESSION_END), (day, *session, reference)):
            return {"after_day": day, "after_session": session[0] if session else "", "after": reference}
        case Sort.REGISTRATION, after:
            key = none if after is None else "".join(after)
            # What was registered earlier is passed over, not read.
            forwards = criteria.since is not None and not span.descending
            return {"after": max(key, stamp(criteria.since)) if forwards and criteria.since else key}
        case sort, after:
            names = _PLACES.get(sort, ("after",))
            return {"nameless": span.nameless, **dict(zip(names, after or (none,) * len(names), strict=True))}


def session_conditions(
    filter_: ApplicationFilter | SessionFilter, *, tab: Tab | None, by_reference: bool = True
) -> Iterator[Condition]:
    """The conditions of a filter on sessions.

    Args:
        filter_: of applications, or of sessions.
        tab: the one to stand in; None is any.
        by_reference: whether a filter of applications by their session restricts the sessions too.
    """
    if tab is not None:
        yield _in_tab(tab)
    if filter_.organization is not None:
        yield holds_role(ORGANIZATION, (filter_.role,) if filter_.role else Role)
    yield from _days_and_type(filter_)
    if filter_.funder is not None:
        yield sessions.c.action.in_(_of_funder)
    if filter_.published:
        yield _of_published_action
    if isinstance(filter_, SessionFilter):
        if filter_.action is not None:
            yield sessions.c.action == bindparam("action")
        return
    if by_reference and filter_.session is not None:
        yield sessions.c.reference == bindparam("session")
    if filter_.column is Column.EXPIRING or filter_.task is Task.EXPIRING:
        yield ENDS_EXPIRING
    elif filter_.task is not None:
        yield sessions.c.end_on >= bindparam("first_end")


def _days_and_type(filter_: ApplicationFilter | SessionFilter) -> Iterator[Condition]:
    if filter_.session_from is not None:
        yield sessions.c.start_on >= bindparam("session_from")
    if filter_.session_until is not None:
        yield sessions.c.end_on <= bindparam("session_until")
    if filter_.session_type is not None:
        yield sessions.c.session_type == bindparam("session_type")


def _in_tab(tab: Tab) -> Condition:
    today: BindParameter[str] = bindparam("today")
    return sessions.c.end_on < today if tab is Tab.ENDED else sessions.c.end_on >= today


def count_per_tab(counted: Any) -> list[ColumnElement[int]]:  # noqa: ANN401 - a number or a column
    """The sum of what is counted of the sessions in each tab."""
    return [sum_where(_in_tab(tab), counted).label(tab.value) for tab in Tab]


def holds_role(organization: BindParameter[str] | str, roles: Iterable[Role]) -> Condition:
    """An organisation holds one of some roles on a session."""
    return or_(*(sessions.c[role.value] == organization for role in roles))


def text_match(text: str, *columns: ColumnElement[str]) -> Iterator[Condition]:
    """Every word is in one of the columns."""
    for place, _ in enumerate(words(text)):
        pattern: BindParameter[str] = bindparam(f"word_{place}")
        yield or_(*(each.like(pattern, escape=ESCAPE) for each in columns))


def sum_where(condition: Condition, counted: Any) -> ColumnElement[int]:  # noqa: ANN401 - a number or a column
    """The sum over the rows that meet a condition; 0 where none does."""
    return func.coalesce(func.sum(case((condition, counted), else_=0)), 0)
