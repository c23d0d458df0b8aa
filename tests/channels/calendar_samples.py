"""Histories with appointments, and the messages that tell of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from attrs import evolve

from poec_workflow import SYSTEM, Candidate, HistoryEntry, Prescriber, TrainingAction, events
from poec_workflow.history import Position
from poec_workflow.invitations import Invitation, invitation
from poec_workflow.messages import Addressee, Message
from poec_workflow.model import SubjectKind
from poec_workflow.policies.settings import Settings
from poec_workflow.ports import Content
from poec_workflow.testing.contracts.sample_subjects import SESSION

PARIS = Settings().zone
REGISTERED = date(2021, 11, 2)


def entry(event: events.ApplicationEvent, recorded: datetime) -> HistoryEntry:
    """An event in an envelope of which the instant alone matters."""
    position = Position(event.subject_kind, event.reference, event.version)
    return HistoryEntry(
        event=event,
        recorded_at=recorded,
        actor=SYSTEM,
        rule="X",
        command="x",
        decision=position,
        from_state=None,
        fingerprint="",
    )


def noon(day: date) -> datetime:
    """Noon of a Paris day."""
    return datetime.combine(day, time(12), PARIS)


def registered(day: date = REGISTERED, reference: str = "C-1") -> HistoryEntry:
    """A registration."""
    return following([], "preregistered", day, reference=reference)


def following(history: Sequence[HistoryEntry], name: str, day: date, /, **fields: object) -> HistoryEntry:
    """The next event of a history, recorded on a day."""
    known: dict[str, object] = {"reference": "C-1", "version": len(history) + 1, "effective_at": noon(day)}
    if name == "preregistered":
        person = Candidate(reference="P-1", name="Zoé")
        known |= {"session": "S-1", "candidate": person, "prescriber": Prescriber(origin="self")}
    make: Any = events.EVENTS[name]
    made = make(**{**known, "state": STATES[name], **fields})
    assert isinstance(made, events.ApplicationEvent)
    return entry(made, noon(day))


def story(*steps: tuple[str, date, date | None]) -> list[HistoryEntry]:
    """A history from a registration on: each step an event, the day of its recording, and of an appointment its day."""
    history = [registered()]
    for name, day, on in steps:
        history.append(following(history, name, day, **({} if on is None else {"on": on}), **MORE.get(name, {})))
    return history


def told(history: Sequence[HistoryEntry]) -> list[Invitation | None]:
    """What the calendar is told of each entry of a history."""
    return [invitation(history[:number], zone=PARIS) for number in range(1, len(history) + 1)]


STATES = {
    "preregistered": "pending",
    "convoked": "convoked",
    "convocation-moved": "convoked",
    "presence-recorded": "present",
    "absence-notified": "absent",
    "attendance-corrected": "convoked",
    "absent-at-last-convocation": "rejected",
    "absent-without-notice": "rejected",
    "retained": "retained",
    "rejected": "rejected",
    "withdrawn": "rejected",
    "expired": "no-advice",
    "session-full-refused": "session-full",
    "cancelled": "cancelled",
}
MORE: dict[str, dict[str, object]] = {
    "retained": {"entry": SESSION.start, "exit": SESSION.end, "weekly_hours": Decimal(35)},
    "rejected": {"motive": "m", "reason": "r"},
    "withdrawn": {"reason": "r"},
}
ENDINGS = [name for name, state in STATES.items() if state not in {"pending", "convoked", "present", "absent"}]


def message_of(
    given: Invitation | None, *, recorded: datetime = datetime(2021, 11, 20, 8, 30, 1, 5, tzinfo=UTC), title: str = ""
) -> tuple[Message, Content]:
    """The message and the content that carry an invitation."""
    action = TrainingAction(
        reference="A-1",
        version=1,
        state="published",
        title=title or "[POEC] Soudeur",
        funder="OPCO",
        responsible="RESP",
    )
    event = evolve(registered(), recorded_at=recorded)
    message = Message(
        id="m-1",
        notice="N2",
        about=Position(SubjectKind.APPLICATION, "C-1", 2),
        stream="C-1",
        to=Addressee("candidate", "P-1"),
        session="S-1",
    )
    return message, Content(
        entry=event, session=SESSION, action=action, invitation=given, day=recorded.astimezone(PARIS).date()
    )
