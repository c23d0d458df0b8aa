"""When an application may be ended with its session (L13, L14), and when open ones keep an action from ending."""

from __future__ import annotations

from poec_workflow.errors import Details
from poec_workflow.model import Application, SessionState, TrainingAction
from poec_workflow.policies.deadlines import is_overdue
from poec_workflow.policies.facts import Facts


def session_not_complete(_application: Application, facts: Facts) -> Details | None:
    """L13 comes from a complete session only."""
    return _unless(SessionState.COMPLETE, facts)


def session_not_cancelled(_application: Application, facts: Facts) -> Details | None:
    """L14 comes from a cancelled session only."""
    return _unless(SessionState.CANCELLED, facts)


def open_applications_remain(_action: TrainingAction, facts: Facts) -> Details | None:
    """Somebody still waits; overdue applications count as ended, for this command expires them first [R]."""
    waiting = {
        each.session.reference: each.tally.open
        for each in facts.enrolments
        if each.tally.open and not is_overdue(each.session, facts.today, facts.settings)
    }
    return {"count": sum(waiting.values()), "sessions": tuple(sorted(waiting))} if waiting else None


def _unless(state: SessionState, facts: Facts) -> Details | None:
    session = facts.session
    return {"session": session.reference, "state": session.state} if session.state != state else None
