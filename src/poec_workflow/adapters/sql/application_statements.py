"""SQL of the applications list and of its tabs: filters, orders, keyset pages.

Conditions on sessions are put to the sessions table, and select applications through it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from attrs import evolve
from sqlalchemy import BindParameter, bindparam, func, select, true, union

from poec_workflow.adapters.search_text import words
from poec_workflow.adapters.sql import candidate_paging, state_paging
from poec_workflow.adapters.sql.list_conditions import (
    CONVOKED_UNTIL_TODAY,
    HAS_REGISTERED_SINCE,
    REGISTERED_SINCE,
    Condition,
    Statement,
    count_per_tab,
    holds_role,
    session_conditions,
    text_match,
)
from poec_workflow.adapters.sql.paging import AFTER, Keyset, has_word, on_session, page, page_of_sessions
from poec_workflow.adapters.sql.prepared import Prepared
from poec_workflow.adapters.sql.schema import actions, applications, count_of, people, sessions
from poec_workflow.adapters.sql.search_index import TextIndex
from poec_workflow.adapters.sql.session_order_paging import SESSION_DAYS, SessionOrder, page_by_session, page_of_few
from poec_workflow.model import LAST_YEAR, OPEN_STATES, ApplicationState, Role
from poec_workflow.views import ApplicationFilter, Sort, Task

_PRESCRIBER: BindParameter[str] = bindparam("prescriber")
_SOME_DAY = date(LAST_YEAR, 1, 1)

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


_keys = {Sort.REFERENCE: applications.c.reference, Sort.REGISTRATION: applications.c.registration_key}
_with_sessions = applications.join(sessions, sessions.c.reference == applications.c.session)


def shape_of(filter_: ApplicationFilter) -> ApplicationFilter:
    """The filter with other values: all filters of a shape have one statement, with different parameters."""
    texts = ("organization", "session", "candidate", "session_type", "prescriber", "funder")
    named = {name: "?" for name in texts if getattr(filter_, name) is not None}
    days = {
        name: _SOME_DAY for name in ("session_from", "session_until", "since") if getattr(filter_, name) is not None
    }
    given: dict[str, Any] = {**named, **days}
    text = " ".join(f"word{place}" for place, _ in enumerate(words(filter_.text)))
    return evolve(filter_, **given, at=None, text=text) if given or filter_.at or filter_.text else filter_


@lru_cache(maxsize=256)
def applications_page(
    filter_: ApplicationFilter,
    limit: int | None,
    *,
    lateral: bool,
    index: TextIndex | None = None,
    sort: Sort = Sort.REFERENCE,
    descending: bool = False,
    backwards: bool = False,
) -> Prepared:
    """Applications with their session, action and candidate, by `parameters`.

    Building a statement takes as long as executing it, and so does finding out that it is compiled already: filters of
    a shape share theirs.

    Args:
        filter_: which applications, by their shape.
        limit: how many at most; None is all.
        lateral: whether the database supports LATERAL.
        index: what finds a word of the filter's text, if there is one.
        sort: the order.
        descending: the order backwards.
        backwards: whether it is read towards the beginning of the list.
    """
    if sort is Sort.STATE:
        order = SessionOrder(descending=descending)
        references = state_paging.page_by_state(_found(filter_, index), order, limit).correlate(None)
        of_page = _application_rows.where(applications.c.reference.in_(references))
        return Prepared(of_page.order_by(*order.directed(*state_paging.PLACE)))
    if sort is Sort.CANDIDATE:
        order = SessionOrder(descending=descending)
        references = _references_by_candidate(filter_, order, limit, index=index, backwards=backwards).correlate(None)
        of_page = _application_rows.where(applications.c.reference.in_(references))
        return Prepared(of_page.order_by(*order.directed(*candidate_paging.PLACE)))
    if sort in SESSION_DAYS:
        order = SessionOrder(descending=descending, day=SESSION_DAYS[sort])
        references = _references_by_session(filter_, order, limit, lateral=lateral, index=index).correlate(None)
        ordering = order.directed(sessions.c[order.day], sessions.c.reference, applications.c.reference)
        return Prepared(_application_rows.where(applications.c.reference.in_(references)).order_by(*ordering))
    keyset = Keyset(_keys[sort], descending=descending)
    keys = _keys_of_page(filter_, keyset, limit, lateral=lateral, index=index)
    if keys is None:
        # They are in this order already: nothing is sorted.
        return Prepared(page(_application_rows, keyset, AFTER, limit))
    return Prepared(_application_rows.where(keyset.column.in_(keys)).order_by(keyset.ordering))


def _keys_of_page(
    filter_: ApplicationFilter, keyset: Keyset, limit: int | None, *, lateral: bool, index: TextIndex | None
) -> Statement | None:
    """The keys of a page; None where every application matches."""
    # Keys are selected first and alone: a large organisation has short rows to sort.
    matching = select(keyset.column).where(*_application_conditions(filter_))
    if filter_.text:
        matching = matching.select_from(_joined)
    conditions = tuple(session_conditions(filter_, tab=filter_.tab, by_reference=False))
    if _are_few(filter_) or filter_.prescriber is not None:
        # Their sessions are checked after they are found, and so are their texts where they are few.
        within = matching.where(*_within(filter_, conditions))
        return page(within.where(*_named_by_adviser(filter_, index)), keyset, AFTER, limit)
    # By registration a day is a part of the order itself: which sessions it is found in need not be known.
    held = (*conditions, *_has_applications(filter_, since=keyset.column is applications.c.reference))
    if held or index:
        return page_of_sessions(matching, held, keyset, limit, lateral=lateral, index=index)
    return page(matching, keyset, AFTER, limit) if filter_.text or filter_.since else None


def _references_by_session(
    filter_: ApplicationFilter, order: SessionOrder, limit: int | None, *, lateral: bool, index: TextIndex | None
) -> Statement:
    """The references of a page by a day of their session."""
    found = select(applications.c.reference).where(*_application_conditions(filter_))
    joined = found.select_from(_joined if filter_.text else _with_sessions).where(*_named_by_adviser(filter_, index))
    # Gone through session by session, and not found by their prescriber.
    matching = select(applications.c.reference).where(*_application_conditions(filter_, by_prescriber=False))
    if limit is None or _are_few(filter_):
        within = joined.where(*session_conditions(filter_, tab=filter_.tab), *_named_session(filter_))
        return page_of_few(within if index is None else within.where(has_word(index)), order, limit)
    return page_by_session(
        matching.select_from(_joined) if filter_.text else matching,
        joined,
        (*session_conditions(filter_, tab=filter_.tab), *_has_applications(filter_, since=True)),
        _states_of(filter_),
        order,
        limit,
        counted=is_counted(filter_),
        lateral=lateral,
        # An organisation's applications are found by its sessions, an adviser's are named above.
        index=index if filter_.organization is None and filter_.prescriber is None else None,
    )


def _references_by_candidate(
    filter_: ApplicationFilter, order: SessionOrder, limit: int | None, *, index: TextIndex | None, backwards: bool
) -> Statement:
    """The references of a page by the candidate's name."""
    found = _found(filter_, index)
    if limit is None or _are_few(filter_):
        return candidate_paging.page_of_named(found, order, limit)
    # Gone through person by person, and found neither by their prescriber nor by their session.
    checked = select(applications.c.reference).where(*_application_conditions(filter_, by_prescriber=False))
    conditions = tuple(session_conditions(filter_, tab=filter_.tab))
    checked = (checked.select_from(_joined) if filter_.text else checked).where(*on_session(conditions))
    held = tuple(_has_applications(filter_, since=True))
    return candidate_paging.page_by_candidate(checked, found.where(*held), order, limit, backwards=backwards)


