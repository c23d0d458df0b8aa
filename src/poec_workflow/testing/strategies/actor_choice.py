"""Who gives a command: those around it who may, and those who may not."""

from __future__ import annotations

from attrs import evolve

from poec_workflow.commands import Command, Preregister
from poec_workflow.model import SYSTEM, Actor, ActorKind, Application
from poec_workflow.policies.access import permitted
from poec_workflow.testing.strategies.drawing_context import DrawingContext


def actors_for(world: DrawingContext, command: Command, *, astray: bool) -> list[Actor]:
    """List who may, of everybody around a command; for a stray everybody, who may more often."""
    everybody = _around(world, command)
    subject = world.snapshot.subject(command.subject_kind, command.reference)
    lifecycle = world.lifecycles[command.subject_kind]
    facts = world.snapshot.facts(command, SYSTEM, world.now, world.settings)
    creates = lifecycle.creates(type(command))
    if subject is None and not (facts.know(lifecycle.parent) if lifecycle.parent else creates):
        return everybody
    row = lifecycle.executor.choose(subject, facts, command) if lifecycle.permits else None
    grants = (row.permit if row else ()) or facts.settings.permissions[type(command)]
    may = [each for each in everybody if permitted(grants, subject, evolve(facts, actor=each), command)]
    return may + (may * 8 + everybody) * astray or everybody


def _around(world: DrawingContext, command: Command) -> list[Actor]:
    subject = world.snapshot.subject(command.subject_kind, command.reference)
    action, session = world.snapshot.around(subject, command)
    candidate = "P-9"
    if isinstance(subject, Application):
        candidate = subject.candidate
    elif isinstance(command, Preregister):
        candidate = command.candidate.reference
    organizations = [session.trainer, session.positioner, session.responsible] if session else ["TRAIN", "RESP"]
    return [
        Actor(kind=ActorKind.PLATFORM, organization="CAP"),
        *(Actor(kind=ActorKind.ORGANIZATION, organization=each) for each in dict.fromkeys(organizations)),
        Actor(kind=ActorKind.ADVISER, organization="FT"),
        Actor(kind=ActorKind.CANDIDATE, candidate=candidate),
        Actor(kind=ActorKind.FUNDER, organization=action.funder if action else "OPCO"),
        SYSTEM,
        Actor(kind=ActorKind.ORGANIZATION, organization="NOBODY"),
        Actor(kind=ActorKind.ADVISER, organization="NOBODY"),
        Actor(kind=ActorKind.FUNDER, organization="NOBODY"),
        Actor(kind=ActorKind.CANDIDATE, candidate="P-0"),
    ]
