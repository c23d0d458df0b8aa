"""Which tab a session or an action stands in where its state does not say so, and which actions are in alert.

Lists over many rows ask these rules through `AlertCriteria`: days that are reckoned here once and compared in a query.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from attrs import frozen

from poec_workflow.model import ActionState, SessionState, TrainingAction, TrainingSession
from poec_workflow.policies.calendar import first_instant
from poec_workflow.policies.capacity import counted, quota_of
from poec_workflow.policies.deadlines import registration_deadlines_near, session_ends_expiring
from poec_workflow.policies.facts import Enrolment
from poec_workflow.policies.settings import Settings
from poec_workflow.views import AlertReason

_GONE = frozenset({ActionState.ARCHIVED, ActionState.DELETED})


@frozen(kw_only=True)
class AlertCriteria:
    """The days and limits of the lists and alerts, as of one day.

    Attributes:
        today: sessions that ended before it are *ended*; the others are current or coming.
        expiring: the first and last session end whose open applications are expiring.
        closing: the first and last registration deadline that is near.
        counts_live: the quota counts open and retained applications, not every one that was registered.
        since: applications of a list were registered at or after this instant; None is any.
    """

    today: date
    expiring: tuple[date, date]
    closing: tuple[date, date]
    counts_live: bool
    since: datetime | None = None


def alert_criteria(today: date, settings: Settings, *, since: date | None = None) -> AlertCriteria:
    """What to look for on a day, in applications that were registered on another one or later."""
    return AlertCriteria(
        today=today,
        expiring=session_ends_expiring(today, settings),
        closing=registration_deadlines_near(today),
        counts_live=settings.counts_live,
        since=None if since is None else first_instant(since, settings.zone),
    )


def is_ended(session: TrainingSession, today: date) -> bool:
    """*Ended*: today > end."""
    return session.end < today


def awaits_validation(action: TrainingAction) -> bool:
    """« En attente de validation »: a certification waits for the platform, and the action is still there [R]."""
    return action.pending_certification is not None and action.state not in _GONE


def is_incomplete(action: TrainingAction) -> bool:
    """Objective, programme or prerequisites is empty [R]."""
    return not (action.objective and action.programme and action.prerequisites)


def closes_half_empty(enrolment: Enrolment, criteria: AlertCriteria) -> bool:
    """Registration closes within 7 days, and half of the quota is unused [R]. Only active sessions register."""
    session = enrolment.session
    first, last = criteria.closing
    used, quota = counted(enrolment.tally, live=criteria.counts_live), quota_of(session)
    near = first <= session.registration_deadline <= last
    return session.state is SessionState.ACTIVE and near and quota - used >= used


def has_expiring(enrolment: Enrolment, criteria: AlertCriteria) -> bool:
    """An open application of the session is expiring."""
    first, last = criteria.expiring
    return enrolment.tally.open > 0 and first <= enrolment.session.end <= last


def alert_reasons(
    action: TrainingAction, enrolments: Collection[Enrolment], criteria: AlertCriteria
) -> tuple[AlertReason, ...]:
    """Why a published action wants looking at: something of it, or of one of its sessions [R]."""
    if action.state is not ActionState.PUBLISHED:
        return ()
    found = {
        AlertReason.INCOMPLETE: is_incomplete(action),
        AlertReason.APPLICATIONS_EXPIRING: any(has_expiring(each, criteria) for each in enrolments),
        AlertReason.QUOTA_UNUSED: any(closes_half_empty(each, criteria) for each in enrolments),
    }
    return tuple(reason for reason, given in found.items() if given)


def alerts(action: TrainingAction, enrolments: Collection[Enrolment], criteria: AlertCriteria) -> bool:
    """« Alerte »: there is a reason."""
    return bool(alert_reasons(action, enrolments, criteria))
