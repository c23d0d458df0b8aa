"""The advice: the policies of `retain` (L9), `reject` (L10) and `withdraw` (L11)."""

from __future__ import annotations

from poec_workflow.commands import Reject, Retain, Withdraw
from poec_workflow.errors import Details
from poec_workflow.model import Application
from poec_workflow.policies.facts import Facts


def entry_outside_window(_application: Application, facts: Facts, command: Retain) -> Details | None:
    """Start ≤ entry ≤ late entry deadline [R]."""
    session = facts.session
    if session.start <= command.entry <= session.late_entry_deadline:
        return None
    return {"entry": command.entry, "earliest": session.start, "latest": session.late_entry_deadline}


def exit_outside_window(_application: Application, facts: Facts, command: Retain) -> Details | None:
    """Entry ≤ exit ≤ end [R]."""
    if command.entry <= command.exit <= facts.session.end:
        return None
    return {"exit": command.exit, "earliest": command.entry, "latest": facts.session.end}


def weekly_hours_out_of_range(_application: Application, facts: Facts, command: Retain) -> Details | None:
    """0 < hours ≤ 48 [R]."""
    most = facts.settings.weekly_hours_max
    if 0 < command.weekly_hours <= most:
        return None
    return {"weekly_hours": command.weekly_hours, "most": most}


def unusual_weekly_hours(_application: Application, facts: Facts, command: Retain) -> Details | None:
    """An advisory: below 8 or above 35 [R]."""
    least, most = facts.settings.usual_weekly_hours
    if least <= command.weekly_hours <= most:
        return None
    return {"weekly_hours": command.weekly_hours, "least": least, "most": most}


def retained_elsewhere(_application: Application, facts: Facts, command: Retain) -> Details | None:
    """An advisory: the candidate is retained on another session for some of the same days [R].

    KAIROS would get two enrolments. The details name the first such application, by reference.
    """
    for other in facts.retained_elsewhere:
        if other.entry and other.exit and other.entry <= command.exit and command.entry <= other.exit:
            return {"application": other.reference, "session": other.session}
    return None


def reserved_motive(_application: Application, facts: Facts, command: Reject) -> Details | None:
    """Some motives are given by rule only."""
    motive = facts.settings.catalogue.motive(command.motive)
    return {"motive": command.motive} if motive is not None and motive.reserved else None


def unknown_motive(_application: Application, facts: Facts, command: Reject) -> Details | None:
    """« indiquez le motif et la raison de ce refus » [S]: the motive is not in the catalogue."""
    return {"motive": command.motive} if facts.settings.catalogue.motive(command.motive) is None else None


def unknown_reason(application: Application, facts: Facts, command: Reject | Withdraw) -> Details | None:
    """The reason is not one of the motive; silent where the motive itself is at fault."""
    if isinstance(command, Reject) and (
        reserved_motive(application, facts, command) or unknown_motive(application, facts, command)
    ):
        return None
    if facts.settings.catalogue.has_reason(command.motive, command.reason):
        return None
    return {"motive": command.motive, "reason": command.reason}