def _found(filter_: ApplicationFilter, index: TextIndex | None) -> Statement:
    """The references of all applications that match, in no order, with all that is joined."""
    own = (*_application_conditions(filter_), *session_conditions(filter_, tab=filter_.tab), *_named_session(filter_))
    named = () if index is None or _are_few(filter_) else (_has_word_within(filter_, index),)
    return select(applications.c.reference).select_from(_joined).where(*own, *named)


def is_counted(filter_: ApplicationFilter) -> bool:
    """Whether the counters of sessions say how many applications of each match."""
    return not (_are_few(filter_) or tuple(_application_conditions(filter_, states=False)))


def _named_by_adviser(filter_: ApplicationFilter, index: TextIndex | None) -> Iterator[Condition]:
    if index is not None and filter_.prescriber is not None and not _are_few(filter_):
        yield _has_word_within(filter_, index)


def _has_word_within(filter_: ApplicationFilter, index: TextIndex) -> Condition:
    """Applications that may contain the word in a text of theirs; in a session's only those asked for."""
    own = applications.alias("own")
    held = select(sessions.c.reference).where(*session_conditions(filter_, tab=None)).correlate(None)
    of_sessions = select(own.c.reference).where(own.c.session.in_(index.sessions(true())), own.c.session.in_(held))
    if filter_.prescriber is not None:
        of_sessions = of_sessions.where(_is_sent(own.c))
    return applications.c.reference.in_(union(*index.applications(true()).selects, of_sessions))


