"""A page of the applications of some sessions, at a cost that does not grow with the applications.

An index finds the applications of a session in their order, and the primary key those of everybody; none finds those of
an organisation. To gather and sort all of them costs what the organisation has; to walk everybody's until a page
is full costs nothing where every second one fits, and everything where those that fit lie far away. No database knows
which, for none knows where in the order a session's applications are. So we walk a little, and if the page is not full
by then, we ask the index where each session goes on. The sessions that go on first give a page, though perhaps not
the first one; but none that goes on after that page's end can have a place in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, Subquery, func, select, true, union_all

from poec_workflow.adapters.sql.schema import applications, sessions

Statement = Select[*tuple[Any, ...]]
Held = Sequence[ColumnElement[bool]]
"""Which sessions."""

_EARLIEST = ""
"""Before every reference: page one searches as every other page does."""
_WALK = 1_000
"""So many applications are walked, in a millisecond or less."""

_reference = applications.c.reference
_last = select(func.max(_reference)).correlate(None).scalar_subquery()


def page(statement: Statement, key: ColumnElement[str], after: str | None, limit: int | None) -> Statement:
    """What follows a reference, in order, at most so many."""
    following = statement.where(key > (_EARLIEST if after is None else after)).order_by(key)
    return following if limit is None else following.limit(limit)


def page_of_sessions(
    chosen: Statement, held: Held, after: str | None, limit: int | None, *, lateral: bool
) -> Statement:
    """References of a page of the applications of some sessions.

    Args:
        chosen: applications that fit otherwise.
        held: which sessions.
        after: the reference before the page.
        limit: how many at most; None is all.
        lateral: whether the database knows LATERAL.
    """
    these = select(sessions.c.reference).where(*held).correlate(None)
    if limit is None:
        return page(chosen.where(applications.c.session.in_(these)), _reference, after, limit)
    near = _near(chosen, held, after, limit).cte("near")
    full = select(func.count()).select_from(near).scalar_subquery() == limit
    far = _far(chosen, these.where(~full), after, limit, lateral=lateral).subquery("far")
    both = union_all(select(near.c.reference).where(full), select(far.c.reference)).subquery("both")
    return select(both.c.reference)


def _near(chosen: Statement, held: Held, after: str | None, limit: int) -> Statement:
    """Those among the next thousand of everybody's."""
    following = page(select(_reference), _reference, after, 1).offset(_WALK - 1).correlate(None).scalar_subquery()
    within = (
        select(sessions.c.reference)
        .where(sessions.c.reference == applications.c.session, *held)
        .correlate(applications)
        .exists()
    )
    return page(chosen.where(_reference <= func.coalesce(following, _last), within), _reference, after, limit)


def _far(chosen: Statement, these: Statement, after: str | None, limit: int, *, lateral: bool) -> Statement:
    """Those of the sessions that go on before a page of the first of them has ended."""
    own = applications.c.session == sessions.c.reference
    first = page(select(_reference).where(own), _reference, after, 1).correlate(sessions).scalar_subquery()
    going_on = these.add_columns(first.label("first")).cte("going_on")
    starts = going_on.c.first
    earliest = (
        select(going_on.c.reference).where(starts.is_not(None)).order_by(starts).limit(limit).subquery("earliest")
    )
    of_these = _of(chosen, earliest, after, limit, lateral=lateral).subquery("of_these")
    nth = select(of_these.c.reference).order_by(of_these.c.reference).offset(limit - 1).limit(1).scalar_subquery()
    stop = select(func.coalesce(nth, _last).label("reference")).cte("stop")
    end = select(stop.c.reference).scalar_subquery()
    in_time = select(going_on.c.reference).where(starts <= end).subquery("in_time")
    return _of(chosen.where(_reference <= end), in_time, after, limit, lateral=lateral)


def _of(chosen: Statement, some: Subquery | CTE, after: str | None, limit: int, *, lateral: bool) -> Statement:
    """A page out of some sessions, of which a page each is looked at."""
    if not lateral:
        # SQLite does so by itself: while it sorts, it leaves a session where the next one would come too late.
        return page(chosen.where(applications.c.session.in_(select(some.c.reference))), _reference, after, limit)
    own = page(chosen.where(applications.c.session == some.c.reference), _reference, after, limit).lateral()
    return select(own.c.reference).select_from(some.join(own, true())).order_by(own.c.reference).limit(limit)
