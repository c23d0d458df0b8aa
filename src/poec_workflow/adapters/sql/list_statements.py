"""SQL of the sessions and actions lists and of their tabs: filters, orders, keyset pages.

`policies.alerts` defines an alert; the conditions here that repeat it are tested against it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import and_, bindparam, case, exists, or_, select

from poec_workflow.adapters.sql.list_conditions import (
    ENDS_EXPIRING,
    IS_PUBLISHED,
    ORGANIZATION,
    Condition,
    Statement,
    count_per_tab,
    holds_role,
    session_conditions,
    sum_where,
    text_match,
)
from poec_workflow.adapters.sql.paging import AFTER, Keyset, page
from poec_workflow.adapters.sql.schema import COUNTS, actions, count_of, sessions
from poec_workflow.adapters.sql.session_order_paging import SESSION_DAYS, SessionOrder, page_of_sessions_by
from poec_workflow.model import LIVE_STATES, OPEN_STATES, Role, SessionState
from poec_workflow.policies.alerts import AlertCriteria
from poec_workflow.views import ActionFilter, ActionTab, AlertReason, SessionFilter, Sort, Span, Tab

_counters = tuple(sessions.c[name] for name in COUNTS)

# Sessions


def sessions_page(filter_: SessionFilter, span: Span) -> Statement:
    """Sessions with their counts and action."""
    statement = (
        select(sessions.c.data.label("session"), actions.c.data.label("action"), *_counters)
        .join_from(sessions, actions, actions.c.reference == sessions.c.action)
        .where(*_session_list(filter_, tab=filter_.tab))
    )
    if span.sort is Sort.REFERENCE:
        return page(statement, Keyset(sessions.c.reference, descending=span.descending), AFTER, span.limit)
    column = "place_key" if span.sort is Sort.PLACE else SESSION_DAYS[span.sort]
    return page_of_sessions_by(column, statement, SessionOrder(descending=span.descending), span.limit)


def session_tabs(filter_: SessionFilter) -> Statement:
    """How many sessions each tab has."""
    return (
        select(*count_per_tab(1))
        .join_from(sessions, actions, actions.c.reference == sessions.c.action)
        .where(*_session_list(filter_, tab=None))
    )


def _session_list(filter_: SessionFilter, *, tab: Tab | None) -> Iterator[Condition]:
    yield from session_conditions(filter_, tab=tab)
    if filter_.states:
        yield sessions.c.state.in_(filter_.states)
    yield from text_match(filter_.text, sessions.c.search, actions.c.search)


# Actions


def actions_page(filter_: ActionFilter, criteria: AlertCriteria, span: Span) -> Statement:
    """A page of the actions list, each with a flag for every reason of an alert, as they are named."""
    reasons = (
        case((condition, 1), else_=0).label(reason.name) for reason, condition in _alert_reasons(criteria).items()
    )
    statement = select(actions.c.reference, actions.c.data, *reasons).where(*_action_list(filter_))
    if filter_.tab is not None:
        statement = statement.where(_in_action_tab(filter_.tab, criteria))
    return page(statement, Keyset(actions.c.reference, descending=span.descending), AFTER, span.limit)


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
    return select(*(sum_where(_in_action_tab(tab, criteria), 1).label(tab.value) for tab in ActionTab)).where(
        *_action_list(filter_)
    )


def _action_list(filter_: ActionFilter) -> Iterator[Condition]:
    if filter_.organization is not None:
        on_session = select(sessions.c.action).where(holds_role(ORGANIZATION, Role))
        yield or_(actions.c.responsible == ORGANIZATION, actions.c.reference.in_(on_session))
    if filter_.funder is not None:
        yield actions.c.funder == bindparam("funder")
    yield from text_match(filter_.text, actions.c.search)


def _in_action_tab(tab: ActionTab, criteria: AlertCriteria) -> Condition:
    if tab is ActionTab.ALERT:
        return _alerts(criteria)
    if tab is ActionTab.PENDING_VALIDATION:
        return actions.c.awaits_validation == 1
    return actions.c.state == tab.value


def alerts_of(row: Any) -> tuple[AlertReason, ...]:  # noqa: ANN401 - a row of a page of actions
    """Why an action is in alert."""
    return tuple(each for each in AlertReason if getattr(row, each.name))


def _alerts(criteria: AlertCriteria) -> Condition:
    """`policies.alerts.alerts` as a condition on the actions table."""
    return or_(*_alert_reasons(criteria).values())


def _alert_reasons(criteria: AlertCriteria) -> Mapping[AlertReason, Condition]:
    """`policies.alerts.alert_reasons` as conditions on the actions table."""
    expiring = and_(ENDS_EXPIRING, count_of(OPEN_STATES) > 0)
    first, last = (each.isoformat() for each in criteria.closing)
    counted = count_of(LIVE_STATES) if criteria.counts_live else sessions.c.registered
    closing = and_(
        sessions.c.state == SessionState.ACTIVE.value,
        sessions.c.registration_deadline.between(first, last),
        sessions.c.quota - counted >= counted,
    )
    of_action = sessions.c.action == actions.c.reference
    return {
        AlertReason.INCOMPLETE: and_(IS_PUBLISHED, actions.c.incomplete == 1),
        AlertReason.APPLICATIONS_EXPIRING: and_(IS_PUBLISHED, exists().where(of_action, expiring)),
        AlertReason.QUOTA_UNUSED: and_(IS_PUBLISHED, exists().where(of_action, closing)),
    }
