"""Appointments: the policies of `convoke` (L2) and `move-convocation` (L8)."""

from __future__ import annotations

from datetime import date

from poec_workflow.commands import Convoke, MoveConvocation
from poec_workflow.errors import Details
from poec_workflow.model import Application
from poec_workflow.policies.calendar import later_day, local_day
from poec_workflow.policies.deadlines import advice_deadline
from poec_workflow.policies.facts import Facts


def convocation_limit_reached(application: Application, facts: Facts) -> Details | None:
    """« il peut être convoqué encore à deux reprises » [S]."""
    used, limit = len(application.convocations), facts.settings.max_convocations
    return {"used": used, "limit": limit} if used >= limit else None


def convocation_already_passed(application: Application, facts: Facts) -> Details | None:
    """Its day is past; a slip can be mended on the day that it was entered [R]."""
    if not application.convocations:  # What was imported may have none, and a service's own row may ask.
        return None
    current = application.convocations[-1]
    entered_on = local_day(current.entered_at, facts.settings.zone)
    if facts.today <= current.on or facts.today == entered_on:
        return None
    return {"on": current.on, "entered_on": entered_on, "today": facts.today}


def convocation_not_after_previous(
    application: Application, _facts: Facts, command: Convoke | MoveConvocation
) -> Details | None:
    """Appointments follow one another, a day apart at least; a moved one follows the one before it [R]."""
    previous = _previous(application, command)
    if previous is None or command.on > previous:
        return None
    return {"on": command.on, "previous": previous}


def convocation_before_registration(
    application: Application, facts: Facts, command: Convoke | MoveConvocation
) -> Details | None:
    """Nobody was received before they applied; any other past day may be entered [R]."""
    registered_on = later_day(command.on, application.registered_at, facts.settings.zone)
    return None if registered_on is None else {"on": command.on, "registered_on": registered_on}


def convocation_after_advice_deadline(
    _application: Application, facts: Facts, command: Convoke | MoveConvocation
) -> Details | None:
    """Too late for an advice [R]."""
    deadline = advice_deadline(facts.session, facts.settings)
    return {"on": command.on, "deadline": deadline} if command.on > deadline else None


def convocation_after_late_entry(
    _application: Application, facts: Facts, command: Convoke | MoveConvocation
) -> Details | None:
    """An advisory: on that day it is too late to enter the training."""
    latest = facts.session.late_entry_deadline
    return {"on": command.on, "late_entry_deadline": latest} if command.on > latest else None


def _previous(application: Application, command: Convoke | MoveConvocation) -> date | None:
    before = application.convocations[:-1] if isinstance(command, MoveConvocation) else application.convocations
    return before[-1].on if before else None
