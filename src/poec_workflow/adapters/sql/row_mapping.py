"""Map values to database rows and back: what each column of a row holds."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from poec_workflow.adapters.search_text import action_text, application_text, person_text, session_text
from poec_workflow.events import AnyEvent
from poec_workflow.history import HistoryEntry, Position
from poec_workflow.messages import DIGEST, About, Addressee, DigestPosition, Message, StreamKind
from poec_workflow.model import Application, Candidate, Subject, SubjectKind, TrainingAction, TrainingSession
from poec_workflow.policies.alerts import awaits_validation, is_incomplete
from poec_workflow.policies.capacity import quota_of
from poec_workflow.ports import Delivery, DeliveryRecord, MessageState, QueuedMessage
from poec_workflow.serialization import to_json
from poec_workflow.views import stamp
from poec_workflow.views.ordering import name_key, place_key

Values = dict[str, Any]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LONGEST_KEY = 64
_DIGESTED = re.compile(r"sha256:[0-9a-f]{64}")


def microseconds(instant: datetime) -> int:
    """An instant as stored, in microseconds since 1970: comparable whatever its offset was."""
    return (instant - _EPOCH) // _MICROSECOND


FIXED: Mapping[SubjectKind, tuple[str, ...]] = {
    SubjectKind.APPLICATION: (
        "session",
        "candidate",
        "registered_at",
        "search",
        "registration_key",
        "prescriber",
    ),
    SubjectKind.SESSION: (),
    SubjectKind.ACTION: (),
}
"""The columns that no event changes after the creation; an UPDATE leaves them as they are."""


def row_of(subject: Subject, *, changed: bool = False) -> Values:
    """A subject's row, without a session's counters; `changed` leaves the fixed columns out."""
    match subject:
        case Application():
            own = {} if changed else _application(subject)
        case TrainingSession():
            own = _session(subject)
        case TrainingAction():
            own = _action(subject)
    envelope = {"reference": subject.reference, "version": subject.version, "state": subject.state.value}
    return {**envelope, **own, "data": to_json(subject)}


def _application(application: Application) -> Values:
    return {
        "session": application.session,
        "candidate": application.candidate,
        "registered_at": microseconds(application.registered_at),
        "search": application_text(application),
        "registration_key": stamp(application.registered_at) + application.reference,
        "prescriber": application.prescriber.organization,
    }


def _session(session: TrainingSession) -> Values:
    return {
        "action": session.action,
        "start_on": session.start.isoformat(),
        "end_on": session.end.isoformat(),
        "registration_deadline": session.registration_deadline.isoformat(),
        "responsible": session.responsible,
        "positioner": session.positioner,
        "trainer": session.trainer,
        "quota": quota_of(session),
        "session_type": session.session_type,
        "search": session_text(session),
        "place_key": place_key(session.place),
    }


def _action(action: TrainingAction) -> Values:
    return {
        "responsible": action.responsible,
        "awaits_validation": int(awaits_validation(action)),
        "incomplete": int(is_incomplete(action)),
        "search": action_text(action),
        "funder": stored_key(action.funder),
    }


def person_row(person: Candidate) -> Values:
    """A person's row."""
    return {
        "reference": person.reference,
        "name": person.name,
        "email": person.email,
        "search": person_text(person),
        "name_key": name_key(person.name),
    }


def entry_row(entry: HistoryEntry, ordinal: int, session: str | None) -> Values:
    """An entry's row; `ordinal` is its place in its decision, `session` the one that its subject belongs to."""
    decision = entry.decision
    return {
        **event_position_row(entry.event),
        "decision_kind": decision.kind.value,
        "decision_reference": decision.reference,
        "decision_version": decision.version,
        "ordinal": ordinal,
        "actor_candidate": entry.actor.candidate,
        "data": to_json(entry),
        "session": session,
    }


def session_of(subject: Subject) -> str | None:
    """The session that a subject is or is registered on; None of an action."""
    match subject:
        case Application():
            return subject.session
        case TrainingSession():
            return subject.reference
        case TrainingAction():
            return None


def message_row(message: Message, recorded_at: int) -> Values:
    """A message's row while it waits; `recorded_at` in microseconds."""
    about, to = message.about, message.to
    return {
        "message_id": message.id,
        "notice": message.notice,
        "kind": about.kind,
        "reference": about.reference,
        "version": about.version,
        "stream": message.stream,
        "stream_kind": message.stream_kind,
        "to_kind": to.kind,
        "to_reference": to.reference,
        "session": message.session,
        "recorded_at": recorded_at,
    }


def message_of(row: Any) -> Message:  # noqa: ANN401 - a row that names a message
    """The message of a row."""
    return Message(
        id=row.message_id,
        notice=row.notice,
        about=about_of(row.kind, row.reference, row.version),
        stream=row.stream,
        stream_kind=StreamKind(row.stream_kind),
        to=Addressee(row.to_kind, row.to_reference),
        session=row.session or None,  # of a digest, on a partitioned store, an empty text
    )


def queued_of(row: Any) -> QueuedMessage:  # noqa: ANN401 - a row
    """The message of a row, while it waits or is dead."""
    return QueuedMessage(
        message=message_of(row),
        recorded_at=instant_of(row.recorded_at),
        state=MessageState.DEAD if row.dead else MessageState.WAITING,
        attempts=row.attempts,
        due_at=instant_of(row.due_at) if row.due_at else None,
        fence=row.fence,
        answer=row.answer,
    )


def delivery_of(row: Any) -> DeliveryRecord:  # noqa: ANN401 - a row
    """What became of the message of a row."""
    return DeliveryRecord(message=message_of(row), outcome=Delivery(row.outcome), at=instant_of(row.at))


def about_of(kind: str, reference: str, version: int) -> About:
    """What a message is about."""
    if kind == DIGEST:
        return DigestPosition(reference=reference, version=version)
    return Position(SubjectKind(kind), reference, version)


def instant_of(microseconds: int) -> datetime:
    """A stored instant, in UTC."""
    return _EPOCH + microseconds * _MICROSECOND


def position_row(position: Position) -> Values:
    """The key of history, outbox and receipts: a subject at a version."""
    return {"kind": position.kind.value, "reference": position.reference, "version": position.version}


def event_position_row(event: AnyEvent) -> Values:
    """The same of the subject that an event happened to, at the version after it."""
    return {"kind": event.subject_kind.value, "reference": event.reference, "version": event.version}


def stored_key(key: str) -> str:
    """A key or a funder as stored: over 64 characters its digest, for PostgreSQL's index rows end at some 2,700 bytes.

    A written digest has more than 64 characters, so it equals no key that is stored whole.
    """
    if len(key) <= _LONGEST_KEY:
        return key
    return f"sha256:{hashlib.sha256(key.encode()).hexdigest()}"


def stored_keys(key: str) -> tuple[str, str]:
    """A key as stored now, and as earlier releases stored it: whole, whatever its length."""
    stored = stored_key(key)
    return stored, stored if _DIGESTED.fullmatch(key) else key


def position_of(row: Any) -> Position:  # noqa: ANN401 - a row that has the key
    """The position that a row is keyed by."""
    return Position(SubjectKind(row.kind), row.reference, row.version)
