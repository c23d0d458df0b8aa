"""The dates of a session: the policies of S1, S2, S5 and S6."""

from __future__ import annotations

from poec_workflow.commands import CreateSession, RescheduleSession, SetInformationDates, SetRegistrationDeadline
from poec_workflow.errors import Details
from poec_workflow.model import TrainingSession
from poec_workflow.policies.facts import Facts

MAX_INFORMATION_DATES = 3


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
