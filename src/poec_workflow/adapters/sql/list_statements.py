"""SQL of the applications, sessions and actions lists and of their tabs: filters, order by reference, keyset pages.

Conditions on sessions are put to the sessions table, and select applications through it. `policies.alerts` defines an
alert; the two conditions here that repeat it are tested against it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from attrs import evolve
from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, case, exists, func, or_, select

from poec_workflow.adapters.search_text import words
from poec_workflow.adapters.sql.paging import AFTER, BEFORE_ALL, has_word, page, page_of_sessions
from poec_workflow.adapters.sql.schema import COUNTS, actions, applications, count_of, people, sessions
from poec_workflow.adapters.sql.search_index import ESCAPE, TextIndex, text_parameters
from poec_workflow.model import LIVE_STATES, OPEN_STATES, ActionState, ApplicationState, Role, SessionState
from poec_workflow.policies.alerts import AlertCriteria
from poec_workflow.views import ActionFilter, ActionTab, ApplicationFilter, SessionFilter, Tab

Condition = ColumnElement[bool]
Statement = Select[*tuple[Any, ...]]

_counters = tuple(sessions.c[name] for name in COUNTS)


_ORGANIZATION: BindParameter[str] = bindparam("organization")


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


# Applications

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
    return evolve(filter_, **given, text=text)


@lru_cache(maxsize=256)
def applications_page(
    filter_: ApplicationFilter, limit: int | None, *, lateral: bool, index: TextIndex | None = None
) -> Statement:
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
    conditions = tuple(_session_conditions(filter_, tab=filter_.tab, by_reference=False))
    if filter_.session is not None or filter_.candidate is not None:
        # Few, and found by an index of their own; their sessions are checked after that.
        references = page(matching.where(*_within(filter_, conditions)), applications.c.reference, AFTER, limit)
    elif conditions or filter_.states or index:
        held = (*conditions, *_has_state(filter_.states))
        references = page_of_sessions(matching, held, limit, lateral=lateral, index=index)
    else:
        references = page(matching, applications.c.reference, AFTER, limit)
    return _application_rows.where(applications.c.reference.in_(references)).order_by(applications.c.reference)


def waiting(organization: str, ended_from: date) -> Statement:
    """Open applications of an organisation's sessions that ended on a day or later, or have not."""
    due = select(sessions.c.reference).where(
        _holds_role(organization, Role), sessions.c.end_on >= ended_from.isoformat(), count_of(OPEN_STATES) > 0
    )
    return _application_rows.where(
        applications.c.session.in_(due), applications.c.state.in_(sorted(OPEN_STATES))
    ).order_by(applications.c.reference)


def application_tabs(filter_: ApplicationFilter, index: TextIndex | None = None) -> Statement:
    """How many applications each tab has: from the counters, unless it depends on what is in the applications."""
    own = tuple(_application_conditions(filter_, states=False))
    states = filter_.states or tuple(ApplicationState)
    if not own:
        statement = select(*_count_per_tab(count_of(states))).select_from(sessions)
    else:
        statement = select(*_count_per_tab(1)).select_from(_joined).where(*_application_conditions(filter_))
        if index and filter_.session is None and filter_.candidate is None and filter_.organization is None:
            statement = statement.where(has_word(index))
    return statement.where(*_session_conditions(filter_, tab=None))


def _application_conditions(filter_: ApplicationFilter, *, states: bool = True) -> Iterator[Condition]:
    if filter_.states and states:
        yield applications.c.state.in_(filter_.states)
    if filter_.candidate is not None:
        yield applications.c.candidate == bindparam("candidate")
    yield from _text_match(filter_.text, applications.c.search, sessions.c.search, actions.c.search, people.c.search)


def _within(filter_: ApplicationFilter, conditions: Sequence[Condition]) -> Iterator[Condition]:
    if filter_.session is not None:
        yield applications.c.session == bindparam("session")
    if conditions:
        yield applications.c.session.in_(select(sessions.c.reference).where(*conditions).correlate(None))


def _has_state(states: Collection[ApplicationState]) -> Iterator[Condition]:
    """Sessions that have an application in one of the states, where any is named."""
    if states:
        yield count_of(states) > 0


# Sessions


def sessions_page(filter_: SessionFilter, after: str | None, limit: int | None) -> Statement:
    """Sessions with their counts and action."""
    statement = (
        select(sessions.c.data.label("session"), actions.c.data.label("action"), *_counters)
        .join_from(sessions, actions, actions.c.reference == sessions.c.action)
        .where(*_session_list(filter_, tab=filter_.tab))
    )
    return page(statement, sessions.c.reference, after, limit)


