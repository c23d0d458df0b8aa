"""What channels send: the neutral message, and the CloudEvent around it in a webhook's request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from poec_workflow.events import EVENTS
from poec_workflow.model import Reference, SubjectKind
from poec_workflow.notices.notice import LONGEST_ID
from poec_workflow.notices.notice_table import ID_PATTERN
from poec_workflow.schemas.annotation_schemas import Make, SchemaMaker, closed_object, constant
from poec_workflow.schemas.component_table import Schema
from poec_workflow.serialization.neutral_message import DATA_SCHEMA, DIGEST_TYPE, TYPE_PREFIX, NeutralMessageDocument

_ID: Schema = {"format": "uuid", "minLength": 36, "maxLength": 36, "pattern": ID_PATTERN}
TOLD_EVENTS = tuple(name for name, each in EVENTS.items() if each.subject_kind is not SubjectKind.ACTION)
"""The events that somebody can be told of."""


def _neutral_message(make: SchemaMaker, document: Any) -> Schema:  # noqa: ANN401 - a TypedDict
    def made() -> Schema:
        members = {**make.typed_members(document, "NeutralMessage")}
        for name, more in _narrowed(make):
            schema, required = members[name]
            members[name] = {**schema, **more}, required
        return closed_object(members, make.describe.thing("NeutralMessage"))

    return make.table.reference("NeutralMessage", document, made)


def _narrowed(make: SchemaMaker) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """What the annotations do not say: of ids, of the rows of the table, and of what these tell."""
    yield "id", _ID
    yield "notice", {"minLength": 1, "maxLength": LONGEST_ID, "examples": [each.id for each in make.table.notices.rows]}
    yield "event", {"enum": [*TOLD_EVENTS]}
    told = dict(_told(make))
    # A service's own table may tell other fields.
    yield "told", {"minProperties": 1, "properties": told, "additionalProperties": True}
    yield "expiring", {"minItems": 1}


def _told(make: SchemaMaker) -> Iterator[tuple[str, Schema]]:
    """The fields that the table tells somebody, each as the event has it."""
    for row in make.table.notices.rows:
        for event in row.events:
            members = make.members(event, event.__name__)
            for audience in row.audiences:
                yield from ((name, members[name][0]) for name in audience.fields)


def cloud_event(make: SchemaMaker) -> Schema:
    """A reference to the body of a webhook's request: a CloudEvent 1.0 in structured mode."""

    def made() -> Schema:
        text: Schema = {"type": "string", "minLength": 1}
        types = [f"{TYPE_PREFIX}.{each}" for each in (*TOLD_EVENTS, DIGEST_TYPE)]
        attributes: Mapping[str, Schema] = {
            "specversion": constant("1.0"),
            "id": {"type": "string", **_ID},
            "source": {**text, "format": "uri-reference"},
            "type": {"type": "string", "enum": types},
            "subject": make.schema(Reference),
            "time": {"type": "string", "format": "date-time"},
            "datacontenttype": constant("application/json"),
            "dataschema": constant(DATA_SCHEMA),
            "data": make.schema(NeutralMessageDocument),
        }
        said = {name: ({**each, **make.describe.member("CloudEvent", name)}, True) for name, each in attributes.items()}
        return closed_object(said, make.describe.thing("CloudEvent"))

    return make.table.reference("CloudEvent", DATA_SCHEMA, made)


MESSAGES: Mapping[Any, Make] = {NeutralMessageDocument: _neutral_message}
"""Annotation ▸ what makes its schema."""
