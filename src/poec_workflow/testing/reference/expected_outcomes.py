"""What each accepted command must bring about, read from the domain page: the states and fields afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import evolve

from poec_workflow import commands
from poec_workflow.commands import Command
from poec_workflow.model import ActionState, ApplicationState, Convocation, Outcome, SessionState, State
from poec_workflow.testing.reference.situation import CommandCase
from poec_workflow.testing.reference.snapshot import SubjectKey, key_of

_APPLICATION, _SESSION, _ACTION = ApplicationState, SessionState, ActionState
_OPEN = frozenset({_APPLICATION.PENDING, _APPLICATION.CONVOKED, _APPLICATION.PRESENT, _APPLICATION.ABSENT})
_RUNNING = frozenset({_SESSION.ACTIVE, _SESSION.COMPLETE})
_CURRENT = frozenset({_ACTION.AWAITING_PUBLICATION, _ACTION.PUBLISHED})
_NOTHING: frozenset[State] = frozenset()

OUTCOMES: Mapping[type[Command], tuple[frozenset[Any], State | None]] = {
    commands.Preregister: (_NOTHING, _APPLICATION.PENDING),
    commands.Convoke: (frozenset({_APPLICATION.PENDING, _APPLICATION.ABSENT}), _APPLICATION.CONVOKED),
    commands.RecordPresence: (frozenset({_APPLICATION.CONVOKED}), _APPLICATION.PRESENT),
    commands.RecordAbsence: (frozenset({_APPLICATION.CONVOKED}), None),
    commands.CorrectAttendance: (frozenset({_APPLICATION.PRESENT, _APPLICATION.ABSENT}), _APPLICATION.CONVOKED),
    commands.MoveConvocation: (frozenset({_APPLICATION.CONVOKED}), None),
    commands.Retain: (frozenset({_APPLICATION.PRESENT}), _APPLICATION.RETAINED),
    commands.Reject: (frozenset({_APPLICATION.PRESENT}), _APPLICATION.REJECTED),
    commands.Withdraw: (_OPEN, _APPLICATION.REJECTED),
    commands.Expire: (_OPEN, _APPLICATION.NO_ADVICE),
    commands.RefuseSessionFull: (_OPEN, _APPLICATION.SESSION_FULL),
    commands.Cancel: (_OPEN, _APPLICATION.CANCELLED),
    commands.CreateSession: (_NOTHING, _SESSION.ACTIVE),
    commands.SetRegistrationDeadline: (_RUNNING, None),
    commands.SetCoefficient: (_RUNNING, None),
    commands.SetCapacity: (_RUNNING, None),
    commands.SetInformationDates: (_RUNNING, None),
    commands.RescheduleSession: (_RUNNING, None),
    commands.ReassignSession: (_RUNNING, None),
    commands.DeclareSessionFull: (frozenset({_SESSION.ACTIVE}), _SESSION.COMPLETE),
    commands.ReopenSession: (frozenset({_SESSION.COMPLETE}), _SESSION.ACTIVE),
    commands.CancelSession: (_RUNNING, _SESSION.CANCELLED),
    commands.CorrectSession: (_RUNNING, None),
    commands.CreateAction: (_NOTHING, _ACTION.AWAITING_PUBLICATION),
    commands.EnrichAction: (_CURRENT, None),
    commands.ApproveCertification: (_CURRENT, None),
    commands.DeclineCertification: (_CURRENT, None),
    commands.PublishAction: (frozenset({_ACTION.AWAITING_PUBLICATION}), _ACTION.PUBLISHED),
    commands.ArchiveAction: (frozenset({_ACTION.PUBLISHED}), _ACTION.ARCHIVED),
    commands.RestoreAction: (frozenset({_ACTION.ARCHIVED}), _ACTION.AWAITING_PUBLICATION),
    commands.DeleteAction: (_CURRENT | {_ACTION.ARCHIVED}, _ACTION.DELETED),
    commands.CorrectAction: (_CURRENT | {_ACTION.ARCHIVED}, None),
}
"""The states that each command starts from, and the one that it leads to; None is the same, or see `target`."""

FINAL: frozenset[State] = frozenset({*_APPLICATION} - _OPEN | {_SESSION.CANCELLED, _ACTION.DELETED})
"""The states that nothing leaves."""

_FIRST_EXPIRE = (
    commands.RescheduleSession,
    commands.DeclareSessionFull,
    commands.CancelSession,
    commands.ArchiveAction,
    commands.DeleteAction,
)
_ENDINGS: Mapping[type[Command], ApplicationState] = {
    commands.DeclareSessionFull: _APPLICATION.SESSION_FULL,
    commands.CancelSession: _APPLICATION.CANCELLED,
}

_ATTENDANCE = commands.RecordPresence | commands.RecordAbsence | commands.CorrectAttendance


def is_last_absence(case: CommandCase) -> bool:
    """Say whether an absence ends the application: without notice, or when no convocation is left."""
    return not case.command.notified or len(case.application.convocations) >= case.settings.max_convocations


def target(case: CommandCase) -> State:
    """SubjectKey the command leads its own subject."""
    if isinstance(case.command, commands.RecordAbsence):
        return _APPLICATION.REJECTED if is_last_absence(case) else _APPLICATION.ABSENT
    leads_to = OUTCOMES[type(case.command)][1]
    if leads_to is not None:
        return leads_to
    assert case.subject is not None  # noqa: S101 - only what is there can stay
    return case.subject.state


def endings(case: CommandCase) -> dict[SubjectKey, State]:
    """Return whom else the command moves, and where to: who is late expires, the others share the session's end."""
    kind = type(case.command)
    if kind not in _FIRST_EXPIRE:
        return {}
    states = ((each, _APPLICATION.NO_ADVICE if case.is_late(each) else _ENDINGS.get(kind)) for each in case.reached())
    return {key_of(each): state for each, state in states if state is not None}


