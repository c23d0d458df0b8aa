"""What channels send as an AsyncAPI 3.0 document: webhooks by kind of addressee, and the broker."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.metadata import version
from typing import Any

from poec_workflow.messages import AddresseeKind, StreamKind
from poec_workflow.model import Reference
from poec_workflow.schemas.annotation_schemas import SchemaMaker
from poec_workflow.schemas.component_table import Schema
from poec_workflow.schemas.message_components import cloud_event
from poec_workflow.schemas.schema_dialects import for_draft_7
from poec_workflow.serialization.neutral_message import (
    BROKER_EXCHANGE,
    DIGEST_TYPE,
    SIGNATURE_HEADERS,
    TYPE_PREFIX,
    NeutralMessageDocument,
)

BROKER = "broker"
_CLOUD_EVENT_JSON = "application/cloudevents+json"
_SIGNATURES: Mapping[str, str] = {
    "webhook-timestamp": "^[0-9]+$",
    "webhook-signature": "^v1,[A-Za-z0-9+/]+=*( v1,[A-Za-z0-9+/]+=*)*$",
}


def asyncapi_document(make: SchemaMaker) -> Schema:
    """The channels, and what goes over each as the table of notices says."""
    told = {kind: [*_types_told(make, kind)] for kind in AddresseeKind}
    types = [*dict.fromkeys(each for some in told.values() for each in some)]
    webhooks = {each: _webhook_message(make, each) for each in types}
    neutral = {"name": "message", "contentType": "application/json", "payload": make.schema(NeutralMessageDocument)}
    channels = {str(kind): _webhook(make, kind, some) for kind, some in told.items()}
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "poec-workflow", "version": version("poec-workflow"), **make.describe.thing("asyncapi")},
        "defaultContentType": "application/json",
        "channels": {**channels, BROKER: _broker(make)},
        "operations": {f"send-{name}": _sending(make, name) for name in (*channels, BROKER)},
        "components": {
            "messages": {**{name: for_draft_7(each) for name, each in webhooks.items()}, "message": neutral},
            "schemas": for_draft_7(dict(sorted(make.table.schemas.items()))),
        },
    }


def _types_told(make: SchemaMaker, kind: AddresseeKind) -> Iterator[str]:
    """The events that addressees of a kind are told of, and the digest."""
    for row in make.table.notices.rows:
        if any(each.kind is kind for each in row.audiences):
            yield from (each.type for each in row.events) if row.events else (DIGEST_TYPE,)


def _webhook(make: SchemaMaker, kind: AddresseeKind, types: list[str]) -> Schema:
    messages = {each: {"$ref": f"#/components/messages/{each}"} for each in types}
    return {"address": None, **make.describe.thing(f"channel.{kind}"), "messages": messages}


def _webhook_message(make: SchemaMaker, name: str) -> Schema:
    section = "schemas" if name == DIGEST_TYPE else "events"
    headers: dict[str, Schema] = {each: {"type": "string"} for each in SIGNATURE_HEADERS}
    for each, pattern in _SIGNATURES.items():
        headers[each]["pattern"] = pattern
    for each, schema in headers.items():
        schema.update(make.describe.thing(f"header.{each}"))
    typed = {"properties": {"type": {"const": f"{TYPE_PREFIX}.{name}"}}}
    return {
        "name": name,
        **make.describe.label(section, name),
        "contentType": _CLOUD_EVENT_JSON,
        "headers": {"type": "object", "required": [*SIGNATURE_HEADERS], "properties": headers},
        "payload": {"allOf": [cloud_event(make), typed]},
    }


def _broker(make: SchemaMaker) -> Schema:
    make.schema(Reference)
    exchange = {"name": BROKER_EXCHANGE, "type": "topic", "durable": True, "vhost": "/"}
    return {
        "address": "{stream_kind}.{stream}",
        **make.describe.thing(f"channel.{BROKER}"),
        "parameters": {
            "stream_kind": {
                "enum": [each.value for each in StreamKind],
                **make.describe.member("Message", "stream_kind"),
            },
            "stream": make.describe.member("Message", "stream"),
        },
        "messages": {"message": {"$ref": "#/components/messages/message"}},
        "bindings": {"amqp": {"is": "routingKey", "exchange": exchange, "bindingVersion": "0.3.0"}},
    }


def _sending(make: SchemaMaker, name: str) -> Schema:
    said: Mapping[str, Any] = make.describe.thing(f"channel.{name}")
    return {"action": "send", "channel": {"$ref": f"#/channels/{name}"}, **said}
