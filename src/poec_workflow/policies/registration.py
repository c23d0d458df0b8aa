"""Who may still register: the policies of `preregister` (L1)."""

from __future__ import annotations

from poec_workflow.errors import Details
from poec_workflow.model import ActionState, SessionState
from poec_workflow.policies.capacity import counted, quota_of
from poec_workflow.policies.facts import Facts


def action_not_published(_nothing: object, facts: Facts) -> Details | None:
    """An unpublished action takes no new application."""
    action = facts.action
    if action is None or action.state == ActionState.PUBLISHED:
        return None
    return {"action": action.reference, "state": action.state}


def session_complete(_nothing: object, facts: Facts) -> Details | None:
    """The session was declared full."""
    return _session_is(SessionState.COMPLETE, facts)


def session_cancelled(_nothing: object, facts: Facts) -> Details | None:
    """The session will not take place."""
    return _session_is(SessionState.CANCELLED, facts)


def registration_deadline_passed(_nothing: object, facts: Facts) -> Details | None:
    """The day itself is still open [S]."""
    deadline = facts.session.registration_deadline
    return {"deadline": deadline, "today": facts.today} if facts.today > deadline else None


def quota_reached(_nothing: object, facts: Facts) -> Details | None:
    """« On pourra préinscrire au maximum (coefficient x capacité d'accueil) candidats » [S]."""
    session = facts.session
    taken, quota = counted(facts.tally, live=facts.settings.counts_live), quota_of(session)
    if taken < quota:
        return None
    return {
        "counted": taken,
        "quota": quota,
        "capacity": session.capacity,
        "coefficient": session.coefficient,
    }


def already_applied(_nothing: object, facts: Facts) -> Details | None:
    """One open or retained application of a candidate on a session; after any other ending, another [R]."""
    return {"session": facts.session.reference} if facts.candidate_live else None


def _session_is(state: SessionState, facts: Facts) -> Details | None:
    return {"session": facts.session.reference} if facts.session.state == state else None
