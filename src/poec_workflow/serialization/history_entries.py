"""A history entry as JSON: the envelope's fields flat, the event's own fields in `data`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from attrs import fields, frozen
from cattrs import BaseValidationError, Converter

from poec_workflow.construction import constructor
from poec_workflow.errors import Advisory, Malformed
from poec_workflow.events import ENVELOPE, EVENTS, AnyEvent
from poec_workflow.history import HistoryEntry, Position
from poec_workflow.model import STATE_TYPES, Actor, ActorKind, Reference, State, SubjectKind
from poec_workflow.serialization.conversion_faults import faults_of
from poec_workflow.serialization.object_writer import Members, W, writer_by_type_of


@frozen(kw_only=True)
class Envelope:
    """The names and types of the flat form; `from_` is `from`."""

    kind: SubjectKind
    reference: Reference
    version: int
    type: str
    effective: datetime
    recorded: datetime
    actor: Actor
    from_: str | None = None
    to: str
    rule: str
    command: str
    decision: Position
    fingerprint: str
    advisories: tuple[Advisory, ...]


def entry_members(event: type[AnyEvent]) -> Members:
    """The members of an entry that has an event of a type."""
    return {
        "kind": "value.event.subject_kind",
        "reference": "value.event.reference",
        "version": "value.event.version",
        "type": "value.event.type",
        "effective": "value.event.effective_at",
        "recorded": "value.recorded_at",
        "actor": "value.actor",
        "from": "value.from_state",
        "to": "value.event.state",
        "rule": "value.rule",
        "command": "value.command",
        "decision": "value.decision",
        "fingerprint": "value.fingerprint",
        "advisories": "value.advisories",
        "data": {each.name: f"value.event.{each.name}" for each in fields(event) if each.name not in ENVELOPE},
    }


def entry_writer(writer_of: Callable[[Members], W]) -> W:
    """What writes an entry: one writer for each type of event, made when the first of it is written."""
    return writer_by_type_of("event", lambda event: writer_of(entry_members(event)))


def read_entry(value: object, converter: Converter) -> HistoryEntry:
    """The entry that JSON-ready data says."""
    if not isinstance(value, Mapping):
        raise ValueError("expected an object")
    flat = {"from_" if name == "from" else name: each for name, each in value.items() if name != "data"}
    if "from_" in value:
        raise Malformed.at("$.from_", "unknown key")
    anonymous = _lacks_organization(flat.get("actor"))
    if anonymous:
        flat["actor"] = {**flat["actor"], "organization": "unknown"}
    written = converter.structure(flat, Envelope)
    event_type = EVENTS.get(written.type)
    if event_type is None or event_type.subject_kind != written.kind:
        raise Malformed.at("$.type", f"no event of this {written.kind}")
    return HistoryEntry(
        event=_read_event(value.get("data"), event_type, written, converter),
        recorded_at=written.recorded,
        actor=_without_organization(written.actor) if anonymous else written.actor,
        rule=written.rule,
        command=written.command,
        decision=written.decision,
        from_state=None if written.from_ is None else _read_state(written.from_, "$.from", written, converter),
        fingerprint=written.fingerprint,
        advisories=written.advisories,
    )


ACTORS_WITHOUT_ORGANIZATION = (ActorKind.FUNDER,)
"""Kinds of actor whom the first release let act for no organisation."""


def _lacks_organization(actor: object) -> bool:
    """Whether an actor acted for no organisation in the first release."""
    if not isinstance(actor, Mapping) or actor.get("organization") is not None:
        return False
    return actor.get("kind") in ACTORS_WITHOUT_ORGANIZATION


_construct_actor = constructor(Actor)


def _without_organization(actor: Actor) -> Actor:
    return _construct_actor(actor.kind, None, actor.candidate, actor.reference, actor.name)


def _read_event(data: object, event_type: type[AnyEvent], written: Envelope, converter: Converter) -> AnyEvent:
    if not isinstance(data, Mapping):
        raise Malformed.at("$.data", "expected an object")
    own = [name for name in ENVELOPE if name in data]
    if own:
        raise Malformed.at(f"$.data.{own[0]}", "unknown key")
    envelope = {
        "reference": written.reference,
        "version": written.version,
        "state": _read_state(written.to, "$.to", written, converter),
        "effective_at": written.effective.isoformat(),
    }
    try:
        event: AnyEvent = converter.structure({**data, **envelope}, event_type)
    except BaseValidationError as error:
        raise Malformed(faults_of(error, "$.data")) from None
    return event


def _read_state(text: str, place: str, written: Envelope, converter: Converter) -> State:
    try:
        state: State = converter.structure(text, STATE_TYPES[written.kind])
    except ValueError as error:
        raise Malformed.at(place, str(error)) from None
    return state
