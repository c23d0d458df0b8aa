"""What must hold of every step because of numbers and days, whatever the policies say."""

from __future__ import annotations

from datetime import date, datetime, time

from poec_workflow import commands
from poec_workflow.model import (
    LIVE_STATES,
    ActionState,
    Application,
    ApplicationState,
    SessionState,
    TrainingSession,
)
from poec_workflow.testing.exploration.explored_step import FINAL, OVER, Step, overdue, retained


def quota_holds(step: Step) -> str | None:
    """Nobody is registered beyond capacity × coefficient."""
    session, everyone = step.before.session, step.before.applications
    if not isinstance(step.command, commands.Preregister) or session is None:
        return None
    count = sum(each.state in LIVE_STATES for each in everyone) if step.settings.counts_live else len(everyone)
    quota = session.capacity * session.coefficient
    return f"{count + 1} registered for a quota of {quota}" if count >= quota else None


def registration_is_open(step: Step) -> str | None:
    """Somebody registers until the deadline's day, on an active session of a published action, once at a time."""
    session, action, command = step.before.session, step.before.action, step.command
    if not isinstance(command, commands.Preregister) or session is None or action is None:
        return None
    if step.today > session.registration_deadline:
        return f"registered on {step.today}, after the deadline of {session.registration_deadline}"
    if session.state is not SessionState.ACTIVE or action.state is not ActionState.PUBLISHED:
        return f"registered on a session that is {session.state}, of an action that is {action.state}"
    if step.before.is_live(command.candidate.reference):
        return f"{command.candidate.reference} has an open or retained application already"
    return None


def time_limit_holds(step: Step) -> str | None:
    """Past the advice deadline an application only becomes no-advice; before it never does."""
    session = step.before.session
    if session is None:
        return None
    late = overdue(session, step.today, step.settings)
    for change, application in step.moved():
        if change.before is not None and late is not (application.state is ApplicationState.NO_ADVICE):
            when = "after" if late else "before"
            return f"{application.reference} became {application.state} on {step.today}, {when} the advice deadline"
    return None


def expiry_takes_effect_after_the_deadline(step: Step) -> str | None:
    """An expiry takes effect at the first instant of the day after the deadline, however late it is recorded."""
    session = step.before.session
    for change, application in step.moved():
        if application.state is ApplicationState.NO_ADVICE and session:
            day = date.fromordinal(session.end.toordinal() + step.settings.grace_days + 1)
            if change.event.effective_at != datetime.combine(day, time(), step.settings.zone):
                return f"{application.reference} expired with effect at {change.event.effective_at}"
    return None


def convocations_are_in_order(step: Step) -> str | None:
    """Convocations are no more than allowed, after one another, and neither before registration nor too late."""
    subject, session, settings = step.answer.subject, step.before.session, step.settings
    if type(step.command) not in {commands.Convoke, commands.MoveConvocation} or not isinstance(subject, Application):
        return None
    days = [each.on for each in subject.convocations]
    if len(days) > settings.max_convocations:
        return f"{len(days)} convocations, of {settings.max_convocations}"
    if days != sorted(set(days)):
        return f"convocations on {', '.join(map(str, days))}"
    if days[-1] < subject.registered_at.astimezone(settings.zone).date():
        return f"convoked on {days[-1]}, before the registration"
    return (
        f"convoked on {days[-1]}, after the advice deadline"
        if session and overdue(session, days[-1], settings)
        else None
    )


def attendance_is_of_the_past(step: Step) -> str | None:
    """Presence, or an absence without notice, is recorded on the convocation's day or later."""
    told = isinstance(step.command, commands.RecordAbsence) and step.command.notified
    if type(step.command) not in {commands.RecordPresence, commands.RecordAbsence} or told:
        return None
    before = step.answer.change.before
    due = before.convocations[-1].on if isinstance(before, Application) else step.today
    return f"recorded on {step.today} for {due}" if step.today < due else None


def advice_is_complete(step: Step) -> str | None:
    """Who is retained has days within the session and hours within the limit; who is rejected, motive and reason."""
    subject, session, settings = step.answer.subject, step.before.session, step.settings
    if not isinstance(subject, Application) or session is None:
        return None
    if isinstance(step.command, commands.Retain):
        entry, out, hours = subject.entry, subject.exit, subject.weekly_hours
        if entry is None or out is None or hours is None:
            return "retained without days or hours"
        within = session.start <= entry <= session.late_entry_deadline and entry <= out <= session.end
        if not within or not 0 < hours <= settings.weekly_hours_max:
            return f"retained from {entry} to {out}, {hours} hours a week"
    if isinstance(step.command, (commands.Reject, commands.Withdraw)):
        motive = settings.catalogue.motive(subject.motive or "")
        known = {each.code for each in motive.reasons} if motive and not motive.reserved else set()
        if subject.reason not in known:
            return f"rejected with the motive {subject.motive} and the reason {subject.reason}"
    return None


def sessions_close_and_reopen_by_their_seats(step: Step) -> str | None:
    """A session becomes complete where no seat is left, and active again where one is."""
    before, after = step.before.session, step.after.session
    if before is None or after is None or before.state is after.state:
        return None
    full = retained(step.after) >= step.seats
    if after.state in OVER - FINAL and not full:
        return f"complete with {retained(step.after)} of {step.seats} seats taken"
    if after.state not in OVER and full:
        return f"active again with {retained(step.after)} of {step.seats} seats taken"
    return None


def the_last_seat_closes(step: Step) -> str | None:
    """With automatic closing, giving the last seat declares the session full; else it never does."""
    after = step.after.session
    if not isinstance(step.command, commands.Retain) or after is None:
        return None
    closes = step.settings.closes_when_full and retained(step.after) >= step.seats
    if closes is not (after.state in OVER) and step.before.session is not after:
        return f"the session is {after.state} after a seat was given"
    return f"the last seat was given, and the session is {after.state}" if closes and after.state not in OVER else None


def sessions_are_possible(step: Step) -> str | None:
    """A session's dates are in order, its capacity, coefficient and lists within their limits."""
    session, settings = step.answer.subject, step.settings
    if not isinstance(session, TrainingSession):
        return None
    entry = session.late_entry_deadline
    checks = {
        "dates": session.registration_deadline <= entry and session.start <= entry <= session.end,
        "capacity": session.capacity >= 1,
        "coefficient": settings.coefficient_min <= session.coefficient <= settings.coefficient_max,
        "information dates": len(session.information_dates) <= 3,  # noqa: PLR2004 - the form's three fields
        "minimum headcount": not isinstance(step.command, commands.CreateSession)
        or 0 <= session.minimum_headcount <= session.capacity,
    }
    wrong = [name for name, right in checks.items() if not right]
    return f"impossible {' and '.join(wrong)}" if wrong else None


OF_LIMITS = (
    quota_holds,
    registration_is_open,
    time_limit_holds,
    expiry_takes_effect_after_the_deadline,
    convocations_are_in_order,
    attendance_is_of_the_past,
    advice_is_complete,
    sessions_close_and_reopen_by_their_seats,
    the_last_seat_closes,
    sessions_are_possible,
)
