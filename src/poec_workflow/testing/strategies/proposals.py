"""Commands to a world, drawn from what its tables have in their states now, with fields that are mostly accepted.

The simplest choice everywhere is the shortest way to a retained candidate, so that what fails shrinks towards it.
A *stray* is the contrary: any command to anybody by anybody, with fields about the limits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from attrs import evolve
from hypothesis import strategies as st

from poec_workflow import commands
from poec_workflow.commands import COMMANDS, Command, Request
from poec_workflow.machines import LIFECYCLES
from poec_workflow.model import (
    OPEN_STATES,
    SYSTEM,
    ActionState,
    Actor,
    ActorKind,
    Application,
    SubjectKind,
    TrainingAction,
    TrainingSession,
)
from poec_workflow.policies.access import permitted
from poec_workflow.testing.strategies.drafting import MAKERS, Draft
from poec_workflow.testing.strategies.world import World
from poec_workflow.testing.trial import Step, Sweep

MOST = {SubjectKind.ACTION: 2, SubjectKind.SESSION: 8, SubjectKind.APPLICATION: 12}
"""How many subjects of a kind are proposed at most."""
LETTERS = {SubjectKind.ACTION: "A", SubjectKind.SESSION: "S", SubjectKind.APPLICATION: "C"}

_WEIGHTS: Mapping[type[Command], int] = {
    commands.PublishAction: 6,
    commands.Retain: 20,
    commands.RecordPresence: 20,
    commands.Convoke: 24,
    commands.Preregister: 30,
    commands.RecordAbsence: 12,
    commands.DeclareSessionFull: 8,
    commands.ReopenSession: 6,
    commands.SetCapacity: 2,
    commands.Expire: 2,
    commands.MoveConvocation: 3,
    commands.CorrectAttendance: 4,
    commands.Reject: 4,
    commands.Withdraw: 4,
    commands.CancelSession: 1,
    commands.RescheduleSession: 1,
    commands.SetRegistrationDeadline: 1,
    commands.SetCoefficient: 1,
    commands.SetInformationDates: 1,
    commands.ReassignSession: 1,
    commands.EnrichAction: 1,
    commands.ApproveCertification: 1,
    commands.DeclineCertification: 1,
    commands.ArchiveAction: 1,
    commands.RestoreAction: 4,
    commands.DeleteAction: 1,
    commands.CreateSession: 1,
    commands.CreateAction: 1,
}
"""How often each is proposed; the first that can be carried out is the simplest. `refuse-session-full` and `cancel`
never succeed alone, and are strays."""


@st.composite
def proposals(draw: st.DrawFn, world: World) -> Request:
    """A command that the tables have now, by somebody who may, mostly accepted."""
    choices = _choices(world, ripe=True)
    kinds = [kind for kind, weight in _weights(world, choices) if choices.get(kind) for _ in range(weight)]
    kind = draw(st.sampled_from(kinds))
    subject = draw(st.sampled_from(choices[kind]))
    return _request(draw, world, kind, subject)


@st.composite
def limits(draw: st.DrawFn, world: World) -> Request:
    """A command that the tables have now, by somebody who may, with something in its way: the world, or a field."""
    ripe = _choices(world, ripe=True)
    unripe = {
        kind: [each for each in subjects if each not in ripe.get(kind, ())]
        for kind, subjects in _choices(world, ripe=False).items()
    }
    by_world = any(unripe.values()) and draw(st.booleans())
    choices = unripe if by_world else ripe
    # What stands in the way of the world is rare each; fields are tried as often as their commands are.
    weights = [(each, 1) for each in _WEIGHTS] if by_world else _WEIGHTS.items()
    kind = draw(st.sampled_from([each for each, weight in weights for _ in range(weight) if choices.get(each)]))
    return _request(draw, world, kind, draw(st.sampled_from(choices[kind])), wild=not by_world)


@st.composite
def strays(draw: st.DrawFn, world: World) -> Request:
    """Any command to any subject by anybody, with fields about the limits; mostly to one that is there."""
    kinds = list(COMMANDS.values())
    there = [each for each in kinds if world.of(each.kind)]
    kind = draw(st.sampled_from(there * 6 + kinds))
    lifecycle = LIFECYCLES[kind.kind]
    known = world.of(kind.kind)
    if lifecycle.creates(kind):
        known = [*(world.of(lifecycle.parent) * 3 if lifecycle.parent else [None]), *known]
    return _request(draw, world, kind, draw(st.sampled_from([*known * 4, None])), wild=True, astray=True)


@st.composite
def requests_to(draw: st.DrawFn, world: World, keyed: Sequence[Request] = ()) -> Request:
    """A line of a journal: mostly a proposal, now or later; else at a limit, astray, or what was sent with a key."""
    later = world.at(draw(_waits(world)))
    kind = draw(st.sampled_from(["proposal"] * 12 + ["limit"] * 6 + ["stray"] * 3 + ["again"] * bool(keyed)))
    if kind == "again":
        return evolve(draw(st.sampled_from(keyed)), at=later.now)
    return draw({"proposal": proposals, "limit": limits, "stray": strays}[kind](later))


@st.composite
def steps(draw: st.DrawFn, world: World, keyed: Sequence[Request] = ()) -> Step:
    """What comes next in a trial: a line of a journal, or, now and then, a sweep."""
    if draw(st.sampled_from([False] * 14 + [True])):
        edges = sorted({each for each in world.edges() if each > world.now})
        return Sweep(draw(st.sampled_from([world.now, *edges])))
    return draw(requests_to(world, keyed))


def _waits(world: World) -> st.SearchStrategy[datetime]:
    """Now, mostly; or the next day, or where something begins or ends."""
    later = [world.now + timedelta(days=days) for days in (1, 7)]
    edges = sorted({each for each in world.edges() if each > world.now})
    return st.sampled_from([world.now] * 7 * (len(later) + len(edges)) + later + edges)


def _request(
    draw: st.DrawFn,
    world: World,
    kind: type[Command],
    subject: Any,  # noqa: ANN401 - any subject
    *,
    wild: bool = False,
    astray: bool = False,
) -> Request:
    """A command of a type to a subject: with bad fields too if it is wild, by anybody if it is astray."""
    draft = Draft(draw, world, subject, wild=wild)
    command, at = MAKERS[kind](draft, _reference(world, kind, subject))
    later = world.at(max(at, world.now))
    allowed = _actors(later, command, astray=astray)
    version = subject.version if subject else 0
    return Request(
        command=command,
        actor=draw(st.sampled_from(allowed)),
        key=draft.pick(*[None] * 4, f"k-{command.reference}-{version}"),
        expected_version=draft.pick(*[None] * 7, version, bad=(version + 1,)),
        at=later.now,
    )


def _reference(world: World, kind: type[Command], subject: Any) -> str:  # noqa: ANN401 - any subject
    """The subject's; for a creation, and for a stray to nobody, the next that is free."""
    if subject is not None and not (LIFECYCLES[kind.kind].creates(kind) and isinstance(subject, _Under)):
        reference: str = subject.reference
        return reference
    return f"{LETTERS[kind.kind]}-{len(world.of(kind.kind)) + 1}"


