"""What may be written into a session and an action: dates, titles, texts, certification."""

from __future__ import annotations

from poec_workflow.commands import (
    CreateAction,
    CreateSession,
    EnrichAction,
    RescheduleSession,
    SetInformationDates,
    SetRegistrationDeadline,
)
from poec_workflow.errors import Details
from poec_workflow.model import ActionState, TrainingAction, TrainingSession
from poec_workflow.policies.facts import Facts

TITLE_PREFIX = "[POEC]"
EDITABLE = (
    "objective",
    "programme",
    "certification",
    "durations",
    "regulatory_conditions",
    "prerequisites",
)
"""What training bodies may change; « les champs concernés seront grisés » says the source of all else [S]."""
MAX_INFORMATION_DATES = 3


def action_not_available(_nothing: object, facts: Facts) -> Details | None:
    """An archived or deleted action takes no new session (S1)."""
    action = facts.action
    if action is None or action.state not in (ActionState.ARCHIVED, ActionState.DELETED):
        return None
    return {"action": action.reference, "state": action.state}


def session_dates_out_of_order(
    session: TrainingSession | None,
    _facts: Facts,
    command: CreateSession | RescheduleSession | SetRegistrationDeadline,
) -> Details | None:
    """Registration deadline ≤ late entry deadline, and start ≤ late entry deadline ≤ end (S1, S2, S6)."""
    if isinstance(command, SetRegistrationDeadline):
        assert session is not None  # noqa: S101 - S2 has a session
        start, end, registration = session.start, session.end, command.on
        # Without a new late entry deadline only the end binds: `late-entry-must-change` says the rest.
        late_entry = command.late_entry_deadline or max(session.late_entry_deadline, registration)
    else:
        start, end, registration = command.start, command.end, command.registration_deadline
        late_entry = command.late_entry_deadline
    if registration <= late_entry and start <= late_entry <= end:
        return None
    return {
        "start": start,
        "end": end,
        "registration_deadline": registration,
        "late_entry_deadline": late_entry,
    }


def late_entry_must_change(session: TrainingSession, _facts: Facts, command: SetRegistrationDeadline) -> Details | None:
    """The source's pop-up: confirmed by sending both dates [S]."""
    if command.late_entry_deadline is not None or command.on <= session.late_entry_deadline:
        return None
    return {
        "on": command.on,
        "late_entry_deadline": session.late_entry_deadline,
        "earliest": max(command.on, session.start),
    }


def too_many_information_dates(
    _session: TrainingSession | None, _facts: Facts, command: CreateSession | SetInformationDates
) -> Details | None:
    """The form has three fields [S]; any order, repeats allowed."""
    dates = command.dates if isinstance(command, SetInformationDates) else command.information_dates
    if len(dates) <= MAX_INFORMATION_DATES:
        return None
    return {"count": len(dates), "most": MAX_INFORMATION_DATES}


def title_without_poec_prefix(_nothing: object, _facts: Facts, command: CreateAction) -> Details | None:
    """« reconnaissables par leur intitulé qui débutera par : [POEC] » [S]."""
    return None if command.title.startswith(TITLE_PREFIX) else {"title": command.title, "prefix": TITLE_PREFIX}


def field_not_editable(_action: TrainingAction, _facts: Facts, command: EnrichAction) -> Details | None:
    """All but the six fields are the funder's and the platform's [S]."""
    others = tuple(sorted(name for name in command.changes if name not in EDITABLE))
    return {"fields": others} if others else None


def no_pending_certification(action: TrainingAction, _facts: Facts) -> Details | None:
    """There is nothing to approve or decline."""
    return {"certification": action.certification} if action.pending_certification is None else None
