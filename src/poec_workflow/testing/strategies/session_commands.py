"""How the commands to sessions and actions are drawn."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from poec_workflow import commands
from poec_workflow.commands import Command
from poec_workflow.model import SubjectKind
from poec_workflow.testing.strategies.drafts import DAY, Draft, Made, Maker, plain


def _create_action(draft: Draft, reference: str) -> Made:
    return commands.CreateAction(
        reference,
        title=draft.pick("[POEC] Soudeur", bad=("Soudeur", " [POEC] Soudeur")),
        funder="OPCO",
        responsible="RESP",
        certification=draft.pick(None, "CléA"),
    ), draft.world.now


def _enrich(draft: Draft, reference: str) -> Made:
    changes = draft.pick(
        {"certification": "CléA"},
        {},
        {"programme": "Gestes et postures"},
        {"certification": ""},
        bad=({"title": "[POEC] Autre"},),
    )
    return commands.EnrichAction(reference, changes=changes), draft.world.now


def _dates(draft: Draft, first: date) -> dict[str, Any]:
    """Days of a session that starts about a day."""
    start = draft.days(first + 10 * DAY, first + 2 * DAY, first)
    late = start + draft.pick(5, 0) * DAY
    return {
        "start": start,
        "end": late + draft.pick(15, 0, bad=(-1, -6)) * DAY,
        "registration_deadline": late - draft.pick(0, 5, bad=(-1,)) * DAY,
        "late_entry_deadline": late,
    }


def _create_session(draft: Draft, reference: str) -> Made:
    world = draft.world
    actions = world.of(SubjectKind.ACTION)
    under = draft.subject if draft.subject in actions else (actions[0] if actions else None)
    capacity = draft.pick(1, 1, 2, 3, bad=(0,))
    return commands.CreateSession(
        reference,
        action=under.reference if under else "A-0",
        place="Agen",
        responsible="RESP",
        positioner="POS",
        trainer="TRAIN",
        capacity=capacity,
        coefficient=_coefficient(draft),
        minimum_headcount=draft.pick(0, capacity, bad=(-1, capacity + 1)),
        information_dates=(world.today,) * draft.pick(0, 3, bad=(4,)),
        **_dates(draft, world.today),
    ), world.now


def _coefficient(draft: Draft) -> Any:  # noqa: ANN401 - an integer
    least, most = draft.world.settings.coefficient_min, draft.world.settings.coefficient_max
    return draft.pick(least, least, min(least + 1, most), most, bad=(least - 1, most + 1))


def _closing(draft: Draft, reference: str) -> Made:
    today, session = draft.world.today, draft.session
    latest = session.late_entry_deadline if session else today
    last = session.end if session else today
    on, late = draft.pick(
        (latest, None),
        (min(today, latest), None),
        (min(today - DAY, latest), None),
        (last, last),
        bad=((latest + DAY, None), (last + DAY, None), (last + DAY, last), (latest, last + DAY), (latest, today)),
    )
    return commands.SetRegistrationDeadline(reference, on=on, late_entry_deadline=late), draft.world.now


def _set_coefficient(draft: Draft, reference: str) -> Made:
    return commands.SetCoefficient(reference, coefficient=_coefficient(draft)), draft.world.now


def _set_capacity(draft: Draft, reference: str) -> Made:
    world, session = draft.world, draft.session
    retained = session.capacity + world.settings.overbooking - world.seats_left(session) if session else 0
    least = max(1, retained - world.settings.overbooking)
    capacity = draft.pick(least + 1, least, least + 2, bad=(least - 1, 0))
    return commands.SetCapacity(reference, capacity=capacity), world.now


def _set_information_dates(draft: Draft, reference: str) -> Made:
    dates = (draft.world.today,) * draft.pick(0, 1, 3, bad=(4,))
    return commands.SetInformationDates(reference, dates=dates), draft.world.now


def _reschedule(draft: Draft, reference: str) -> Made:
    """Other dates: from today on, or so long ago that whoever is open now is, or just is not, overdue."""
    world = draft.world
    grace = world.settings.grace_days * DAY
    first = draft.days(world.today, world.today - grace - 40 * DAY, world.today - grace - 20 * DAY)
    return commands.RescheduleSession(reference, **_dates(draft, first)), world.now


def _reassign(draft: Draft, reference: str) -> Made:
    trainer, positioner = draft.pick("OTHER", "TRAIN", None), draft.pick(None, "POS", "OTHER")
    return commands.ReassignSession(reference, trainer=trainer, positioner=positioner), draft.world.now


def _cancel_session(draft: Draft, reference: str) -> Made:
    return commands.CancelSession(reference, reason="Trop peu d'inscrits"), draft.world.now


MAKERS: Mapping[type[Command], Maker] = {
    commands.CreateSession: _create_session,
    commands.SetRegistrationDeadline: _closing,
    commands.SetCoefficient: _set_coefficient,
    commands.SetCapacity: _set_capacity,
    commands.SetInformationDates: _set_information_dates,
    commands.RescheduleSession: _reschedule,
    commands.ReassignSession: _reassign,
    commands.CancelSession: _cancel_session,
    commands.CreateAction: _create_action,
    commands.EnrichAction: _enrich,
    **{
        kind: plain(kind)
        for kind in (
            commands.DeclareSessionFull,
            commands.ReopenSession,
            commands.ApproveCertification,
            commands.DeclineCertification,
            commands.PublishAction,
            commands.ArchiveAction,
            commands.RestoreAction,
            commands.DeleteAction,
        )
    },
}
"""Each by its type."""