# What can be carried out

_Under = (TrainingAction, TrainingSession)


_FOUNDING = (commands.PublishAction, commands.CreateSession, commands.CreateAction)


def _weights(world: World, choices: Mapping[type[Command], Sequence[Any]]) -> list[tuple[type[Command], int]]:
    """How often each is proposed, the world's favourite more; where nobody waits or registers, what leads there."""
    weights = [(kind, weight + 60 * (kind is world.favoured)) for kind, weight in _WEIGHTS.items()]
    if choices[commands.Preregister] or any(each.state in OPEN_STATES for each in world.of(SubjectKind.APPLICATION)):
        return weights
    founding = next((each for each in _FOUNDING if choices[each]), commands.CreateAction)
    return [(founding, 60), *weights]


def _choices(world: World, *, ripe: bool) -> dict[type[Command], list[Any]]:
    """The commands that the tables have, each with the subjects that have it, or that are ripe for it."""
    found: dict[type[Command], list[Any]] = {}
    for kind, lifecycle in LIFECYCLES.items():
        for subject in world.of(kind):
            for command in lifecycle.commands(subject.state):
                if not ripe or _RIPE.get(command, _always)(world, subject):
                    found.setdefault(command, []).append(subject)
    return {commands.PublishAction: [], **found, **_creations(world, ripe=ripe)}


