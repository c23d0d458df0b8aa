"""What must be refused whatever else there is, one thing wrong in each; asked where few applications are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from poec_workflow import commands
from poec_workflow.commands import Command
from poec_workflow.model import Application
from poec_workflow.testing.exploration.bounds import after
from poec_workflow.testing.exploration.sample_commands import Script
from poec_workflow.testing.exploration.small_world import ACTION, SESSION, World


def wrong_commands(world: World, script: Script) -> Iterator[Command]:
    """Commands with one thing wrong, to all that exists in a world or could."""
    yield from _to_action(world, script)
    if world.action is not None:
        yield from _to_session(world, script)
    for each in world.applications:
        yield from _to_application(each, script)


def _to_action(world: World, script: Script) -> Iterator[Command]:
    if world.action is None:
        yield script.creation(title="Soudeur")
    else:
        yield commands.EnrichAction(ACTION, changes={"title": "[POEC] Maçon"})
        yield commands.ApproveCertification(ACTION)


def _to_session(world: World, script: Script) -> Iterator[Command]:
    calendar, settings = script.calendar, script.settings
    too_late, before, many = after(calendar.late_entry), after(calendar.days[0], -1), (calendar.days[0],) * 4
    coefficients = (settings.coefficient_min - 1, settings.coefficient_max + 1)
    if world.session is None:
        wrong: tuple[dict[str, Any], ...] = (
            {"capacity": 0},
            *({"coefficient": each} for each in coefficients),
            {"start": too_late},
            {"registration_deadline": too_late},
            {"late_entry_deadline": after(calendar.end)},
            {"minimum_headcount": min(script.bounds.capacities) + 1},
            {"minimum_headcount": -1},
            {"information_dates": many},
        )
        yield from (script.opening(**each) for each in wrong)
        return
    yield commands.SetRegistrationDeadline(SESSION, on=too_late)
    yield commands.SetRegistrationDeadline(SESSION, on=after(calendar.end))
    yield commands.SetRegistrationDeadline(SESSION, on=calendar.start, late_entry_deadline=before)
    yield from (commands.SetCoefficient(SESSION, coefficient=each) for each in coefficients)
    yield commands.SetCapacity(SESSION, capacity=0)
    yield commands.SetInformationDates(SESSION, dates=many)
    yield script.rescheduling(end=before)


def _to_application(application: Application, script: Script) -> Iterator[Command]:
    reference, calendar = application.reference, script.calendar
    used = (each.on for each in application.convocations)
    for day in sorted({after(calendar.days[0], -1), after(calendar.deadline), *used}):
        yield commands.Convoke(reference, on=day)
        yield commands.MoveConvocation(reference, on=day)
    yield from _wrong_advices(reference, script)


def _wrong_advices(reference: str, script: Script) -> Iterator[Command]:
    calendar, most = script.calendar, script.settings.weekly_hours_max
    days: tuple[tuple[str, date], ...] = (
        ("entry", after(calendar.start, -1)),
        ("entry", after(calendar.late_entry)),
        ("exit", after(calendar.start, -1)),
        ("exit", after(calendar.end)),
    )
    yield from (script.advice_for(reference, **{name: day}) for name, day in days)
    yield from (script.advice_for(reference, weekly_hours=hours) for hours in (Decimal(0), most + 1))
    for motive in script.settings.catalogue.motives:
        if motive.reserved and motive.reasons:
            yield script.advice_against(reference, motive=motive.code, reason=motive.reasons[0].code)
    yield script.advice_against(reference, motive="no-such-motive")
    yield script.advice_against(reference, reason="no-such-reason")
    yield commands.Withdraw(reference, reason="no-such-reason")
