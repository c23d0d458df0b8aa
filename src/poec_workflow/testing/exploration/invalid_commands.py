"""Commands that must be refused whatever else exists, with one thing wrong in each."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from poec_workflow import commands
from poec_workflow.commands import Command
from poec_workflow.model import Application
from poec_workflow.testing.exploration.bounds import after
from poec_workflow.testing.exploration.sample_commands import SampleCommands
from poec_workflow.testing.exploration.state_space import ACTION, SESSION, Node


def invalid_commands(node: Node, samples: SampleCommands) -> Iterator[Command]:
    """Yield commands with one thing wrong, to all that exists or could."""
    if node.action is None:
        yield samples.create_action(title="")
        return
    yield commands.EnrichAction(ACTION, changes={"title": "[POEC] Maçon"})
    yield commands.CorrectAction(ACTION, title="")
    yield commands.ApproveCertification(ACTION)
    yield from _to_session(samples) if node.session is not None else _creating_a_session(samples)
    for each in node.applications:
        yield from _to_application(each, samples)


def _creating_a_session(samples: SampleCommands) -> Iterator[Command]:
    calendar, settings = samples.calendar, samples.settings
    too_late = after(calendar.late_entry)
    wrong: tuple[dict[str, Any], ...] = (
        {"capacity": 0},
        {"coefficient": settings.coefficient_min - 1},
        {"coefficient": settings.coefficient_max + 1},
        {"start": too_late},
        {"registration_deadline": too_late},
        {"late_entry_deadline": after(calendar.end)},
        {"minimum_headcount": min(samples.bounds.capacities) + 1},
        {"minimum_headcount": -1},
        {"information_dates": (calendar.days[0],) * 4},
    )
    return (samples.create_session(**each) for each in wrong)


def _to_session(samples: SampleCommands) -> Iterator[Command]:
    calendar, settings = samples.calendar, samples.settings
    before = after(calendar.days[0], -1)
    yield commands.SetRegistrationDeadline(SESSION, on=after(calendar.late_entry))
    yield commands.SetRegistrationDeadline(SESSION, on=after(calendar.end))
    yield commands.SetRegistrationDeadline(SESSION, on=calendar.start, late_entry_deadline=before)
    yield commands.SetCoefficient(SESSION, coefficient=settings.coefficient_min - 1)
    yield commands.SetCoefficient(SESSION, coefficient=settings.coefficient_max + 1)
    yield commands.SetCapacity(SESSION, capacity=0)
    yield commands.SetInformationDates(SESSION, dates=(calendar.days[0],) * 4)
    yield commands.CorrectSession(SESSION, minimum_headcount=-1)
    yield samples.reschedule(end=before)


def _to_application(application: Application, samples: SampleCommands) -> Iterator[Command]:
    reference, calendar, settings = application.reference, samples.calendar, samples.settings
    used = (each.on for each in application.convocations)
    for day in sorted({after(calendar.days[0], -1), after(calendar.deadline), *used}):
        yield commands.Convoke(reference, on=day)
        yield commands.MoveConvocation(reference, on=day)
    yield samples.retain(reference, entry=after(calendar.start, -1))
    yield samples.retain(reference, entry=after(calendar.late_entry))
    yield samples.retain(reference, exit=after(calendar.start, -1))
    yield samples.retain(reference, exit=after(calendar.end))
    yield samples.retain(reference, weekly_hours=Decimal(0))
    yield samples.retain(reference, weekly_hours=settings.weekly_hours_max + 1)
    for motive in settings.catalogue.motives:
        if motive.reserved and motive.reasons:
            yield samples.reject(reference, motive=motive.code, reason=motive.reasons[0].code)
    yield samples.reject(reference, motive="no-such-motive")
    yield samples.reject(reference, reason="no-such-reason")
    yield commands.Withdraw(reference, reason="no-such-reason")
