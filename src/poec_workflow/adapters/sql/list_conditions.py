"""Conditions of the filters of lists, with the parameters that they take, and how many rows meet one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, case, func, or_

from poec_workflow.adapters.search_text import words
from poec_workflow.adapters.sql.paging import BEFORE_ALL
from poec_workflow.adapters.sql.schema import sessions
from poec_workflow.adapters.sql.search_index import ESCAPE, text_parameters
from poec_workflow.model import Role
from poec_workflow.policies.alerts import AlertCriteria
from poec_workflow.views import ActionFilter, ApplicationFilter, SessionFilter, Tab

Condition = ColumnElement[bool]
Statement = Select[*tuple[Any, ...]]

ORGANIZATION: BindParameter[str] = bindparam("organization")
"""That of a filter."""


def parameters(
    filter_: ApplicationFilter | SessionFilter | ActionFilter, criteria: AlertCriteria, after: str | None = None
) -> dict[str, object]:
    """The values that a filter's statements take."""
    days = {
        name: day.isoformat()
        for name in ("session_from", "session_until")
        if (day := getattr(filter_, name, None)) is not None
    }
    given = {name: getattr(filter_, name, None) for name in ("organization", "session", "candidate", "action")}
    return {
        **given,
        **days,
        **text_parameters(words(filter_.text)),
        "today": criteria.today.isoformat(),
        "after": BEFORE_ALL if after is None else after,
    }


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
    if filter_.session_from is not None:
        yield sessions.c.start_on >= bindparam("session_from")
    if filter_.session_until is not None:
        yield sessions.c.end_on <= bindparam("session_until")
    if isinstance(filter_, SessionFilter):
        if filter_.action is not None:
            yield sessions.c.action == bindparam("action")
    elif by_reference and filter_.session is not None:
        yield sessions.c.reference == bindparam("session")


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