def session_tabs(filter_: SessionFilter) -> Statement:
    """How many sessions each tab has."""
    return (
        select(*_count_per_tab(1))
        .join_from(sessions, actions, actions.c.reference == sessions.c.action)
        .where(*_session_list(filter_, tab=None))
    )


def _session_list(filter_: SessionFilter, *, tab: Tab | None) -> Iterator[Condition]:
    yield from _session_conditions(filter_, tab=tab)
    if filter_.states:
        yield sessions.c.state.in_(filter_.states)
    yield from _text_match(filter_.text, sessions.c.search, actions.c.search)


def _session_conditions(
    filter_: ApplicationFilter | SessionFilter, *, tab: Tab | None, by_reference: bool = True
) -> Iterator[Condition]:
    if tab is not None:
        yield _in_tab(tab)
    if filter_.organization is not None:
        yield _holds_role(_ORGANIZATION, (filter_.role,) if filter_.role else Role)
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


def _count_per_tab(counted: Any) -> list[ColumnElement[int]]:  # noqa: ANN401 - a number or a column
    return [_sum_where(_in_tab(tab), counted).label(tab.value) for tab in Tab]


def _holds_role(organization: BindParameter[str] | str, roles: Iterable[Role]) -> Condition:
    return or_(*(sessions.c[role.value] == organization for role in roles))


# Actions


def actions_page(filter_: ActionFilter, criteria: AlertCriteria, after: str | None, limit: int | None) -> Statement:
    """A page of the actions list, each with whether it stands in the tab `alert`."""
    alert = case((_alerts(criteria), 1), else_=0).label("alert")
    statement = select(actions.c.reference, actions.c.data, alert).where(*_action_list(filter_))
    if filter_.tab is not None:
        statement = statement.where(_in_action_tab(filter_.tab, criteria))
    return page(statement, actions.c.reference, after, limit)


def sessions_of(page: Statement) -> Statement:
    """The sessions of a page's actions, by action and reference."""
    matching = page.with_only_columns(actions.c.reference).subquery()
    return (
        select(sessions.c.action, sessions.c.data)
        .where(sessions.c.action.in_(select(matching.c.reference)))
        .order_by(sessions.c.action, sessions.c.reference)
    )


def action_tabs(filter_: ActionFilter, criteria: AlertCriteria) -> Statement:
    """How many actions each tab has; an action stands in one to three."""
    return select(*(_sum_where(_in_action_tab(tab, criteria), 1).label(tab.value) for tab in ActionTab)).where(
        *_action_list(filter_)
    )


def _action_list(filter_: ActionFilter) -> Iterator[Condition]:
    if filter_.organization is not None:
        on_session = select(sessions.c.action).where(_holds_role(_ORGANIZATION, Role))
        yield or_(actions.c.responsible == _ORGANIZATION, actions.c.reference.in_(on_session))
    yield from _text_match(filter_.text, actions.c.search)


def _in_action_tab(tab: ActionTab, criteria: AlertCriteria) -> Condition:
    if tab is ActionTab.ALERT:
        return _alerts(criteria)
    if tab is ActionTab.PENDING_VALIDATION:
        return actions.c.awaits_validation == 1
    return actions.c.state == tab.value


def _alerts(criteria: AlertCriteria) -> Condition:
    """`policies.alerts.alerts` as a condition on the actions table."""
    first_end, last_end = (each.isoformat() for each in criteria.expiring)
    expiring = and_(sessions.c.end_on.between(first_end, last_end), count_of(OPEN_STATES) > 0)
    first, last = (each.isoformat() for each in criteria.closing)
    counted = count_of(LIVE_STATES) if criteria.counts_live else sessions.c.registered
    closing = and_(
        sessions.c.state == SessionState.ACTIVE.value,
        sessions.c.registration_deadline.between(first, last),
        sessions.c.quota - counted >= counted,
    )
    on_session = exists().where(sessions.c.action == actions.c.reference, or_(expiring, closing))
    return and_(actions.c.state == ActionState.PUBLISHED.value, or_(actions.c.incomplete == 1, on_session))


# Common


def _text_match(text: str, *columns: ColumnElement[str]) -> Iterator[Condition]:
    """Every word is in one of the columns."""
    for place, _ in enumerate(words(text)):
        pattern: BindParameter[str] = bindparam(f"word_{place}")
        yield or_(*(each.like(pattern, escape=ESCAPE) for each in columns))


def _sum_where(condition: Condition, counted: Any) -> ColumnElement[int]:  # noqa: ANN401 - a number or a column
    return func.coalesce(func.sum(case((condition, counted), else_=0)), 0)
