"""Keyset pagination of the applications of many sessions, at a cost that does not grow with the applications.

The order is that of one column, which differs from row to row: the key. It is the reference, or the registration's
instant followed by the reference. One index gives the applications of a session in this order, and another one all
applications; none gives those of an organisation. Sorting all of its applications costs as many as it has; scanning all
applications until a page is full is cheap where every second one matches, and reads everything where the matches are
far apart. No database can tell which, for none knows where in the order a session's applications are. So a page of many
sessions scans the next `SCANNED` applications; where that does not fill it, and for few sessions, it seeks each
session's next key by the index. The sessions with the earliest next keys give a page, perhaps not the right one; but no
session whose next key comes after that page's end belongs in it. Backwards, everything is the other way round.

A word narrows the sessions to seek to those whose own text has it; applications whose text or person has it are found
by the index of texts, and sorted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from attrs import frozen
from sqlalchemy import (
    CTE,
    BindParameter,
    ColumnElement,
    Select,
    Subquery,
    UnaryExpression,
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

LEAST, GREATEST = "", "\U0010ffff" * 64
"""Before and after every key, by code points."""
AFTER: BindParameter[str] = bindparam("after")
"""The key before a page: the first page has the same statement as every other."""
SCANNED = 500
"""How many applications are scanned: it takes a millisecond or less."""
_FEW = 16
"""How many sessions are sought at once: it takes less than a scan."""


@frozen(eq=False)
class Keyset:
    """An order by a column, forwards or backwards."""

    column: ColumnElement[str]
    descending: bool = False

    @property
    def end(self) -> str:
        """What comes after every key."""
        return LEAST if self.descending else GREATEST

    @property
    def ordering(self) -> ColumnElement[str] | UnaryExpression[str]:
        """What to order by."""
        return self.directed(self.column)

    def directed(self, column: ColumnElement[str]) -> ColumnElement[str] | UnaryExpression[str]:
        """Another column, in this direction."""
        return column.desc() if self.descending else column

    def follows(self, after: ColumnElement[str] | str) -> ColumnElement[bool]:
        """Keys that come after one."""
        return self.column < after if self.descending else self.column > after

    def up_to(self, last: ColumnElement[str], column: ColumnElement[str] | None = None) -> ColumnElement[bool]:
        """Keys, of this column or of one that holds the same, that do not come after one."""
        keys = self.column if column is None else column
        return keys >= last if self.descending else keys <= last

    @property
    def last(self) -> ColumnElement[str]:
        """The last key of all."""
        extreme = func.min if self.descending else func.max
        return select(extreme(self.column)).correlate(None).scalar_subquery()


def page(statement: Statement, keyset: Keyset, after: ColumnElement[str] | str, limit: int | None) -> Statement:
    """The rows after a key, in order, at most `limit`."""
    following = statement.where(keyset.follows(after)).order_by(keyset.ordering)
    return following if limit is None else following.limit(limit)


def page_of_sessions(
    matching: Statement,
    conditions: SessionConditions,
    keyset: Keyset,
    limit: int | None,
    *,
    lateral: bool,
    index: TextIndex | None = None,
) -> Statement:
    """The keys of a page of the applications of the sessions that meet conditions.

    Args:
        matching: keys of the applications that meet all other conditions.
        conditions: on the sessions.
        keyset: the order of the applications.
        limit: how many at most; None is all.
        lateral: whether the database supports LATERAL.
        index: what finds a word of the other conditions, if there is one.
    """
    held = select(sessions.c.reference).where(*conditions).correlate(None)
    within = matching.where(applications.c.session.in_(held)) if conditions else matching
    if limit is None:
        return page(within if index is None else within.where(has_word(index)), keyset, AFTER, limit)
    first_ones = select(func.count()).select_from(held.limit(_FEW + 1).subquery("first_ones")).cte("first_ones")
    number = select(first_ones.c[0]).scalar_subquery()
    few = number <= _FEW if conditions else false()
    scanned = _scan(matching, conditions, keyset, limit, unless=few, joined=index is not None).cte("scanned")
    full = select(func.count()).select_from(scanned).scalar_subquery() == limit
    open_ = and_(~few, ~full)
    named = [] if index is None else [or_(few, sessions.c.reference.in_(index.sessions(open_)))]
    # Joined, for SQLite would compare a condition with every session.
    seeking = select(literal(1)).where(or_(and_(few, number > 0), open_)).subquery("seeking")
    to_seek = held.select_from(seeking.join(sessions, true())).where(*named)
    sought = _seek(matching, to_seek, keyset, limit, lateral=lateral).subquery("sought")
    parts = [select(scanned.c[0]).where(full), select(sought.c[0])]
    if index is not None:
        of_word = applications.c.reference.in_(index.applications(open_))
        found = page(matching.where(of_word, *on_session(conditions), open_), keyset, AFTER, limit)
        parts.append(select(found.subquery("found").c[0]))
    union = union_all(*parts).subquery("union")
    keys = select(union.c[0])
    return keys if index is None else keys.distinct().order_by(keyset.directed(union.c[0])).limit(limit)


def has_word(index: TextIndex) -> ColumnElement[bool]:
    """Applications that may contain the word in a text of theirs."""
    of_session = applications.c.session.in_(index.sessions(true()))
    return or_(of_session, applications.c.reference.in_(index.applications(true())))


def _scan(
    matching: Statement,
    conditions: SessionConditions,
    keyset: Keyset,
    limit: int,
    *,
    unless: ColumnElement[bool],
    joined: bool,
) -> Statement:
    """A page out of the next `SCANNED` applications of all sessions.

    Joined with other tables they are named one by one: PostgreSQL would take a part of the order for more than it is,
    and read those tables whole. What is not to be scanned begins after all keys: SQLite would compare a condition
    with every row.
    """
    start = case((unless, keyset.end), else_=AFTER)
    following = page(select(keyset.column), keyset, start, SCANNED).correlate(None)
    bound = page(select(keyset.column), keyset, AFTER, 1).offset(SCANNED - 1).correlate(None).scalar_subquery()
    in_reach = keyset.column.in_(following) if joined else keyset.up_to(func.coalesce(bound, keyset.last))
    return page(matching.where(in_reach, *on_session(conditions)), keyset, start, limit)


def on_session(conditions: SessionConditions) -> Iterator[ColumnElement[bool]]:
    """Applications whose session meets conditions, to be checked one by one: none is found by its session."""
    if conditions:
        own = select(sessions.c.reference).where(sessions.c.reference == applications.c.session, *conditions)
        yield own.correlate(applications).exists()


def _seek(matching: Statement, references: Statement, keyset: Keyset, limit: int, *, lateral: bool) -> Statement:
    """A page out of the sessions whose next key comes before the end of a page of the earliest ones."""
    own = applications.c.session == sessions.c.reference
    first = page(select(keyset.column).where(own), keyset, AFTER, 1).correlate(sessions).scalar_subquery()
    next_key = references.add_columns(first.label("first")).cte("next_key")
    starts = next_key.c.first
    earliest = (
        select(next_key.c.reference)
        .where(starts.is_not(None))
        .order_by(keyset.directed(starts))
        .limit(limit)
        .subquery("earliest")
    )
    first_page = _page_per_session(matching, earliest, keyset, limit, lateral=lateral).subquery("first_page").c[0]
    nth = select(first_page).order_by(keyset.directed(first_page)).offset(limit - 1).limit(1).scalar_subquery()
    stop = select(func.coalesce(nth, keyset.last).label("key")).cte("stop")
    end = select(stop.c.key).scalar_subquery()
    in_time = select(next_key.c.reference).where(keyset.up_to(end, starts)).subquery("in_time")
    return _page_per_session(matching.where(keyset.up_to(end)), in_time, keyset, limit, lateral=lateral)


def _page_per_session(
    matching: Statement, of_sessions: Subquery | CTE, keyset: Keyset, limit: int, *, lateral: bool
) -> Statement:
    """A page out of some sessions, reading a page of each."""
    if not lateral:
        # SQLite's sorter leaves a session by itself once its next row would come too late.
        of_these = matching.where(applications.c.session.in_(select(of_sessions.c.reference)))
        return page(of_these, keyset, AFTER, limit)
    own = page(matching.where(applications.c.session == of_sessions.c.reference), keyset, AFTER, limit).lateral()
    return select(own.c[0]).select_from(of_sessions.join(own, true())).order_by(keyset.directed(own.c[0])).limit(limit)
