"""A history entry in JSON: the envelope flat, what is the event's own in `data`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from attrs import frozen
from cattrs import Converter

from poec_workflow.errors import Advisory, Malformed
from poec_workflow.events import EVENTS, AnyEvent, HistoryEntry, Position
from poec_workflow.model import ActionState, Actor, ApplicationState, SessionState, State, SubjectKind

_STATES: Mapping[SubjectKind, type[State]] = {
    SubjectKind.APPLICATION: ApplicationState,
    SubjectKind.SESSION: SessionState,
    SubjectKind.ACTION: ActionState,
}


@frozen(kw_only=True)
class _WrittenEntry:
    """The names and types of the flat form; `from_` is `from`."""

    kind: SubjectKind
    reference: str
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
    data: dict[str, Any]


def write_entry(entry: HistoryEntry, converter: Converter) -> dict[str, Any]:
    """The entry as JSON-ready data."""
    to_dict = converter.unstructure
    event = to_dict(entry.event)
    return {
        "kind": entry.event.kind.value,
        "reference": event.pop("reference"),
        "version": event.pop("version"),
        "type": entry.event.type,
        "effective": event.pop("effective_at"),
        "recorded": to_dict(entry.recorded_at),
        "actor": to_dict(entry.actor),
        "from": to_dict(entry.from_state),
        "to": event.pop("state"),
        "rule": entry.rule,
        "command": entry.command,
        "decision": to_dict(entry.decision),
        "fingerprint": entry.fingerprint,
        "advisories": to_dict(entry.advisories),
        "data": event,
    }


def read_entry(value: object, converter: Converter) -> HistoryEntry:
    """The entry that JSON-ready data says."""
    if not isinstance(value, Mapping):
        raise ValueError("expected an object")
    written = converter.structure(
        {"from_" if name == "from" else name: each for name, each in value.items()}, _WrittenEntry
    )
    if written.type not in EVENTS:
        raise Malformed.at("$.type", "unknown type")
    states = _STATES[written.kind]
    event: AnyEvent = converter.structure(
        {
            **written.data,
            "reference": written.reference,
            "version": written.version,
            "state": written.to,
            "effective_at": written.effective.isoformat(),
        },
        EVENTS[written.type],
    )
    return HistoryEntry(
        event=event,
        recorded_at=written.recorded,
        actor=written.actor,
        rule=written.rule,
        command=written.command,
        decision=written.decision,
        from_state=None if written.from_ is None else converter.structure(written.from_, states),
        fingerprint=written.fingerprint,
        advisories=written.advisories,
    )
