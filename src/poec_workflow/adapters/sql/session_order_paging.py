"""Keyset pagination of applications by the start or the end of their session, session by session.

A session's days may be moved, so they stand in the session's row alone. The next sessions are read in their order, with
the counters that say how many applications each has in the wanted states, until they are enough for a page; then the
page is read out of these. Where the wanted applications also depend on what no counter says, `paging.SCANNED`
applications are gone through so, and if they do not fill the page, all that match are found by other indexes and
sorted.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from attrs import frozen
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    String,
    and_,
    bindparam,
    case,
    func,
    literal,
    select,
    true,
    tuple_,
    union_all,
)

from poec_workflow.adapters.sql import paging
from poec_workflow.adapters.sql.paging import AFTER, GREATEST, LEAST, SessionConditions, has_word
from poec_workflow.adapters.sql.schema import applications, count_of, sessions
from poec_workflow.adapters.sql.search_index import TextIndex
from poec_workflow.model import ApplicationState
from poec_workflow.views import Sort

Statement = Select[*tuple[Any, ...]]

_DAY: BindParameter[str] = bindparam("after_day")
_SESSION: BindParameter[str] = bindparam("after_session")


@frozen
class SessionOrder:
    """Sessions by a day of theirs, then applications by reference; forwards or backwards."""

    descending: bool = False
    day: str = "start_on"

    def directed(self, *columns: Any) -> list[Any]:  # noqa: ANN401 - columns of several types
        """What to order by."""
        return [each.desc() if self.descending else each for each in columns]

    def follows(
        self, one: ColumnElement[Any], other: ColumnElement[Any], *, or_is: bool = False
    ) -> ColumnElement[bool]:
        """Whether one comes after another, or is it."""
        if or_is:
            return one <= other if self.descending else one >= other
        return one < other if self.descending else one > other

    @property
    def beginning(self) -> str:
        """What comes before every reference."""
        return GREATEST if self.descending else LEAST


SESSION_DAYS: Mapping[Sort, str] = {Sort.SESSION_START: "start_on", Sort.SESSION_END: "end_on"}
"""The orders by a day of the session ▸ its column."""

_AFTER = {"start_on": _DAY, "end_on": _DAY, "place_key": bindparam("after_place", type_=String)}


def page_of_sessions_by(column: str, statement: Statement, order: SessionOrder, limit: int | None) -> Statement:
    """A page of a list of sessions, by a day of theirs or their place."""
    place = tuple_(sessions.c[column], sessions.c.reference)
    following = statement.where(order.follows(place, tuple_(_AFTER[column], AFTER)))
    following = following.order_by(*order.directed(*place.clauses))
    return following if limit is None else following.limit(limit)


def page_of_few(matching: Statement, order: SessionOrder, limit: int | None) -> Statement:
    """A page out of all applications that match, which are sorted; `matching` has joined their sessions."""
    place = tuple_(sessions.c[order.day], sessions.c.reference, applications.c.reference)
    following = matching.where(order.follows(place, tuple_(_DAY, _SESSION, AFTER))).order_by(
        *order.directed(*place.clauses)
    )
    return following if limit is None else following.limit(limit)


def page_by_session(
    matching: Statement,
    joined: Statement,
    conditions: SessionConditions,
    states: Collection[ApplicationState],
    order: SessionOrder,
    limit: int,
    *,
    counted: bool,
    lateral: bool,
    index: TextIndex | None = None,
) -> Statement:
    """The references of a page.

    Args:
        matching: references of the applications that meet all conditions but those on their session.
        joined: the same, with their sessions joined.
        conditions: on the sessions.
        states: of the applications.
        order: of the page.
        limit: how many at most.
        counted: whether all applications in these states match, so that the counters say how many do.
        lateral: whether the database supports LATERAL.
        index: what finds a word of the other conditions, if there is one.
    """
    needed = _sessions_needed(conditions, states, order, limit, enough=limit if counted else paging.SCANNED).cte(
        "needed"
    )
    gone_through = _page_out_of(needed, matching, order, limit, lateral=lateral)
    if counted:
        return gone_through
    walked = gone_through.cte("walked")
    full = select(func.count()).select_from(walked).scalar_subquery() == limit
    # Joined, for SQLite would compare a condition with every row.
    gate = select(literal(1).label("open")).where(~full).subquery("gate")
    rest = joined.where(*conditions, gate.c.open == 1)
    if index is not None:
        rest = rest.where(has_word(index))
    found = page_of_few(rest, order, limit).subquery("found")
    either = union_all(select(walked.c.reference).where(full), select(found.c.reference)).subquery("either")
    return select(either.c.reference)


def _sessions_needed(
    conditions: SessionConditions,
    states: Collection[ApplicationState],
    order: SessionOrder,
    limit: int,
    *,
    enough: int,
) -> Statement:
    """The next sessions that have applications in the states, until these are enough.

    Each has one at least, so one session more than a page has rows always does: the one that the page before ended in
    may have none left.
    """
    number, day = count_of(states), sessions.c[order.day]
    place = tuple_(day, sessions.c.reference)
    next_ones = (
        select(sessions.c.reference, day.label("day"), number.label("number"))
        .where(
            *conditions,
            number > 0,
            order.follows(place, tuple_(_DAY, _SESSION), or_is=True),
        )
        .order_by(*order.directed(day, sessions.c.reference))
        .limit(limit + 1)
        .subquery("next_ones")
    )
    left = case((_is_begun(next_ones), 0), else_=next_ones.c.number)
    before = func.sum(left).over(order_by=order.directed(next_ones.c.day, next_ones.c.reference), rows=(None, -1))
    summed = select(next_ones.c.reference, next_ones.c.day, func.coalesce(before, 0).label("before")).subquery("summed")
    return select(summed.c.reference, summed.c.day).where(summed.c.before < enough)


def _page_out_of(needed: Any, matching: Statement, order: SessionOrder, limit: int, *, lateral: bool) -> Statement:  # noqa: ANN401 - a CTE
    """A page out of some sessions."""
    begun = case((_is_begun(needed), AFTER), else_=order.beginning)
    own = matching.where(applications.c.session == needed.c.reference, order.follows(applications.c.reference, begun))
    if not lateral:
        ordering = order.directed(needed.c.day, needed.c.reference, applications.c.reference)
        return own.order_by(*ordering).limit(limit)
    each = own.order_by(*order.directed(applications.c.reference)).limit(limit).lateral("each")
    ordering = order.directed(needed.c.day, needed.c.reference, each.c.reference)
    return select(each.c.reference).select_from(needed.join(each, true())).order_by(*ordering).limit(limit)


def _is_begun(of: Any) -> ColumnElement[bool]:  # noqa: ANN401 - sessions
    """The session that the page before ended in, unless it was moved since."""
    return and_(of.c.day == _DAY, of.c.reference == _SESSION)
