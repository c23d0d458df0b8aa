"""The commands that the tables have now, whether a limit bars them, and how often each is proposed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from poec_workflow import commands
from poec_workflow.commands import Command
from poec_workflow.machines import LIFECYCLES
from poec_workflow.model import OPEN_STATES, ActionState, Application, ApplicationState, SessionState, SubjectKind
from poec_workflow.testing.reference import CommandCase
from poec_workflow.testing.reference.expected_refusals import LIMITS
from poec_workflow.testing.strategies.drawing_context import DrawingContext

Choices = dict[type[Command], list[Any]]
"""Commands, each with the subjects that it may be given to; for a creation, what it may be created under."""
Barred = dict[str, list[tuple[type[Command], Any]]]
"""Codes, each with the commands that it bars and their subjects."""

MOST = {SubjectKind.ACTION: 2, SubjectKind.SESSION: 8, SubjectKind.APPLICATION: 12}
"""How many subjects of a kind are proposed at most."""

USUAL = 12
"""How often a command is proposed that has no weight of its own, as one that was added to the tables."""

WEIGHTS: Mapping[type[Command], int] = {
    commands.PublishAction: 12,
    commands.Retain: 20,
    commands.RecordPresence: 20,
    commands.Convoke: 36,
    commands.Preregister: 30,
    commands.RecordAbsence: 20,
    commands.DeclareSessionFull: 40,
    commands.ReopenSession: 80,
    commands.SetCapacity: 6,
    commands.Expire: 2,
    commands.MoveConvocation: 60,
    commands.CorrectAttendance: 16,
    commands.Reject: 20,
    commands.Withdraw: 12,
    commands.CancelSession: 3,
    commands.RescheduleSession: 2,
    commands.SetRegistrationDeadline: 2,
    commands.SetCoefficient: 4,
    commands.SetInformationDates: 2,
    commands.ReassignSession: 2,
    commands.CorrectSession: 2,
    commands.CorrectAction: 1,
    commands.EnrichAction: 4,
    commands.ApproveCertification: 20,
    commands.DeclineCertification: 20,
    commands.ArchiveAction: 1,
    commands.RestoreAction: 20,
    commands.DeleteAction: 1,
    commands.CreateSession: 1,
    commands.CreateAction: 1,
}
"""How often each is proposed as long as its journal has none of it; the first that can be carried out is the simplest.
`refuse-session-full` and `cancel` never succeed alone, and are strays."""

SHARES = {SubjectKind.APPLICATION: 90, SubjectKind.SESSION: 16, SubjectKind.ACTION: 6}
"""How much of what is proposed is about each kind of subject: what ends a session ends many applications."""

_RULED = tuple(dict.fromkeys(rule.command for lifecycle in LIFECYCLES.values() for rule in lifecycle.steps))
_PROPOSED = (*WEIGHTS, *(each for each in _RULED if each not in WEIGHTS))
"""The commands of the tables, the simplest first."""

FAVOURITES: tuple[tuple[type[Command], ...], ...] = (
    *((),) * 6,
    *((commands.Convoke, commands.RecordAbsence) * 2,) * 6,
    *((commands.RecordPresence, commands.Retain) * 2,) * 6,
    *((each,) for each in _PROPOSED for _ in range(2 if each.subject_kind is SubjectKind.APPLICATION else 1)),
)
"""What one journal has more of: the long ways to what is rare, and each command."""

_FOUNDING = (commands.PublishAction, commands.CreateSession, commands.CreateAction)
_GOES_FAR: tuple[type[Command], ...] = (commands.Convoke, commands.RecordAbsence, commands.SetCapacity)
"""What leads on to what is rare, once a subject is on the way there."""
_SELDOM_READY: tuple[type[Command], ...] = (commands.DeclareSessionFull,)
"""What leads on to what is rare, and is seldom ready: every seat must have been given."""
_RARE = (ApplicationState.ABSENT, SessionState.COMPLETE, ActionState.ARCHIVED)
_THERE = 8
"""States that take many lines to come to; and how much more often each command is proposed that can be given there."""
_CREATING = {SubjectKind.ACTION: commands.CreateSession, SubjectKind.SESSION: commands.Preregister}
_WITHOUT_FIELDS = {
    "action-not-available",
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
    "session-not-cancelled",
    "session-not-complete",
}
"""The limits that no field of a command can keep."""
_PLAIN: Mapping[SubjectKind, Callable[[str], Command]] = {
    SubjectKind.ACTION: commands.PublishAction,
    SubjectKind.SESSION: commands.ReopenSession,
    SubjectKind.APPLICATION: commands.Expire,
}


def weights_in(world: DrawingContext, choices: Choices) -> list[tuple[type[Command], int]]:
    """Say how often each that can be carried out is proposed.

    More the favourites, what goes far, and what leads to somebody who waits. What a journal already has comes less
    often, so that it does not spend its lines on one command.
    """
    ready = [kind for kind in _PROPOSED if choices.get(kind)]
    wished = {kind: WEIGHTS.get(kind, USUAL) / (1 + world.given.count(kind)) for kind in ready}
    totals = {of: sum(wished[kind] for kind in ready if kind.subject_kind is of) for of in SHARES}
    far = [kind for kind in _GOES_FAR if any(map(_progress, choices.get(kind, ())))]
    far += [kind for kind in _SELDOM_READY if choices.get(kind)]
    favoured = (*world.favoured, *far)
    shares = {kind: SHARES[kind.subject_kind] * wished[kind] / totals[kind.subject_kind] for kind in ready}
    there = [kind for kind in ready if any(_is_rare(kind, each) for each in choices[kind])]
    weights = [(kind, 1 + int(shares[kind]) + 30 * favoured.count(kind) + _THERE * (kind in there)) for kind in ready]
    applications = world.snapshot.of_kind(SubjectKind.APPLICATION)
    if choices.get(commands.Preregister) or any(each.state in OPEN_STATES for each in applications):
        return weights
    founding = next((each for each in _FOUNDING if choices[each]), commands.CreateAction)
    return [(founding, 120), *weights]


def choices_in(world: DrawingContext) -> tuple[Choices, Barred]:
    """List the commands that the tables have: the subjects that nothing but a field bars, and what each limit bars."""
    ready: Choices = {commands.PublishAction: []}
    barred: Barred = {}
    for kind, lifecycle in world.lifecycles.items():
        for subject in sorted(world.snapshot.of_kind(kind), key=_progress, reverse=True):
            creating = (_CREATING[kind],) if kind in _CREATING else ()
            for command in (*lifecycle.commands(subject.state), *creating):
                codes = _barring(world, command, subject)
                for code in codes:
                    barred.setdefault(code, []).append((command, subject))
                if not codes and _comes_deeper(world, command, subject):
                    ready.setdefault(command, []).append(subject)
    actions = world.snapshot.of_kind(SubjectKind.ACTION)
    published = [each for each in actions if each.state is ActionState.PUBLISHED]
    waits = any(each.state is ActionState.AWAITING_PUBLICATION for each in actions)
    sessions = sum(each.state is not SessionState.CANCELLED for each in world.snapshot.of_kind(SubjectKind.SESSION))
    ready[commands.CreateAction] = [None] if not waits and len(published) < MOST[SubjectKind.ACTION] else []
    ready[commands.CreateSession] = published if sessions < MOST[SubjectKind.SESSION] else []
    return ready, barred


def _progress(subject: Any) -> int:  # noqa: ANN401 - any subject
    """Say how far a subject is on the way to its last absence, or to being reopened."""
    if isinstance(subject, Application):
        return len(subject.convocations) - (subject.state is ApplicationState.CONVOKED)
    return subject.state is SessionState.COMPLETE


def _is_rare(command: type[Command], subject: Any) -> bool:  # noqa: ANN401 - any subject, none where it is created
    return subject is not None and subject.subject_kind is command.subject_kind and subject.state in _RARE


def _barring(world: DrawingContext, command: type[Command], subject: Any) -> list[str]:  # noqa: ANN401 - any subject
    """List the limits that bar a command to a subject, whatever its fields."""
    case = CommandCase(world.snapshot, world.now, world.settings, _PLAIN[subject.subject_kind](subject.reference))
    own = [each for each in world.lifecycles[subject.subject_kind].own_rules if each.command is command]
    named = [{*each.codes} for each in own if subject.state in each.targets] or [_WITHOUT_FIELDS]
    asked = _WITHOUT_FIELDS.intersection(*named)
    return [code for code, holds in LIMITS[command].items() if code in asked and holds(case)]


def _comes_deeper(world: DrawingContext, command: type[Command], subject: Any) -> bool:  # noqa: ANN401 - any subject
    """Say whether a good field is left for a command that no limit bars, and whether it leads on."""
    if command is commands.Preregister:
        return len(world.snapshot.of_kind(SubjectKind.APPLICATION)) < MOST[SubjectKind.APPLICATION]
    if command is commands.MoveConvocation:  # instead of the last one
        return not _barring(world, commands.Convoke, subject) and world.first_day(subject) is not None
    return command is not commands.Convoke or world.first_day(subject) is not None
