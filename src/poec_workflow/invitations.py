"""What a candidate's calendar is told: an appointment made or moved, or cancelled as the application ended before.

A calendar that takes every message in order shows the appointment that stands, as long as it is to come (N2).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time, tzinfo
from hashlib import blake2b
from uuid import UUID

from attrs import evolve, frozen

from poec_workflow.events import ConvocationMoved, Convoked
from poec_workflow.folding import fold
from poec_workflow.history import HistoryEntry
from poec_workflow.model import OPEN_STATES, Application, Outcome
from poec_workflow.policies.calendar import local_day


@frozen(kw_only=True)
class Invitation:
    """What a calendar is told of an application's appointment.

    Attributes:
        uid: the same for all appointments of an application, of which one at most stands at a time.
        sequence: raised by one whenever the appointment is made anew, moved or cancelled; the first is 0.
        cancelled: whether the appointment does not stand any more.
        on: the Paris day.
        time: the Paris time; None where none is known.
        place: where; None where it is not known.
    """

    uid: str
    sequence: int
    cancelled: bool
    on: date
    time: time | None = None
    place: str | None = None


APPOINTMENTS = (Convoked, ConvocationMoved)
"""The events that make or move an appointment."""

_DID_NOT_TAKE_PLACE = frozenset({None, Outcome.ABSENT_WITH_NOTICE})


def invitation(history: Sequence[HistoryEntry], zone: tzinfo) -> Invitation | None:
    """What the last event of an application's history tells the candidate's calendar; None where nothing.

    - An appointment whose day is not before the day of its recording is put in, or takes the place of the one before.
    - One that was recorded afterwards invites nobody; what the calendar shows and is still to come, it takes out.
    - So does the end of the application, unless the appointment took place.

    Args:
        history: up to and with the event.
        zone: in which a day begins.
    """
    sent: Invitation | None = None
    last: Invitation | None = None
    for place, entry in enumerate(history, 1):
        last = _told(history[:place], entry, sent, local_day(entry.recorded_at, zone))
        sent = last or sent
    return last


def _told(
    history: Sequence[HistoryEntry], entry: HistoryEntry, sent: Invitation | None, today: date
) -> Invitation | None:
    """What one event tells a calendar that was told something before, or nothing."""
    event = entry.event
    shown = sent if sent is not None and not sent.cancelled and sent.on >= today else None
    if isinstance(event, APPOINTMENTS):
        if event.on < today:
            return _cancelled(shown)
        sequence = 0 if sent is None else sent.sequence + 1
        return Invitation(
            uid=_uid(event.reference),
            sequence=sequence,
            cancelled=False,
            on=event.on,
            time=event.time,
            place=event.place,
        )
    if shown is None or event.state in OPEN_STATES:
        return None
    application = fold(each.event for each in history)
    assert isinstance(application, Application)  # noqa: S101 - its history
    outcomes = {each.outcome for each in application.convocations[-1:]}
    return _cancelled(shown) if outcomes <= _DID_NOT_TAKE_PLACE else None


def _cancelled(shown: Invitation | None) -> Invitation | None:
    return None if shown is None else evolve(shown, sequence=shown.sequence + 1, cancelled=True)


def _uid(application: str) -> str:
    digest = blake2b(application.encode(), digest_size=16).digest()
    return f"{UUID(bytes=digest, version=4)}@poec-workflow"
