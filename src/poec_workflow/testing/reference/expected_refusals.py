"""When each command must be refused: one line a code, read from the domain page.

The rules themselves are policies that look at counters. These lines count and date what exists, so that a policy that
is changed, dropped or turned round disagrees with its line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from poec_workflow import commands
from poec_workflow.commands import Command
from poec_workflow.model import ActionState, Application, ApplicationState, SessionState, SubjectKind
from poec_workflow.testing.reference.expected_outcomes import OUTCOMES
from poec_workflow.testing.reference.situation import CommandCase

Limit = Callable[[CommandCase], bool]
"""Says whether the code must be given."""

_TEXTS = {"objective", "programme", "certification", "durations", "regulatory_conditions", "prerequisites"}
_INFORMATION_DATES = 3


def _is_no_later(case: CommandCase, previous: int) -> bool:
    on = case.convoked_on(previous)
    return on is not None and case.command.on <= on


def _not_due(case: CommandCase) -> bool:
    return case.today < case.application.convocations[-1].on


def _out_of_order(case: CommandCase) -> bool:
    command = case.command
    entry = command.late_entry_deadline
    return not (command.registration_deadline <= entry and command.start <= entry <= command.end)


def _closing_out_of_order(case: CommandCase) -> bool:
    on, given, session = case.command.on, case.command.late_entry_deadline, case.session
    return on > session.end or (given is not None and not max(on, session.start) <= given <= session.end)


def _catalogued(case: CommandCase) -> str | None:
    """The fault of a motive and a reason: reserved, else motive, else reason."""
    motive = next((each for each in case.settings.catalogue.motives if each.code == case.command.motive), None)
    if motive is None or motive.retired:
        return "unknown-motive"
    if motive.reserved:
        return "reserved-motive"
    reasons = {each.code for each in motive.reasons if not each.retired}
    return None if case.command.reason in reasons else "unknown-reason"


def _is_retained_elsewhere(case: CommandCase) -> bool:
    others = (
        each
        for each in case.snapshot.of_kind(SubjectKind.APPLICATION)
        if isinstance(each, Application)
        and (each.candidate, each.state) == (case.application.candidate, ApplicationState.RETAINED)
        and each.session != case.application.session
    )
    return any(
        each.entry and each.exit and not (each.exit < case.command.entry or case.command.exit < each.entry)
        for each in others
    )


def _quota_falls_short(case: CommandCase, capacity: int, coefficient: int) -> bool:
    return case.registered(case.session) > capacity * coefficient


def _no_coefficient(case: CommandCase) -> bool:
    return not case.settings.coefficient_min <= case.command.coefficient <= case.settings.coefficient_max


_LATE: Mapping[str, Limit] = {"advice-deadline-passed": lambda case: case.is_past(case.session)}
_DATED: Mapping[str, Limit] = {
    "convocation-before-registration": lambda case: case.command.on < case.day(case.application.registered_at),
    "convocation-after-advice-deadline": lambda case: case.command.on > case.deadline(case.session),
}
_REMAINING: Mapping[str, Limit] = {
    "open-applications-remain": lambda case: any(not case.is_late(each) for each in case.reached()),
}
_PREFIXED: Mapping[str, Limit] = {
    "title-without-poec-prefix": lambda case: (
        case.command.title is not None and not case.command.title.startswith(case.settings.title_prefix)
    ),
}
_LATE_ENTRY: Mapping[str, Limit] = {
    "convocation-after-late-entry": lambda case: case.command.on > case.session.late_entry_deadline
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
        "quota-reached": lambda case: case.registered(case.session) >= case.session.capacity * case.session.coefficient,
        "already-applied": lambda case: case.snapshot.is_live(case.session.reference, case.command.candidate.reference),
    },
    commands.Convoke: {
        **_LATE,
        **_DATED,
        "convocation-limit-reached": lambda case: len(case.application.convocations) >= case.settings.max_convocations,
        "convocation-not-after-previous": lambda case: _is_no_later(case, -1),
    },
    commands.MoveConvocation: {
        **_LATE,
        **_DATED,
        "convocation-already-passed": lambda case: (
            case.today != case.day(case.application.convocations[-1].entered_at)
            and case.today > case.application.convocations[-1].on
        ),
        "convocation-not-after-previous": lambda case: _is_no_later(case, -2),
    },
    commands.RecordPresence: {**_LATE, "convocation-not-due": _not_due},
    commands.RecordAbsence: {**_LATE, "convocation-not-due": lambda case: not case.command.notified and _not_due(case)},
    commands.CorrectAttendance: _LATE,
    commands.Retain: {
        **_LATE,
        "entry-outside-window": lambda case: (
            not case.session.start <= case.command.entry <= case.session.late_entry_deadline
        ),
        "exit-outside-window": lambda case: not case.command.entry <= case.command.exit <= case.session.end,
        "weekly-hours-out-of-range": lambda case: not 0 < case.command.weekly_hours <= case.settings.weekly_hours_max,
        "no-seat-left": lambda case: case.seats_left(case.session) <= 0,
    },
    commands.Reject: {
        **_LATE,
        "reserved-motive": lambda case: _catalogued(case) == "reserved-motive",
        "unknown-motive": lambda case: _catalogued(case) == "unknown-motive",
        "unknown-reason": lambda case: _catalogued(case) == "unknown-reason",
    },
    commands.Withdraw: {**_LATE, "unknown-reason": lambda case: _catalogued(case) is not None},
    commands.Expire: {"advice-deadline-not-passed": lambda case: not case.is_past(case.session)},
    commands.RefuseSessionFull: {"session-not-complete": lambda case: case.session.state is not SessionState.COMPLETE},
    commands.Cancel: {"session-not-cancelled": lambda case: case.session.state is not SessionState.CANCELLED},
    commands.CreateSession: {
        "action-not-available": lambda case: case.action.state in (ActionState.ARCHIVED, ActionState.DELETED),
        "session-dates-out-of-order": _out_of_order,
        "capacity-out-of-range": lambda case: case.command.capacity < 1,
        "coefficient-out-of-range": _no_coefficient,
        "minimum-headcount-out-of-range": lambda case: not 0 <= case.command.minimum_headcount <= case.command.capacity,
        "too-many-information-dates": lambda case: len(case.command.information_dates) > _INFORMATION_DATES,
    },
    commands.SetRegistrationDeadline: {
        "late-entry-must-change": lambda case: (
            case.command.late_entry_deadline is None and case.command.on > case.session.late_entry_deadline
        ),
        "session-dates-out-of-order": _closing_out_of_order,
    },
    commands.SetCoefficient: {"coefficient-out-of-range": _no_coefficient},
    commands.SetCapacity: {
        "capacity-out-of-range": lambda case: case.command.capacity < 1,
        "capacity-below-retained": lambda case: (
            case.command.capacity + case.settings.overbooking < case.retained(case.session)
        ),
    },
    commands.SetInformationDates: {
        "too-many-information-dates": lambda case: len(case.command.dates) > _INFORMATION_DATES,
    },
    commands.RescheduleSession: {"session-dates-out-of-order": _out_of_order},
    commands.ReassignSession: {},
    commands.DeclareSessionFull: {"seats-remain": lambda case: case.seats_left(case.session) > 0},
    commands.ReopenSession: {"no-seat-left": lambda case: case.seats_left(case.session) <= 0},
    commands.CancelSession: {},
    commands.CorrectSession: {
        "minimum-headcount-out-of-range": lambda case: (
            case.command.minimum_headcount is not None
            and not 0 <= case.command.minimum_headcount <= case.session.capacity
        ),
    },
    commands.CreateAction: _PREFIXED,
    commands.EnrichAction: {"field-not-editable": lambda case: not _TEXTS.issuperset(case.command.changes)},
    commands.ApproveCertification: _NOTHING_PENDING,
    commands.DeclineCertification: _NOTHING_PENDING,
    commands.PublishAction: {},
    commands.ArchiveAction: _REMAINING,
    commands.RestoreAction: {},
    commands.DeleteAction: _REMAINING,
    commands.CorrectAction: _PREFIXED,
}
"""The codes of every command, each with when it must be given."""
ADVICE: Mapping[type[Command], Mapping[str, Limit]] = {
    commands.Preregister: {"every-seat-given": lambda case: case.seats_left(case.session) <= 0},
    commands.Convoke: _LATE_ENTRY,
    commands.MoveConvocation: _LATE_ENTRY,
    commands.Retain: {
        "unusual-weekly-hours": lambda case: (
            not case.settings.usual_weekly_hours[0] <= case.command.weekly_hours <= case.settings.usual_weekly_hours[1]
        ),
        "retained-elsewhere": _is_retained_elsewhere,
    },
    commands.SetCoefficient: {
        "quota-below-registered": lambda case: _quota_falls_short(case, case.session.capacity, case.command.coefficient)
    },
    commands.SetCapacity: {
        "quota-below-registered": lambda case: _quota_falls_short(case, case.command.capacity, case.session.coefficient)
    },
}
"""The advisories of every command, each with when it must be given."""
CODES = frozenset(code for limits in LIMITS.values() for code in limits)
"""Every code of a limit."""


def expected_refusals(case: CommandCase) -> frozenset[str]:
    """Return the codes that must be given, apart from permissions, versions and a service's own policies.

    Of a service's own rows those rules of ours must refuse that every one of them names.
    """
    kind = type(case.command)
    sources, _ = OUTCOMES[kind]
    if case.unknown_parent is not None:
        return frozenset({case.unknown_parent})
    if not sources:
        if case.subject is not None:
            return frozenset({"duplicate-reference"})
    elif case.subject is None:
        return frozenset({f"unknown-{case.command.subject_kind}"})
    elif case.own_rows:
        named = frozenset.intersection(*(frozenset(each.codes) for each in case.own_rows))
        return _given({code: holds for code, holds in LIMITS[kind].items() if code in named}, case)
    elif case.subject.state not in sources:
        return frozenset({"no-transition"})
    return _given(LIMITS[kind], case)


def expected_advisories(case: CommandCase) -> frozenset[str]:
    """Return the codes of the advisories that an acceptance must have."""
    return _given(ADVICE.get(type(case.command), {}), case)


def _given(limits: Mapping[str, Limit], case: CommandCase) -> frozenset[str]:
    left_out = case.settings.leave_out.get(type(case.command), ())
    return frozenset([code for code, holds in limits.items() if code not in left_out and holds(case)])
