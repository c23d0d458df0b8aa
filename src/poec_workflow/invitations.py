"""What a candidate's calendar is told of their appointments (N2).

A calendar hears what the candidate hears: appointments made and moved, and how the application ended. It shows an
appointment that was to come when it was told, until another takes its place or it is cancelled.

- An appointment made or moved is an invitation, unless its day is before the day on which it was recorded. Whatever
  the calendar showed before is replaced, for all appointments of an application are one entry of the calendar.
- An appointment recorded after its day invites nobody. Where the calendar shows another one that is still to come (a
  slip was mended), that one does not stand any more, and is cancelled.
- An application that ends cancels what the calendar shows and is still to come, unless the candidate was there.
- What is past stays in the calendar; nobody is told that what they were never invited to is cancelled.

An absence of which the candidate gave notice tells them nothing, and so leaves the calendar as it is [R].
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, tzinfo
from datetime import time as clock_time
from uuid import UUID, uuid5

from attrs import frozen

from poec_workflow.events import ApplicationEvent, ConvocationMoved, Convoked
from poec_workflow.folding import evolve
from poec_workflow.history import HistoryEntry
from poec_workflow.model import OPEN_STATES, Application, Convocation, Outcome
from poec_workflow.policies.calendar import local_day

_APPLICATIONS = UUID("5a1f4f0e-6c0a-5a53-9a55-2f3a1a0c7d12")
"""The name space of the uids; it never changes."""


@frozen(kw_only=True)
class Invitation:
    """What a calendar is told of an application's appointment.

    Attributes:
        uid: the same for all appointments of an application, of which one at most stands at a time.
        sequence: how often the calendar was told of an appointment made, moved or cancelled before; the first is 0.
        cancelled: whether the appointment that the calendar shows does not stand any more.
        on: the Paris day.
        time: the Paris time; None where none is known.
        place: where; None where it is not known.
    """

    uid: str
    sequence: int
    cancelled: bool
    on: date
    time: clock_time | None = None
    place: str | None = None


def invitation(history: Sequence[HistoryEntry], *, zone: tzinfo) -> Invitation | None:
    """What the candidate's calendar is told of the last entry of an application's history; None where nothing.

    Args:
        history: from the first entry to the one that is told, so that it is the same whenever it is sent.
        zone: whose days count, as `settings.zone`.
    """
    application: Application | None = None
    shown: Convocation | None = None
    told: Invitation | None = None
    sequence = 0
    for entry in history:
        event = entry.event
        if not isinstance(event, ApplicationEvent):
            return None
        application = evolve(application, event)
        now_shown = _shown(shown, application, event, local_day(entry.recorded_at, zone))
        told = _told(application, sequence, shown, now_shown)
        sequence += told is not None
        shown = now_shown
    return told


APPOINTMENTS = (Convoked, ConvocationMoved)
"""The events that make or move an appointment."""


def _shown(
    before: Convocation | None, application: Application, event: ApplicationEvent, day: date
) -> Convocation | None:
    """The appointment that the calendar is to show after an event, if it showed `before`."""
    if isinstance(event, APPOINTMENTS):
        current = application.convocations[-1]
        return current if current.on >= day else _past(before, day)
    if application.state in OPEN_STATES or not application.convocations:
        return before
    took_place = application.convocations[-1].outcome is Outcome.PRESENT
    return before if took_place else _past(before, day)


def _past(shown: Convocation | None, day: date) -> Convocation | None:
    return shown if shown is not None and shown.on < day else None


def _told(
    application: Application, sequence: int, before: Convocation | None, after: Convocation | None
) -> Invitation | None:
    """The difference between what a calendar shows and what it is to show; an appointment entered again is one."""
    about = before if after is None else after
    if about is None or after is before:
        return None
    return Invitation(
        uid=_uid(application),
        sequence=sequence,
        cancelled=after is None,
        on=about.on,
        time=about.time,
        place=about.place,
    )


def _uid(application: Application) -> str:
    # With the instant, for another service may use the same reference.
    return str(uuid5(_APPLICATIONS, f"{application.registered_at.astimezone(UTC).isoformat()} {application.reference}"))
