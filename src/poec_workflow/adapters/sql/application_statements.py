"""SQL of the applications list and of its tabs: filters, order by reference, keyset pages.

Conditions on sessions are put to the sessions table, and select applications through it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from attrs import evolve
from sqlalchemy import bindparam, select

from poec_workflow.adapters.search_text import words
from poec_workflow.adapters.sql.list_conditions import (
    Condition,
    Statement,
    count_per_tab,
    holds_role,
    session_conditions,
    text_match,
)
from poec_workflow.adapters.sql.paging import AFTER, has_word, page, page_of_sessions
from poec_workflow.adapters.sql.prepared import Prepared
from poec_workflow.adapters.sql.schema import actions, applications, count_of, people, sessions
from poec_workflow.adapters.sql.search_index import TextIndex
from poec_workflow.model import OPEN_STATES, ApplicationState, Role
from poec_workflow.views import ApplicationFilter

_joined = (
    applications.join(sessions, sessions.c.reference == applications.c.session)
    .join(actions, actions.c.reference == sessions.c.action)
    .outerjoin(people, people.c.reference == applications.c.candidate)
)
_application_rows = select(
    applications.c.data.label("application"),
    sessions.c.data.label("session"),
    actions.c.data.label("action"),
    people.c.name,
).select_from(_joined)


def shape_of(filter_: ApplicationFilter) -> ApplicationFilter:
    """The filter with other values: all filters of a shape have one statement, with different parameters."""
    named = {name: "?" for name in ("organization", "session", "candidate") if getattr(filter_, name) is not None}
    days = {name: date.max for name in ("session_from", "session_until") if getattr(filter_, name) is not None}
    given: dict[str, Any] = {**named, **days}
    text = " ".join(f"word{place}" for place, _ in enumerate(words(filter_.text)))
    return evolve(filter_, **given, text=text) if given or filter_.text else filter_


@lru_cache(maxsize=256)
def applications_page(
    filter_: ApplicationFilter, limit: int | None, *, lateral: bool, index: TextIndex | None = None
) -> Prepared:
    """Applications with their session, action and candidate, by `parameters`.

    Building a statement takes as long as executing it, and so does finding out that it is compiled already: filters of
    a shape share theirs.

    Args:
        filter_: which applications, by their shape.
        limit: how many at most; None is all.
        lateral: whether the database supports LATERAL.
        index: what finds a word of the filter's text, if there is one.
    """
    # References are selected first and alone: a large organisation has short rows to sort.
    matching = select(applications.c.reference).where(*_application_conditions(filter_))
    if filter_.text:
        matching = matching.select_from(_joined)
    conditions = tuple(session_conditions(filter_, tab=filter_.tab, by_reference=False))
    if filter_.session is not None or filter_.candidate is not None:
        # Few, and found by an index of their own; their sessions are checked after that.
        references = page(matching.where(*_within(filter_, conditions)), applications.c.reference, AFTER, limit)
    elif conditions or filter_.states or index:
        held = (*conditions, *_has_state(filter_.states))
        references = page_of_sessions(matching, held, limit, lateral=lateral, index=index)
    elif filter_.text:
        references = page(matching, applications.c.reference, AFTER, limit)
    else:
        # They are in this order already: nothing is sorted.
        return Prepared(page(_application_rows, applications.c.reference, AFTER, limit))
    return Prepared(
        _application_rows.where(applications.c.reference.in_(references)).order_by(applications.c.reference)
    )


def waiting(organization: str, ended_from: date) -> Statement:
    """Open applications of an organisation's sessions that ended on a day or later, or have not."""
    due = select(sessions.c.reference).where(
        holds_role(organization, Role), sessions.c.end_on >= ended_from.isoformat(), count_of(OPEN_STATES) > 0
    )
    return _application_rows.where(
        applications.c.session.in_(due), applications.c.state.in_(sorted(OPEN_STATES))
    ).order_by(applications.c.reference)


def application_tabs(filter_: ApplicationFilter, index: TextIndex | None = None) -> Statement:
    """How many applications each tab has: from the counters, unless it depends on what is in the applications."""
    own = tuple(_application_conditions(filter_, states=False))
    states = filter_.states or tuple(ApplicationState)
    if not own:
        statement = select(*count_per_tab(count_of(states))).select_from(sessions)
    else:
        statement = select(*count_per_tab(1)).select_from(_joined).where(*_application_conditions(filter_))
        if index and filter_.session is None and filter_.candidate is None and filter_.organization is None:
            statement = statement.where(has_word(index))
    return statement.where(*session_conditions(filter_, tab=None))


def _application_conditions(filter_: ApplicationFilter, *, states: bool = True) -> Iterator[Condition]:
    if filter_.states and states:
        yield applications.c.state.in_(filter_.states)
    if filter_.candidate is not None:
        yield applications.c.candidate == bindparam("candidate")
    yield from text_match(filter_.text, applications.c.search, sessions.c.search, actions.c.search, people.c.search)


def _within(filter_: ApplicationFilter, conditions: Sequence[Condition]) -> Iterator[Condition]:
    if filter_.session is not None:
        yield applications.c.session == bindparam("session")
    if conditions:
        yield applications.c.session.in_(select(sessions.c.reference).where(*conditions).correlate(None))


def _has_state(states: Collection[ApplicationState]) -> Iterator[Condition]:
    """Sessions that have an application in one of the states, where any is named."""
    if states:
        yield count_of(states) > 0