def _are_few(filter_: ApplicationFilter) -> bool:
    """Whether the filter names what has few applications, which an index of its own finds."""
    return filter_.session is not None or filter_.candidate is not None


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
    if not own:
        statement = select(*count_per_tab(count_of(_states_of(filter_)))).select_from(sessions)
    else:
        joined = _joined if filter_.text else _with_sessions
        statement = select(*count_per_tab(1)).select_from(joined).where(*_application_conditions(filter_))
        # Sessions whose counters say that they have none are passed over.
        statement = statement.where(*_has_applications(filter_, since=False))
        if index and not _are_few(filter_):
            statement = statement.where(_has_word_within(filter_, index))
    return statement.where(*session_conditions(filter_, tab=None))


def _application_conditions(
    filter_: ApplicationFilter, *, states: bool = True, by_prescriber: bool = True
) -> Iterator[Condition]:
    if states and filter_.restricted_states is not None:
        yield applications.c.state.in_(sorted(filter_.restricted_states))
    if filter_.candidate is not None:
        yield applications.c.candidate == bindparam("candidate")
    if filter_.prescriber is not None:
        yield _is_sent(applications.c) if by_prescriber else func.coalesce(applications.c.prescriber, "") == _PRESCRIBER
    if filter_.since is not None:
        yield REGISTERED_SINCE
    if filter_.task is Task.ATTENDANCE_TO_RECORD:
        yield CONVOKED_UNTIL_TODAY
    yield from text_match(filter_.text, applications.c.search, sessions.c.search, actions.c.search, people.c.search)


def _is_sent(of: Any) -> Condition:  # noqa: ANN401 - columns of applications
    """The prescriber is the filter's."""
    condition: Condition = of.prescriber == _PRESCRIBER
    return condition


def _within(filter_: ApplicationFilter, conditions: Sequence[Condition]) -> Iterator[Condition]:
    yield from _named_session(filter_)
    if conditions:
        yield applications.c.session.in_(select(sessions.c.reference).where(*conditions).correlate(None))


def _named_session(filter_: ApplicationFilter) -> Iterator[Condition]:
    if filter_.session is not None:
        yield applications.c.session == bindparam("session")


def _states_of(filter_: ApplicationFilter) -> Collection[ApplicationState]:
    """The states that the filter lets through."""
    return frozenset(ApplicationState) if filter_.restricted_states is None else filter_.restricted_states


def _has_applications(filter_: ApplicationFilter, *, since: bool) -> Iterator[Condition]:
    """Sessions that have an application in one of the states, and one since the day, where the filter names any."""
    if filter_.restricted_states is not None:
        yield count_of(filter_.restricted_states) > 0
    if since and filter_.since is not None:
        yield HAS_REGISTERED_SINCE
