"""Keyset pagination of applications by the candidate's name, person by person.

A name may be erased, so it stands in the person's row alone. The next `paging.SCANNED` people are read in their order,
each with the applications by an index; where these do not fill the page, all that match are found by other indexes and
sorted. Who has no name stands at the end of every order, both ways, and in none of these people: the walk is believed
where it fills the page, and where it comes to the beginning.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    String,
    and_,
    bindparam,
    func,
    literal,
    not_,
    or_,
    select,
    tuple_,
    union_all,
)

from poec_workflow.adapters.sql import paging
from poec_workflow.adapters.sql.paging import AFTER
from poec_workflow.adapters.sql.schema import applications, people
from poec_workflow.adapters.sql.session_order_paging import SessionOrder

Statement = Select[*tuple[Any, ...]]

_NAME: BindParameter[str] = bindparam("after_name", type_=String)
_PERSON: BindParameter[str] = bindparam("after_person", type_=String)
_NAMELESS: BindParameter[str] = bindparam("nameless", type_=String)
PLACE = (func.coalesce(people.c.name_key, _NAMELESS), applications.c.candidate, applications.c.reference)
"""The order of applications that have joined their people."""


def page_of_named(joined: Statement, order: SessionOrder, limit: int | None) -> Statement:
    """A page out of all applications that match, which are sorted; `joined` has joined their people."""
    following = joined.where(order.follows(tuple_(*PLACE), tuple_(_NAME, _PERSON, AFTER)))
    ordered = following.order_by(*order.directed(*PLACE))
    return ordered if limit is None else ordered.limit(limit)


def page_by_candidate(
    matching: Statement, joined: Statement, order: SessionOrder, limit: int, *, backwards: bool
) -> Statement:
    """The references of a page.

    Args:
        matching: references of the applications that meet all conditions, checked one by one.
        joined: the same, found by their indexes, with their people joined.
        order: of the page, as it is read.
        limit: how many at most.
        backwards: whether it is read towards the beginning.
    """
    next_ones = _next_people(order).cte("next_ones")
    place = (next_ones.c.name_key, next_ones.c.reference, applications.c.reference)
    own = applications.c.candidate == next_ones.c.reference
    follows = order.follows(tuple_(*place), tuple_(_NAME, _PERSON, AFTER))
    walked = matching.where(own, follows).order_by(*order.directed(*place)).limit(limit).cte("walked")
    done = _count(walked) == limit
    if backwards:
        done = and_(_NAME != _NAMELESS, or_(done, _count(next_ones) < paging.SCANNED))
    # Joined, for SQLite would compare a condition with every row.
    gate = select(literal(1).label("open")).where(not_(done)).subquery("gate")
    found = page_of_named(joined.where(gate.c.open == 1), order, limit).subquery("found")
    either = union_all(select(walked.c.reference).where(done), select(found.c.reference)).subquery("either")
    return select(either.c.reference)


def _next_people(order: SessionOrder) -> Statement:
    key = (people.c.name_key, people.c.reference)
    following = order.follows(tuple_(*key), tuple_(_NAME, _PERSON), or_is=True)
    of_order = select(people.c.reference, people.c.name_key).where(following).order_by(*order.directed(*key))
    return of_order.limit(paging.SCANNED).correlate(None)


def _count(rows: Any) -> ColumnElement[int]:  # noqa: ANN401 - a CTE
    return select(func.count()).select_from(rows).scalar_subquery()
