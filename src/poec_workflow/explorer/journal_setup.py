"""The commands that make a journal's world: an action, its session, and the others who apply to it.

They are real requests, written as the wire has them; names in braces are filled in by the page.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from poec_workflow import commands
from poec_workflow.catalogue import WITHDRAWAL
from poec_workflow.commands import Command
from poec_workflow.explorer.dimensions import END, LATE_ENTRY, REGISTRATION_DEADLINE, START
from poec_workflow.explorer.sample_case import World
from poec_workflow.model import Actor, ActorKind, Candidate, Origin, Prescriber
from poec_workflow.serialization import to_dict

_PLATFORM = Actor(kind=ActorKind.PLATFORM, organization="CAP")
_TRAINER = Actor(kind=ActorKind.ORGANIZATION, organization="AFEC")
CAUSES = {"refuse-session-full": "declare-session-full", "cancel": "cancel-session"}
"""The session's command that an application's ending comes from: in a journal it stands in its place."""

ACTION, SESSION, CAPACITY = "{action}", "{session}", "{capacity}"
APPLICATION, CANDIDATE = "{application}", "{candidate}"


def stage(world: World, first_day: date) -> dict[str, Any]:
    """The lines of a journal by their command's type, and the numbers that the page counts others with."""
    at = world.instant(first_day).isoformat()
    lines = {
        command.type: {"at": at, **without_nulls({"actor": to_dict(actor), "command": to_dict(command)})}
        for actor, command in (
            *((_PLATFORM, command) for command in _of_the_platform(world)),
            *((_TRAINER, command) for command in _of_the_trainer(world, first_day)),
        )
    }
    for name in ("create-session", "set-capacity"):
        lines[name]["command"]["capacity"] = CAPACITY
    return {
        "lines": lines,
        "causes": CAUSES,
        "capacity": world.capacity,
        "coefficient": world.coefficient,
        "overbooking": world.settings.overbooking,
        "live": world.settings.counts_live,
        "withdraws": world.settings.catalogue.has_reason(WITHDRAWAL, world.dimensions["reason"][0].value),
    }


def _of_the_platform(world: World) -> tuple[Command, ...]:
    return (
        commands.CreateAction(ACTION, title="[POEC] Soudeur", funder="OPCO", responsible="INFA"),
        commands.CreateSession(
            SESSION,
            action=ACTION,
            start=START,
            end=END,
            place="Agen",
            responsible="INFA",
            positioner="GRETA",
            trainer="AFEC",
            capacity=world.capacity,
            coefficient=world.coefficient,
            registration_deadline=REGISTRATION_DEADLINE,
            late_entry_deadline=LATE_ENTRY,
        ),
        commands.PublishAction(ACTION),
        commands.ArchiveAction(ACTION),
        commands.RestoreAction(ACTION),
        commands.DeleteAction(ACTION),
        commands.SetCapacity(SESSION, capacity=world.capacity),
        commands.DeclareSessionFull(SESSION),
        commands.CancelSession(SESSION, reason="Trop peu d'inscrits"),
        commands.Preregister(
            APPLICATION,
            session=SESSION,
            candidate=Candidate(reference=CANDIDATE, name=CANDIDATE),
            prescriber=Prescriber(origin=Origin.OTHER),
        ),
    )


def _of_the_trainer(world: World, first_day: date) -> tuple[Command, ...]:
    hours = [option.value for option in world.dimensions["hours"] if option.value <= world.settings.weekly_hours_max][
        -1
    ]
    usable = world.dimensions["reason"][0].value
    return (
        commands.Convoke(APPLICATION, on=first_day),
        commands.RecordPresence(APPLICATION),
        commands.Retain(APPLICATION, entry=START, exit=END, weekly_hours=hours),
        commands.Withdraw(APPLICATION, reason=usable),
    )


def without_nulls(value: Any) -> Any:  # noqa: ANN401 - JSON
    """JSON-ready data without the fields that are absent, which null says too."""
    if isinstance(value, dict):
        return {name: without_nulls(each) for name, each in value.items() if each is not None}
    return value