def closing(case: CommandCase) -> dict[SubjectKey, State]:
    """Return whom automatic closing moves when the command retains the last candidate."""
    if not isinstance(case.command, commands.Retain) or case.settings.close_when_full != "automatic":
        return {}
    session = case.session
    if case.seats_left(session) > 1 or session.state is not _SESSION.ACTIVE:
        return {}
    waiting = [each for each in case.reached() if each.reference != case.command.reference]
    return {key_of(session): _SESSION.COMPLETE, **{key_of(each): _APPLICATION.SESSION_FULL for each in waiting}}


def came_of_it(case: CommandCase) -> Outcome | None:
    """Return what came of the last convocation, by a command that records or corrects an attendance."""
    match case.command:
        case commands.RecordPresence():
            return Outcome.PRESENT
        case commands.RecordAbsence(notified=True):
            return Outcome.ABSENT_WITH_NOTICE
        case commands.RecordAbsence():
            return Outcome.ABSENT_WITHOUT_NOTICE
        case _:
            return None


def convocations(case: CommandCase) -> tuple[Convocation, ...]:
    """Return the convocations of the command's application afterwards."""
    kept = case.application.convocations
    if isinstance(case.command, _ATTENDANCE):
        came = came_of_it(case)
        return (*kept[:-1], *(evolve(each, outcome=came) for each in kept[-1:]))
    if not isinstance(case.command, commands.Convoke | commands.MoveConvocation):
        return kept
    given = Convocation(on=case.command.on, time=case.command.time, place=case.command.place, entered_at=case.now)
    return (*(kept if isinstance(case.command, commands.Convoke) else kept[:-1]), given)


def advice(case: CommandCase) -> dict[str, Any]:
    """Return what an application says of its advice afterwards, as far as the command gives one."""
    command = case.command
    match command:
        case commands.Retain():
            return {"entry": command.entry, "exit": command.exit, "weekly_hours": command.weekly_hours}
        case commands.Reject() | commands.Withdraw():
            return {"motive": command.motive, "reason": command.reason, "comment": command.comment}
        case commands.RecordAbsence() if is_last_absence(case):
            reason = "absent-at-last-convocation" if command.notified else "absent-without-notice"
            return {"motive": "absence", "reason": reason}
        case _:
            return {}
