"""The commands that the tables have now, whether a limit bars them, and how often each is proposed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from poec_workflow import commands
from poec_workflow.commands import Command
from poec_workflow.machines import LIFECYCLES
from poec_workflow.model import OPEN_STATES, ActionState, SubjectKind
from poec_workflow.testing.reference import CommandCase
from poec_workflow.testing.reference.expected_refusals import LIMITS
from poec_workflow.testing.strategies.drawing_context import DrawingContext

Choices = dict[type[Command], list[Any]]
"""Commands, each with the subjects that it may be given to; for a creation, what it may be created under."""

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
    *((commands.Convoke, commands.RecordAbsence),) * 14,
    *((commands.Retain, commands.DeclareSessionFull, commands.SetCapacity, commands.ReopenSession),) * 8,
    *((commands.EnrichAction, commands.ApproveCertification, commands.DeclineCertification),) * 2,
    *((each,) for each in WEIGHTS),
)
"""What one journal has more of: the long ways to what is rare, and each command."""

_FOUNDING = (commands.PublishAction, commands.CreateSession, commands.CreateAction)
_WITHOUT_FIELDS = {
    "action-not-published",
    "advice-deadline-passed",
    "convocation-limit-reached",
    "no-pending-certification",
    "no-seat-left",
    "open-applications-remain",
    "quota-reached",
    "registration-deadline-passed",
    "seats-remain",
    "session-cancelled",
    "session-complete",
}
"""The limits that no field of a command can keep."""
_PLAIN: Mapping[SubjectKind, Callable[[str], Command]] = {
    SubjectKind.ACTION: commands.PublishAction,
    SubjectKind.SESSION: commands.ReopenSession,
    SubjectKind.APPLICATION: commands.Expire,
}


def weights_in(world: DrawingContext, choices: Choices) -> list[tuple[type[Command], int]]:
    """Say how often each is proposed, the favourites more; where nobody waits or registers, what leads there."""
    weights = [(kind, weight + 60 * (kind in world.favoured)) for kind, weight in WEIGHTS.items()]
    applications = world.snapshot.of_kind(SubjectKind.APPLICATION)
    if choices[commands.Preregister] or any(each.state in OPEN_STATES for each in applications):
        return weights
    founding = next((each for each in _FOUNDING if choices[each]), commands.CreateAction)
    return [(founding, 60), *weights]


def choices_in(world: DrawingContext, *, ready: bool) -> Choices:
    """List the commands that the tables have, each with the subjects that have it, or for which no limit bars it."""
    found: Choices = {commands.PublishAction: []}
    for kind, lifecycle in LIFECYCLES.items():
        for subject in world.snapshot.of_kind(kind):
            for command in lifecycle.commands(subject.state):
                if not ready or _is_ready(world, command, subject):
                    found.setdefault(command, []).append(subject)
    actions, sessions = (world.snapshot.of_kind(each) for each in (SubjectKind.ACTION, SubjectKind.SESSION))
    states = [each.state for each in actions]
    enough = (
        ActionState.AWAITING_PUBLICATION in states or states.count(ActionState.PUBLISHED) >= MOST[SubjectKind.ACTION]
    )
    few = sum(each.state != "cancelled" for each in sessions) < MOST[SubjectKind.SESSION]
    return {
        **found,
        commands.CreateAction: [] if enough else [None],
        commands.CreateSession: [each for each in actions if few and each.state is ActionState.PUBLISHED],
        commands.Preregister: [each for each in sessions if not ready or _is_ready(world, commands.Preregister, each)],
    }


def _is_ready(world: DrawingContext, command: type[Command], subject: Any) -> bool:  # noqa: ANN401 - any subject
    """Say whether good fields are all that a command to a subject needs."""
    if command is commands.Preregister:
        if len(world.snapshot.of_kind(SubjectKind.APPLICATION)) >= MOST[SubjectKind.APPLICATION]:
            return False
    elif command is commands.MoveConvocation:
        return _is_ready(world, commands.Convoke, subject)  # at the last one, going on comes deeper
    elif command is commands.Convoke and world.first_day(subject) is None:
        return False
    case = CommandCase(world.snapshot, world.now, world.settings, _PLAIN[subject.kind](subject.reference))
    limits = LIMITS[command]
    return not any(limits[code](case) for code in limits.keys() & _WITHOUT_FIELDS)
