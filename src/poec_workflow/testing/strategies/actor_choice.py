"""Who gives a command: those around it who may, and those who may not."""

from __future__ import annotations

from attrs import evolve

from poec_workflow import commands
from poec_workflow.commands import Command
from poec_workflow.machines import LIFECYCLES
from poec_workflow.model import SYSTEM, Actor, ActorKind, Application, TrainingSession
from poec_workflow.policies.access import permitted
from poec_workflow.testing.strategies.known_subjects import World


def actors_for(world: World, command: Command, *, astray: bool) -> list[Actor]:
    """Who may, of everybody around the command; for a stray everybody, who may more often."""
    everybody = _around(world, command)
    subject = world.subject(command.kind, command.reference)
    lifecycle = LIFECYCLES[command.kind]
    facts = world.facts(command, SYSTEM)
    if not (
        facts.know(lifecycle.parent)
        if subject is None and lifecycle.parent
        else subject or lifecycle.creates(type(command))
    ):
        return everybody
    grants = facts.settings.permissions[type(command)]
    may = [each for each in everybody if permitted(grants, subject, evolve(facts, actor=each), command)]
    return may + (may * 8 + everybody) * astray or everybody


def _around(world: World, command: Command) -> list[Actor]:
    session: TrainingSession | None = None
    candidate, prescriber = "P-9", "FT"
    subject = world.subject(command.kind, command.reference)
    match subject, command:
        case Application() as own, _:
            session, candidate = world.snapshot.session(own.session), own.candidate
        case TrainingSession() as own, _:
            session = own
        case _, commands.Preregister() as asked:
            session, candidate = world.snapshot.session(asked.session), asked.candidate.reference
    organizations = [session.trainer, session.positioner, session.responsible] if session else ["TRAIN", "RESP"]
    return [
        Actor(kind=ActorKind.PLATFORM, organization="CAP"),
        *(Actor(kind=ActorKind.ORGANIZATION, organization=each) for each in dict.fromkeys(organizations)),
        Actor(kind=ActorKind.ADVISER, organization=prescriber),
        Actor(kind=ActorKind.CANDIDATE, candidate=candidate),
        Actor(kind=ActorKind.FUNDER, organization="OPCO"),
        SYSTEM,
        Actor(kind=ActorKind.ORGANIZATION, organization="NOBODY"),
        Actor(kind=ActorKind.ADVISER, organization="NOBODY"),
        Actor(kind=ActorKind.CANDIDATE, candidate="P-0"),
    ]
