"""What the wire format's reader treats in its own way, each with its schema: commands, actors, events, the history."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from poec_workflow.commands import COMMANDS, Command
from poec_workflow.events import ENVELOPE, EVENTS, AnyEvent
from poec_workflow.history import HistoryEntry, Position
from poec_workflow.messages import DIGEST, About, DigestPosition
from poec_workflow.model import REQUIRED_OF_ACTORS, STATE_TYPES, SUBJECT_TYPES, Actor, Subject, SubjectKind
from poec_workflow.schemas.annotation_schemas import NULL, Make, SchemaMaker, closed_object, constant, one_of
from poec_workflow.schemas.component_table import Schema
from poec_workflow.schemas.message_components import MESSAGES
from poec_workflow.schemas.problem_components import PROBLEMS
from poec_workflow.serialization.converter import IGNORED_KEYS
from poec_workflow.serialization.history_entries import ACTORS_WITHOUT_ORGANIZATION, Envelope


def _any_command(make: SchemaMaker, _: object) -> Schema:
    def made() -> Schema:
        return one_of(
            "type", {name: make.schema(each) for name, each in COMMANDS.items()}, make.describe.thing("Command")
        )

    return make.table.reference("Command", Command, made)


def _command(make: SchemaMaker, cls: Any) -> Schema:  # noqa: ANN401 - a class of command
    def made() -> Schema:
        rows = [each.id for each in make.table.rules if each.command is cls]
        tag: tuple[Schema, bool] = constant(cls.type), True
        ignored = {each: (make.describe.thing("ignored"), False) for each in IGNORED_KEYS.get(cls, ())}
        members = {"type": tag, **make.members(cls, cls.__name__), **ignored}
        return closed_object(members, make.describe.with_rows("commands", cls.type, rows))

    return make.table.reference(cls.__name__, cls, made)


def _actor(make: SchemaMaker, _: object) -> Schema:
    return make.table.reference("Actor", Actor, lambda: _actor_schema(make, but=()))


def _actor_schema(make: SchemaMaker, but: Collection[str]) -> Schema:
    """An actor, with the field that its kind requires: but for some kinds."""
    kinds: dict[str, list[str]] = {}
    for kind, name in REQUIRED_OF_ACTORS.items():
        if kind not in but:
            kinds.setdefault(name, []).append(str(kind))
    return {**make.object_schema(Actor, "Actor"), "allOf": [_required_of(*each) for each in kinds.items()]}


def _required_of(name: str, kinds: list[str]) -> Schema:
    return {
        "if": {"properties": {"kind": {"enum": kinds}}, "required": ["kind"]},
        "then": {"properties": {name: {"not": dict(NULL)}}, "required": [name]},
    }


def _about(make: SchemaMaker, _: object) -> Schema:
    """The kind says which of the two it is, so that it is required of both."""
    digest = {"type": "object", "properties": {"kind": constant(DIGEST)}, "required": ["kind"]}
    return {"anyOf": [make.schema(Position), {**digest, "allOf": [make.schema(DigestPosition)]}]}


def _event(make: SchemaMaker, cls: Any) -> Schema:  # noqa: ANN401 - a class of event
    def made() -> Schema:
        members = {"type": (constant(cls.type), True), **make.members(cls, cls.__name__)}
        return closed_object(members, _said_of_event(make, cls))

    return make.table.reference(cls.__name__, cls, made)


def _history_entry(make: SchemaMaker, _: object) -> Schema:
    def made() -> Schema:
        options = {name: _entry(make, each) for name, each in EVENTS.items()}
        return one_of("type", options, make.describe.thing("HistoryEntry"))

    return make.table.reference("HistoryEntry", HistoryEntry, made)


def _entry(make: SchemaMaker, event: Any) -> Schema:  # noqa: ANN401 - a class of event
    """The envelope flat, as the event narrows it, and the event's own fields in `data`."""

    def made() -> Schema:
        members = {name.removesuffix("_"): each for name, each in make.members(Envelope, "HistoryEntry").items()}
        members |= dict(_narrowed(make, event))
        data = {name: each for name, each in make.members(event, event.__name__).items() if name not in ENVELOPE}
        members["data"] = closed_object(data, make.describe.member("HistoryEntry", "data")), True
        return closed_object(members, _said_of_event(make, event))

    return make.table.reference(f"{event.__name__}Entry", (HistoryEntry, event), made)


def _narrowed(make: SchemaMaker, event: Any) -> Iterator[tuple[str, tuple[Schema, bool]]]:  # noqa: ANN401 - a class of event
    states = make.schema(STATE_TYPES[event.subject_kind])
    yield "kind", (constant(str(event.subject_kind)), True)
    yield "type", (constant(event.type), True)
    yield "from", ({"anyOf": [states, dict(NULL)], **make.describe.member("HistoryEntry", "from")}, False)
    yield "to", ({**states, **make.describe.member("HistoryEntry", "to")}, True)
    actor = make.table.reference(
        "HistoryActor", (HistoryEntry, Actor), lambda: _actor_schema(make, but=ACTORS_WITHOUT_ORGANIZATION)
    )
    yield "actor", ({**actor, **make.describe.member("HistoryEntry", "actor")}, True)


def _said_of_event(make: SchemaMaker, event: Any) -> Mapping[str, Any]:  # noqa: ANN401 - a class of event
    rows = [each.id for each in make.table.rules if each.event is event]
    return make.describe.with_rows("events", event.type, rows)


def _any_event(make: SchemaMaker, _: object) -> Schema:
    def made() -> Schema:
        options = {name: make.schema(each) for name, each in EVENTS.items()}
        return one_of("type", options, make.describe.thing("Event"))

    return make.table.reference("Event", AnyEvent, made)


def _any_subject(make: SchemaMaker, _: object) -> Schema:
    """A subject beside its kind, as the answer to a command has it."""

    def made() -> Schema:
        options = {str(kind): _tagged(make, kind, cls) for kind, cls in SUBJECT_TYPES.items()}
        return one_of("subject_kind", options, make.describe.thing("Subject"))

    return make.table.reference("Subject", Subject, made)


def _tagged(make: SchemaMaker, kind: SubjectKind, cls: Any) -> Schema:  # noqa: ANN401 - a class of subject
    def made() -> Schema:
        members = {"subject_kind": (constant(str(kind)), True), **make.members(cls, cls.__name__)}
        return closed_object(members, make.describe.thing(cls.__name__))

    return make.table.reference(f"{cls.__name__}Subject", (Subject, cls), made)


SPECIAL: Mapping[Any, Make] = {
    Command: _any_command,
    **dict.fromkeys(COMMANDS.values(), _command),
    Actor: _actor,
    About: _about,
    **dict.fromkeys(EVENTS.values(), _event),
    AnyEvent: _any_event,
    HistoryEntry: _history_entry,
    Subject: _any_subject,
    **PROBLEMS,
    **MESSAGES,
}
"""Annotation ▸ what makes its schema."""