def _creations(world: World, *, ripe: bool) -> dict[type[Command], list[Any]]:
    """Creations, each with what something may be created under."""
    return {
        commands.CreateAction: [] if _is_settled(world) else [None],
        commands.CreateSession: [
            each
            for each in world.of(SubjectKind.ACTION)
            if each.state is ActionState.PUBLISHED and _running(world) < MOST[SubjectKind.SESSION]
        ],
        commands.Preregister: [each for each in world.of(SubjectKind.SESSION) if not ripe or _takes_more(world, each)],
    }


def _always(_world: World, _subject: object) -> bool:
    return True


def _is_settled(world: World) -> bool:
    """Whether there are actions enough: one that waits for publication, or two that are published."""
    states = [each.state for each in world.of(SubjectKind.ACTION)]
    return ActionState.AWAITING_PUBLICATION in states or states.count(ActionState.PUBLISHED) >= MOST[SubjectKind.ACTION]


def _running(world: World) -> int:
    """How many sessions are not cancelled."""
    return sum(each.state != "cancelled" for each in world.of(SubjectKind.SESSION))


def _takes_more(world: World, session: TrainingSession) -> bool:
    action = world.snapshot.action(session.action)
    case = world.case(commands.ReopenSession(session.reference))
    return (
        action is not None
        and action.state is ActionState.PUBLISHED
        and session.state == "active"
        and world.today <= session.registration_deadline
        and case.counted < session.capacity * session.coefficient
        and len(world.of(SubjectKind.APPLICATION)) < MOST[SubjectKind.APPLICATION]
    )


def _in_time(world: World, application: Application) -> bool:
    return not world.case(None).is_late(application)


def _can_be_convoked(world: World, application: Application) -> bool:
    left = len(application.convocations) < world.settings.max_convocations
    return left and _in_time(world, application) and Draft.first_day(world, application) is not None


def _has_a_seat(world: World, application: Application) -> bool:
    session = world.snapshot.session(application.session)
    return session is not None and world.seats_left(session) > 0 and _in_time(world, application)


def _nobody_waits(world: World, action: TrainingAction) -> bool:
    sessions = world.snapshot.sessions(action.reference)
    return not any(
        world.snapshot.count(each.reference, *OPEN_STATES) for each in sessions if not world.case(None).late(each)
    )


_RIPE: Mapping[type[Command], Callable[[World, Any], bool]] = {
    commands.Convoke: _can_be_convoked,
    commands.MoveConvocation: _can_be_convoked,
    commands.Retain: _has_a_seat,
    commands.RecordPresence: _in_time,
    commands.RecordAbsence: _in_time,
    commands.CorrectAttendance: _in_time,
    commands.Reject: _in_time,
    commands.Withdraw: _in_time,
    commands.DeclareSessionFull: lambda world, session: world.seats_left(session) <= 0,
    commands.ReopenSession: lambda world, session: world.seats_left(session) > 0,
    commands.ApproveCertification: lambda _, action: action.pending_certification is not None,
    commands.DeclineCertification: lambda _, action: action.pending_certification is not None,
    commands.ArchiveAction: _nobody_waits,
    commands.DeleteAction: _nobody_waits,
}


# Who asks


def _actors(world: World, command: Command, *, astray: bool) -> list[Actor]:
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
    may = [each for each in everybody if permitted(subject, evolve(facts, actor=each), type(command), command)]
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
