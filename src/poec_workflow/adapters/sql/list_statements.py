"""The lists and their tabs as statements, by reference: a page is a search that begins after the last one's end.

What a filter says of sessions is asked of the sessions table, and applications are found through it. What an alert
is stands in `policies.alerts`; the two conditions here that say it again are tested against it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select

from poec_workflow.adapters.search_text import words
from poec_workflow.adapters.sql.paging import page, page_of_sessions
from poec_workflow.adapters.sql.schema import COUNTS, actions, applications, count_of, people, sessions
from poec_workflow.model import LIVE_STATES, OPEN_STATES, ActionState, ApplicationState, Role, SessionState
from poec_workflow.policies.alerts import AlertCriteria
from poec_workflow.views import ActionFilter, ActionTab, ApplicationFilter, SessionFilter, Tab

Condition = ColumnElement[bool]
Statement = Select[*tuple[Any, ...]]

_counters = tuple(sessions.c[name] for name in COUNTS)


# Applications

_enrolled = (
    applications.join(sessions, sessions.c.reference == applications.c.session)
    .join(actions, actions.c.reference == sessions.c.action)
    .outerjoin(people, people.c.reference == applications.c.candidate)
)
_application_rows = select(
    applications.c.data.label("application"),
    sessions.c.data.label("session"),
    actions.c.data.label("action"),
    people.c.name,
).select_from(_enrolled)


def applications_page(
    asked: ApplicationFilter, criteria: AlertCriteria, after: str | None, limit: int | None, *, lateral: bool
) -> Statement:
    """Applications with their session, action and candidate; `lateral` says that the database knows the word."""
    # The references come first and alone: what has to be sorted for a large organisation is short.
    chosen = select(applications.c.reference).where(*_of_applications(asked))
    if asked.text:
        chosen = chosen.select_from(_enrolled)
    held = tuple(_of_sessions(asked, criteria, tab=asked.tab, itself=False))
    if asked.session is not None or asked.candidate is not None:
        # Few, and found by an index of their own: their sessions are looked at after that.
        found = page(chosen.where(*_within(asked, held)), applications.c.reference, after, limit)
    elif held or asked.states:
        found = page_of_sessions(chosen, (*held, *_not_without(asked.states)), after, limit, lateral=lateral)
    else:
        found = page(chosen, applications.c.reference, after, limit)
    return _application_rows.where(applications.c.reference.in_(found)).order_by(applications.c.reference)


def waiting(organization: str, ended_from: date) -> Statement:
    """Open applications of an organisation's sessions that ended on a day or later, or have not."""
    due = select(sessions.c.reference).where(
        _holds(organization, Role), sessions.c.end_on >= ended_from.isoformat(), count_of(OPEN_STATES) > 0
    )
    return _application_rows.where(
        applications.c.session.in_(due), applications.c.state.in_(sorted(OPEN_STATES))
    ).order_by(applications.c.reference)


def application_tabs(asked: ApplicationFilter, criteria: AlertCriteria) -> Statement:
    """How many applications each tab has: from the counters, unless it depends on what is in the applications."""
    own = tuple(_of_applications(asked, states=False))
    states = asked.states or tuple(ApplicationState)
    if not own:
        statement = select(*_per_tab(criteria, count_of(states))).select_from(sessions)
    else:
        statement = select(*_per_tab(criteria, 1)).select_from(_enrolled).where(*_of_applications(asked))
    return statement.where(*_of_sessions(asked, criteria, tab=None))


def _of_applications(asked: ApplicationFilter, *, states: bool = True) -> Iterator[Condition]:
    if asked.states and states:
        yield applications.c.state.in_(asked.states)
    if asked.candidate is not None:
        yield applications.c.candidate == asked.candidate
    yield from _found(asked.text, applications.c.search, sessions.c.search, actions.c.search, people.c.search)


def _within(asked: ApplicationFilter, held: Sequence[Condition]) -> Iterator[Condition]:
    if asked.session is not None:
        yield applications.c.session == asked.session
    if held:
        yield applications.c.session.in_(select(sessions.c.reference).where(*held).correlate(None))


def _not_without(states: Collection[ApplicationState]) -> Iterator[Condition]:
    """Sessions that have an application in one of the states, where any is named."""
    if states:
        yield count_of(states) > 0


# Sessions


def sessions_page(asked: SessionFilter, criteria: AlertCriteria, after: str | None, limit: int | None) -> Statement:
    """Sessions with their counts and action."""
    statement = (
        select(sessions.c.data.label("session"), actions.c.data.label("action"), *_counters)
        .join_from(sessions, actions, actions.c.reference == sessions.c.action)
        .where(*_listed_sessions(asked, criteria, tab=asked.tab))
    )
    return page(statement, sessions.c.reference, after, limit)


