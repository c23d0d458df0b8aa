"""Pages of applications by state.

No index holds the state, which changes most. Which sessions have applications in a state their counters know: then each
state is a list by reference, one after the other. Where the applications also depend on what no counter says, they are
found by other indexes and sorted.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from attrs import evolve
from sqlalchemy import Select, String, bindparam, case, tuple_

from poec_workflow.adapters.sql.paging import AFTER
from poec_workflow.adapters.sql.schema import applications
from poec_workflow.adapters.sql.session_order_paging import SessionOrder
from poec_workflow.model import ApplicationState
from poec_workflow.views import ApplicationFilter, Span
from poec_workflow.views.ordering import rank

Statement = Select[*tuple[Any, ...]]

PLACE = (
    case({each.value: rank(each) for each in ApplicationState}, value=applications.c.state),
    applications.c.reference,
)
"""The order of applications."""


def page_by_state(found: Statement, order: SessionOrder, limit: int | None) -> Statement:
    """A page out of all applications that match, which are sorted."""
    after = tuple_(bindparam("after_state", type_=String), AFTER)
    ordered = found.where(order.follows(tuple_(*PLACE), after)).order_by(*order.directed(*PLACE))
    return ordered if limit is None else ordered.limit(limit)


def lists_by_state(filter_: ApplicationFilter, span: Span) -> Iterator[tuple[ApplicationFilter, Span]]:
    """The list of each state that may have rows after the span's key, in order, and what to read of it."""
    states = filter_.restricted_states if filter_.restricted_states is not None else frozenset(ApplicationState)
    for state in sorted(states, key=rank, reverse=span.descending):
        after = None
        if span.after is not None:
            last, reference = span.after
            if rank(state) > last if span.descending else rank(state) < last:
                continue
            after = (reference,) if rank(state) == last else None
        yield evolve(filter_, states=(state,)), Span(descending=span.descending, after=after, limit=span.limit)
