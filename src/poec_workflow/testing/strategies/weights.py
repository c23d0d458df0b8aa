"""What the tables have in a world now, how ripe each of it is, and how often it is proposed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from poec_workflow import commands
from poec_workflow.commands import Command
from poec_workflow.machines import LIFECYCLES
from poec_workflow.model import OPEN_STATES, ActionState, Application, SubjectKind, TrainingAction, TrainingSession
from poec_workflow.testing.strategies.drafts import Draft
from poec_workflow.testing.strategies.known_subjects import World

MOST = {SubjectKind.ACTION: 2, SubjectKind.SESSION: 8, SubjectKind.APPLICATION: 12}
"""How many subjects of a kind are proposed at most."""

WEIGHTS: Mapping[type[Command], int] = {
    commands.PublishAction: 6,
    commands.Retain: 20,
    commands.RecordPresence: 20,
    commands.Convoke: 24,
    commands.Preregister: 30,
    commands.RecordAbsence: 12,
    commands.DeclareSessionFull: 8,
    commands.ReopenSession: 14,
    commands.SetCapacity: 4,
    commands.Expire: 2,
    commands.MoveConvocation: 6,
    commands.CorrectAttendance: 4,
    commands.Reject: 4,
    commands.Withdraw: 4,
    commands.CancelSession: 1,
    commands.RescheduleSession: 1,
    commands.SetRegistrationDeadline: 1,
    commands.SetCoefficient: 1,
    commands.SetInformationDates: 1,
    commands.ReassignSession: 1,
    commands.EnrichAction: 3,
    commands.ApproveCertification: 4,
    commands.DeclineCertification: 4,
    commands.ArchiveAction: 1,
    commands.RestoreAction: 4,
    commands.DeleteAction: 1,
    commands.CreateSession: 1,
    commands.CreateAction: 1,
}
"""How often each is proposed; the first that can be carried out is the simplest. `refuse-session-full` and `cancel`
never succeed alone, and are strays."""


FAVOURITES: tuple[tuple[type[Command], ...], ...] = (
    (),
    *((commands.Convoke, commands.RecordAbsence),) * 8,
    *((commands.Retain, commands.DeclareSessionFull, commands.SetCapacity, commands.ReopenSession),) * 8,
    *((commands.EnrichAction, commands.ApproveCertification, commands.DeclineCertification),) * 2,
    *((each,) for each in WEIGHTS),
)
"""What one journal has more of: the long ways to what is rare, and each command."""

_FOUNDING = (commands.PublishAction, commands.CreateSession, commands.CreateAction)


def weights_in(world: World, choices: Mapping[type[Command], Sequence[Any]]) -> list[tuple[type[Command], int]]:
    """How often each is proposed, the world's favourite more; where nobody waits or registers, what leads there."""
    weights = [(kind, weight + 60 * (kind in world.favoured)) for kind, weight in WEIGHTS.items()]
    if choices[commands.Preregister] or any(each.state in OPEN_STATES for each in world.of(SubjectKind.APPLICATION)):
        return weights
    founding = next((each for each in _FOUNDING if choices[each]), commands.CreateAction)
    return [(founding, 60), *weights]


def choices_in(world: World, *, ripe: bool) -> dict[type[Command], list[Any]]:
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