def session_tabs(asked: SessionFilter, criteria: AlertCriteria) -> Statement:
    """How many sessions each tab has."""
    return (
        select(*_per_tab(criteria, 1))
        .join_from(sessions, actions, actions.c.reference == sessions.c.action)
        .where(*_listed_sessions(asked, criteria, tab=None))
    )


def _listed_sessions(asked: SessionFilter, criteria: AlertCriteria, *, tab: Tab | None) -> Iterator[Condition]:
    yield from _of_sessions(asked, criteria, tab=tab)
    if asked.states:
        yield sessions.c.state.in_(asked.states)
    yield from _found(asked.text, sessions.c.search, actions.c.search)


def _of_sessions(
    asked: ApplicationFilter | SessionFilter, criteria: AlertCriteria, *, tab: Tab | None, itself: bool = True
) -> Iterator[Condition]:
    if tab is not None:
        yield _in_tab(tab, criteria)
    if asked.organization is not None:
        yield _holds(asked.organization, (asked.role,) if asked.role else Role)
    if asked.session_from is not None:
        yield sessions.c.start_on >= asked.session_from.isoformat()
    if asked.session_until is not None:
        yield sessions.c.end_on <= asked.session_until.isoformat()
    if isinstance(asked, SessionFilter):
        if asked.action is not None:
            yield sessions.c.action == asked.action
    elif itself and asked.session is not None:
        yield sessions.c.reference == asked.session


def _in_tab(tab: Tab, criteria: AlertCriteria) -> Condition:
    today = criteria.today.isoformat()
    return sessions.c.end_on < today if tab is Tab.ENDED else sessions.c.end_on >= today


def _per_tab(criteria: AlertCriteria, counted: Any) -> list[ColumnElement[int]]:  # noqa: ANN401 - a number or a column
    return [_sum(_in_tab(tab, criteria), counted).label(tab.value) for tab in Tab]


def _holds(organization: str, roles: Iterable[Role]) -> Condition:
    return or_(*(sessions.c[role.value] == organization for role in roles))


# Actions


def actions_page(asked: ActionFilter, criteria: AlertCriteria, after: str | None, limit: int | None) -> Statement:
    """Actions, and whether they alert."""
    alert = case((_alerts(criteria), 1), else_=0).label("alert")
    statement = select(actions.c.reference, actions.c.data, alert).where(*_listed_actions(asked))
    if asked.tab is not None:
        statement = statement.where(_in_action_tab(asked.tab, criteria))
    return page(statement, actions.c.reference, after, limit)


def sessions_of(page: Statement) -> Statement:
    """The sessions of a page's actions, by action and reference."""
    chosen = page.with_only_columns(actions.c.reference).subquery()
    return (
        select(sessions.c.action, sessions.c.data)
        .where(sessions.c.action.in_(select(chosen.c.reference)))
        .order_by(sessions.c.action, sessions.c.reference)
    )


def action_tabs(asked: ActionFilter, criteria: AlertCriteria) -> Statement:
    """How many actions each tab has; an action stands in one to three."""
    return select(*(_sum(_in_action_tab(tab, criteria), 1).label(tab.value) for tab in ActionTab)).where(
        *_listed_actions(asked)
    )


def _listed_actions(asked: ActionFilter) -> Iterator[Condition]:
    if asked.organization is not None:
        on_session = select(sessions.c.action).where(_holds(asked.organization, Role))
        yield or_(actions.c.responsible == asked.organization, actions.c.reference.in_(on_session))
    yield from _found(asked.text, actions.c.search)


def _in_action_tab(tab: ActionTab, criteria: AlertCriteria) -> Condition:
    if tab is ActionTab.ALERT:
        return _alerts(criteria)
    if tab is ActionTab.PENDING_VALIDATION:
        return actions.c.awaits_validation == 1
    return actions.c.state == tab.value


def _alerts(criteria: AlertCriteria) -> Condition:
    """`policies.alerts.alerts`, for many."""
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


def _found(text: str, *columns: ColumnElement[str]) -> Iterator[Condition]:
    """Every word is in one of the columns."""
    for word in words(text):
        yield or_(*(each.contains(word, autoescape=True) for each in columns))


def _sum(condition: Condition, counted: Any) -> ColumnElement[int]:  # noqa: ANN401 - a number or a column
    return func.coalesce(func.sum(case((condition, counted), else_=0)), 0)
