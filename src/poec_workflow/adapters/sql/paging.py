"""Keyset pagination of the applications of many sessions, at a cost that does not grow with the applications.

One index gives the applications of a session in order, and the primary key all applications in order; none gives those
of an organisation. Sorting all of its applications costs as many as it has; scanning all applications until a page is
full is cheap where every second one matches, and reads everything where the matches are far apart. No database can tell
which, for none knows where in the order a session's applications are. So a page of many sessions scans the next
`_SCANNED` applications; where that does not fill it, and for few sessions, it seeks each session's next reference by
the index. The sessions with the earliest next references give a page, perhaps not the right one; but no session whose
next reference comes after that page's end belongs in it.

A word narrows the sessions to seek to those whose own text has it; applications whose text or person has it are found
by the index of texts, and sorted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import (
    CTE,
    BindParameter,
    ColumnElement,
    Select,
    Subquery,
    and_,
    bindparam,
    case,
    false,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)

from poec_workflow.adapters.sql.schema import applications, sessions
from poec_workflow.adapters.sql.search_index import TextIndex

Statement = Select[*tuple[Any, ...]]
SessionConditions = Sequence[ColumnElement[bool]]
"""Conditions on the sessions table."""

BEFORE_ALL = ""
"""Sorts before every reference: the first page has the same statement as every other."""
_AFTER_ALL = "\U0010ffff" * 64
"""No reference sorts after it."""
AFTER: BindParameter[str] = bindparam("after")
"""The reference before a page."""
_SCANNED = 500
"""How many applications are scanned: it takes a millisecond or less."""
_FEW = 16
"""How many sessions are sought at once: it takes less than a scan."""

_reference = applications.c.reference
_last = select(func.max(_reference)).correlate(None).scalar_subquery()


def page(
    statement: Statement, key: ColumnElement[str], after: ColumnElement[str] | str | None, limit: int | None
) -> Statement:
    """The rows after a reference, in order, at most `limit`."""
    following = statement.where(key > (BEFORE_ALL if after is None else after)).order_by(key)
    return following if limit is None else following.limit(limit)


def page_of_sessions(
    matching: Statement,
    conditions: SessionConditions,
    limit: int | None,
    *,
    lateral: bool,
    index: TextIndex | None = None,
) -> Statement:
    """The references of a page of the applications of the sessions that meet conditions.

    Args:
        matching: references of the applications that meet all other conditions.
        conditions: on the sessions.
        limit: how many at most; None is all.
        lateral: whether the database supports LATERAL.
        index: what finds a word of the other conditions, if there is one.
    """
    held = select(sessions.c.reference).where(*conditions).correlate(None)
    within = matching.where(applications.c.session.in_(held)) if conditions else matching
    if limit is None:
        return page(within if index is None else within.where(has_word(index)), _reference, AFTER, limit)
    first_ones = select(func.count()).select_from(held.limit(_FEW + 1).subquery("first_ones")).cte("first_ones")
    number = select(first_ones.c[0]).scalar_subquery()
    few = number <= _FEW if conditions else false()
    scanned = _scan(matching, conditions, limit, unless=few, joined=index is not None).cte("scanned")
    full = select(func.count()).select_from(scanned).scalar_subquery() == limit
    open_ = and_(~few, ~full)
    named = [] if index is None else [or_(few, sessions.c.reference.in_(index.sessions(open_)))]
    # Joined, for SQLite would compare a condition with every session.
    seeking = select(literal(1)).where(or_(and_(few, number > 0), open_)).subquery("seeking")
    to_seek = held.select_from(seeking.join(sessions, true())).where(*named)
    sought = _seek(matching, to_seek, limit, lateral=lateral).subquery("sought")
    parts = [select(scanned.c.reference).where(full), select(sought.c.reference)]
    if index is not None:
        matches = matching.where(_reference.in_(index.applications(open_)), *_on_session(conditions), open_)
        found = page(matches, _reference, AFTER, limit)
        parts.append(select(found.subquery("found").c.reference))
    union = union_all(*parts).subquery("union")
    references = select(union.c.reference)
    return references if index is None else references.distinct().order_by(union.c.reference).limit(limit)


def has_word(index: TextIndex) -> ColumnElement[bool]:
    """Applications that may contain the word in a text of theirs."""
    of_session = applications.c.session.in_(index.sessions(true()))
    return or_(of_session, _reference.in_(index.applications(true())))


def _scan(
    matching: Statement, conditions: SessionConditions, limit: int, *, unless: ColumnElement[bool], joined: bool
) -> Statement:
    """A page out of the next `_SCANNED` applications of all sessions.

    Joined with other tables they are named one by one: PostgreSQL would take a part of the order for more than it is,
    and read those tables whole. What is not to be scanned begins after all references: SQLite would compare a condition
    with every row.
    """
    start = case((unless, _AFTER_ALL), else_=AFTER)
    following = page(select(_reference), _reference, start, _SCANNED).correlate(None)
    bound = page(select(_reference), _reference, AFTER, 1).offset(_SCANNED - 1).correlate(None).scalar_subquery()
    in_reach = _reference.in_(following) if joined else _reference <= func.coalesce(bound, _last)
    return page(matching.where(in_reach, *_on_session(conditions)), _reference, start, limit)


def _on_session(conditions: SessionConditions) -> Iterator[ColumnElement[bool]]:
    """Applications whose session meets conditions, to be checked one by one: none is found by its session."""
    if conditions:
        own = select(sessions.c.reference).where(sessions.c.reference == applications.c.session, *conditions)
        yield own.correlate(applications).exists()


def _seek(matching: Statement, references: Statement, limit: int, *, lateral: bool) -> Statement:
    """A page out of the sessions whose next reference comes before the end of a page of the earliest ones."""
    own = applications.c.session == sessions.c.reference
    first = page(select(_reference).where(own), _reference, AFTER, 1).correlate(sessions).scalar_subquery()
    next_reference = references.add_columns(first.label("first")).cte("next_reference")
    starts = next_reference.c.first
    earliest = (
        select(next_reference.c.reference).where(starts.is_not(None)).order_by(starts).limit(limit).subquery("earliest")
    )
    first_page = _page_per_session(matching, earliest, limit, lateral=lateral).subquery("first_page")
    nth = select(first_page.c.reference).order_by(first_page.c.reference).offset(limit - 1).limit(1).scalar_subquery()
    stop = select(func.coalesce(nth, _last).label("reference")).cte("stop")
    end = select(stop.c.reference).scalar_subquery()
    in_time = select(next_reference.c.reference).where(starts <= end).subquery("in_time")
    return _page_per_session(matching.where(_reference <= end), in_time, limit, lateral=lateral)


def _page_per_session(matching: Statement, of_sessions: Subquery | CTE, limit: int, *, lateral: bool) -> Statement:
    """A page out of some sessions, reading a page of each."""
    if not lateral:
        # SQLite's sorter leaves a session by itself once its next row would come too late.
        of_these = matching.where(applications.c.session.in_(select(of_sessions.c.reference)))
        return page(of_these, _reference, AFTER, limit)
    own = page(matching.where(applications.c.session == of_sessions.c.reference), _reference, AFTER, limit).lateral()
    return select(own.c.reference).select_from(of_sessions.join(own, true())).order_by(own.c.reference).limit(limit)
