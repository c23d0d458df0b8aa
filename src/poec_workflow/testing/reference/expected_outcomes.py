"""What each accepted command must bring about, said once more from the domain page: who stands where afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from poec_workflow import commands
from poec_workflow.commands import Command
from poec_workflow.model import ActionState, ApplicationState, Convocation, SessionState, State, SubjectKind
from poec_workflow.testing.reference.command_case import Case
from poec_workflow.testing.reference.snapshot import Where

_APPLICATION, _SESSION, _ACTION = ApplicationState, SessionState, ActionState
_OPEN = frozenset({_APPLICATION.PENDING, _APPLICATION.CONVOKED, _APPLICATION.PRESENT, _APPLICATION.ABSENT})
_RUNNING = frozenset({_SESSION.ACTIVE, _SESSION.COMPLETE})
_CURRENT = frozenset({_ACTION.AWAITING_PUBLICATION, _ACTION.PUBLISHED})
_NOTHING: frozenset[State] = frozenset()

WAYS: Mapping[type[Command], tuple[frozenset[Any], State | None]] = {
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
    commands.CreateAction: (_NOTHING, _ACTION.AWAITING_PUBLICATION),
    commands.EnrichAction: (_CURRENT, None),
    commands.ApproveCertification: (_CURRENT, None),
    commands.DeclineCertification: (_CURRENT, None),
    commands.PublishAction: (frozenset({_ACTION.AWAITING_PUBLICATION}), _ACTION.PUBLISHED),
    commands.ArchiveAction: (frozenset({_ACTION.PUBLISHED}), _ACTION.ARCHIVED),
    commands.RestoreAction: (frozenset({_ACTION.ARCHIVED}), _ACTION.AWAITING_PUBLICATION),
    commands.DeleteAction: (_CURRENT | {_ACTION.ARCHIVED}, _ACTION.DELETED),
}
"""Each command's states to start from, and where it leads; None is the same state, or said below."""

FINAL: frozenset[State] = frozenset(
    {
        _APPLICATION.RETAINED,
        _APPLICATION.REJECTED,
        _APPLICATION.NO_ADVICE,
        _APPLICATION.SESSION_FULL,
        _APPLICATION.CANCELLED,
        _SESSION.CANCELLED,
        _ACTION.DELETED,
    }
)
"""What nothing leaves."""

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


def is_last_absence(case: Case) -> bool:
    """Whether an absence ends the application: without notice, or no convocation is left."""
    return not case.asked.notified or len(case.application.convocations) >= case.settings.max_convocations


def target(case: Case) -> State:
    """Where the command leads its own subject."""
    if isinstance(case.asked, commands.RecordAbsence):
        return _APPLICATION.REJECTED if is_last_absence(case) else _APPLICATION.ABSENT
    leads_to = WAYS[type(case.command)][1]
    if leads_to is not None:
        return leads_to
    assert case.subject is not None  # noqa: S101 - only what is there can stay
    return case.subject.state


def endings(case: Case) -> dict[Where, State]:
    """Whom else the command moves, and where to: the late ones expire, the others share their session's ending."""
    moved: dict[Where, State] = {}
    kind = type(case.command)
    if kind in _FIRST_EXPIRE:
        for each in case.reached():
            if case.is_late(each):
                moved[SubjectKind.APPLICATION, each.reference] = _APPLICATION.NO_ADVICE
            elif kind in _ENDINGS:
                moved[SubjectKind.APPLICATION, each.reference] = _ENDINGS[kind]
    return moved


def closing(case: Case) -> dict[Where, State]:
    """Whom the retention of the last candidate moves, where sessions close by themselves."""
    if not isinstance(case.asked, commands.Retain) or case.settings.close_when_full != "automatic":
        return {}
    if case.retained + 1 < case.seats or case.session.state is not _SESSION.ACTIVE:
        return {}
    waiting = [each for each in case.reached() if each.reference != case.command.reference]
    moved: dict[Where, State] = {
        (SubjectKind.APPLICATION, each.reference): _APPLICATION.SESSION_FULL for each in waiting
    }
    moved[SubjectKind.SESSION, case.session.reference] = _SESSION.COMPLETE
    return moved


def convocations(case: Case) -> tuple[Convocation, ...]:
    """The convocations of the command's application afterwards."""
    kept = case.application.convocations
    if not isinstance(case.asked, commands.Convoke | commands.MoveConvocation):
        return kept
    given = Convocation(on=case.asked.on, time=case.asked.time, place=case.asked.place, entered_at=case.now)
    return (*(kept if isinstance(case.asked, commands.Convoke) else kept[:-1]), given)


def advice(case: Case) -> dict[str, Any]:
    """What an application says of its advice afterwards, as far as the command gives one."""
    asked = case.asked
    match asked:
        case commands.Retain():
            return {"entry": asked.entry, "exit": asked.exit, "weekly_hours": asked.weekly_hours}
        case commands.Reject() | commands.Withdraw():
            return {"motive": asked.motive, "reason": asked.reason, "comment": asked.comment}
        case commands.RecordAbsence() if is_last_absence(case):
            reason = "absent-at-last-convocation" if asked.notified else "absent-without-notice"
            return {"motive": "absence", "reason": reason}
        case _:
            return {}
