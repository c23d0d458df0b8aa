"""When each command must be refused, said once more from the domain page, of what is stored and of nothing else.

Not the rules: those are policies, and count by counters. This is what they are held against, one line a code. A
policy that is changed, dropped or turned round then disagrees with its line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from poec_workflow import commands
from poec_workflow.commands import Command
from poec_workflow.model import LIVE_STATES, ActionState, SessionState
from poec_workflow.testing.reference.command_case import Case

Limit = Callable[[Case], bool]
"""Whether the code must be given."""

_TEXTS = {"objective", "programme", "certification", "durations", "regulatory_conditions", "prerequisites"}
_INFORMATION_DATES = 3


def _applied(case: Case) -> bool:
    return any(
        each.candidate == case.asked.candidate.reference and each.state in LIVE_STATES
        for each in case.before.applications(case.session.reference)
    )


def _not_due(case: Case) -> bool:
    return case.today < case.application.convocations[-1].on


def _out_of_order(case: Case) -> bool:
    asked = case.asked
    return not (
        asked.registration_deadline <= asked.late_entry_deadline
        and asked.start <= asked.late_entry_deadline <= asked.end
    )


def _closing_out_of_order(case: Case) -> bool:
    on, given, session = case.asked.on, case.asked.late_entry_deadline, case.session
    return on > session.end or (given is not None and not max(on, session.start) <= given <= session.end)


def _catalogued(case: Case) -> str | None:
    """The fault of a motive and a reason: reserved, else motive, else reason."""
    motive = next((each for each in case.settings.catalogue.motives if each.code == case.asked.motive), None)
    if motive is None or motive.retired:
        return "unknown-motive"
    if motive.reserved:
        return "reserved-motive"
    reasons = {each.code for each in motive.reasons if not each.retired}
    return None if case.asked.reason in reasons else "unknown-reason"


def _no_coefficient(case: Case) -> bool:
    return not case.settings.coefficient_min <= case.asked.coefficient <= case.settings.coefficient_max


_LATE: Mapping[str, Limit] = {"advice-deadline-passed": lambda case: case.late(case.session)}
_DATED: Mapping[str, Limit] = {
    "convocation-before-registration": lambda case: case.asked.on < case.day(case.application.registered_at),
    "convocation-after-advice-deadline": lambda case: case.asked.on > case.deadline(case.session),
}
_REMAINING: Mapping[str, Limit] = {
    "open-applications-remain": lambda case: any(not case.is_late(each) for each in case.reached()),
}
_NOTHING_PENDING: Mapping[str, Limit] = {
    "no-pending-certification": lambda case: case.action.pending_certification is None
}

LIMITS: Mapping[type[Command], Mapping[str, Limit]] = {
    commands.Preregister: {
        "action-not-published": lambda case: case.action.state is not ActionState.PUBLISHED,
        "session-complete": lambda case: case.session.state is SessionState.COMPLETE,
        "session-cancelled": lambda case: case.session.state is SessionState.CANCELLED,
        "registration-deadline-passed": lambda case: case.today > case.session.registration_deadline,
        "quota-reached": lambda case: case.counted >= case.session.capacity * case.session.coefficient,
        "already-applied": _applied,
    },
    commands.Convoke: {
        **_LATE,
        **_DATED,
        "convocation-limit-reached": lambda case: len(case.application.convocations) >= case.settings.max_convocations,
        "convocation-not-after-previous": lambda case: case.previous is not None and case.asked.on <= case.previous,
    },
    commands.MoveConvocation: {
        **_LATE,
        **_DATED,
        "convocation-already-passed": lambda case: (
            case.today != case.day(case.application.convocations[-1].entered_at)
            and case.today > case.application.convocations[-1].on
        ),
        "convocation-not-after-previous": lambda case: case.earlier is not None and case.asked.on <= case.earlier,
    },
    commands.RecordPresence: {**_LATE, "convocation-not-due": _not_due},
    commands.RecordAbsence: {**_LATE, "convocation-not-due": lambda case: not case.asked.notified and _not_due(case)},
    commands.CorrectAttendance: _LATE,
    commands.Retain: {
        **_LATE,
        "entry-outside-window": lambda case: (
            not case.session.start <= case.asked.entry <= case.session.late_entry_deadline
        ),
        "exit-outside-window": lambda case: not case.asked.entry <= case.asked.exit <= case.session.end,
        "weekly-hours-out-of-range": lambda case: not 0 < case.asked.weekly_hours <= case.settings.weekly_hours_max,
        "no-seat-left": lambda case: case.retained >= case.seats,
    },
    commands.Reject: {
        **_LATE,
        "reserved-motive": lambda case: _catalogued(case) == "reserved-motive",
        "unknown-motive": lambda case: _catalogued(case) == "unknown-motive",
        "unknown-reason": lambda case: _catalogued(case) == "unknown-reason",
    },
    commands.Withdraw: {**_LATE, "unknown-reason": lambda case: _catalogued(case) is not None},
    commands.Expire: {"advice-deadline-not-passed": lambda case: not case.late(case.session)},
    commands.RefuseSessionFull: {"session-not-complete": lambda case: case.session.state is not SessionState.COMPLETE},
    commands.Cancel: {"session-not-cancelled": lambda case: case.session.state is not SessionState.CANCELLED},
    commands.CreateSession: {
        "action-not-available": lambda case: case.action.state in (ActionState.ARCHIVED, ActionState.DELETED),
        "session-dates-out-of-order": _out_of_order,
        "capacity-out-of-range": lambda case: case.asked.capacity < 1,
        "coefficient-out-of-range": _no_coefficient,
        "minimum-headcount-out-of-range": lambda case: not 0 <= case.asked.minimum_headcount <= case.asked.capacity,
        "too-many-information-dates": lambda case: len(case.asked.information_dates) > _INFORMATION_DATES,
    },
    commands.SetRegistrationDeadline: {
        "late-entry-must-change": lambda case: (
            case.asked.late_entry_deadline is None and case.asked.on > case.session.late_entry_deadline
        ),
        "session-dates-out-of-order": _closing_out_of_order,
    },
    commands.SetCoefficient: {"coefficient-out-of-range": _no_coefficient},
    commands.SetCapacity: {
        "capacity-out-of-range": lambda case: case.asked.capacity < 1,
        "capacity-below-retained": lambda case: case.asked.capacity + case.settings.overbooking < case.retained,
    },
    commands.SetInformationDates: {
        "too-many-information-dates": lambda case: len(case.asked.dates) > _INFORMATION_DATES,
    },
    commands.RescheduleSession: {"session-dates-out-of-order": _out_of_order},
    commands.ReassignSession: {},
    commands.DeclareSessionFull: {"seats-remain": lambda case: case.retained < case.seats},
    commands.ReopenSession: {"no-seat-left": lambda case: case.retained >= case.seats},
    commands.CancelSession: {},
    commands.CreateAction: {"title-without-poec-prefix": lambda case: not case.asked.title.startswith("[POEC]")},
    commands.EnrichAction: {"field-not-editable": lambda case: not _TEXTS.issuperset(case.asked.changes)},
    commands.ApproveCertification: _NOTHING_PENDING,
    commands.DeclineCertification: _NOTHING_PENDING,
    commands.PublishAction: {},
    commands.ArchiveAction: _REMAINING,
    commands.RestoreAction: {},
    commands.DeleteAction: _REMAINING,
}
"""Every command's codes, each with when it must be given."""
