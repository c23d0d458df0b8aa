"""A message as a CloudEvent: the body of a request, in JSON."""

from __future__ import annotations

from datetime import UTC, datetime

from cloudevents.core.bindings.http import to_structured
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from poec_workflow.adapters.message_document import message_document
from poec_workflow.messages import Message
from poec_workflow.ports import Content
from poec_workflow.serialization.neutral_message import DATA_SCHEMA, DIGEST_TYPE, TYPE_PREFIX

CONTENT_TYPE = JSONFormat.CONTENT_TYPE


def event_body(message: Message, content: Content, *, source: str, now: datetime) -> bytes:
    """A message as a CloudEvent 1.0 in structured mode.

    Its id is the message's, its subject the stream's reference; its type is the event's (`org.poec-workflow.retained`).
    A digest has none, and is looked up when it is sent: its time is now.
    """
    entry = content.entry
    event = CloudEvent(
        attributes={
            "id": message.id,
            "source": source,
            "type": f"{TYPE_PREFIX}.{entry.event.type if entry else DIGEST_TYPE}",
            "subject": message.stream,
            "time": (entry.recorded_at if entry else now).astimezone(UTC),
            "datacontenttype": "application/json",
            "dataschema": DATA_SCHEMA,
        },
        data=message_document(message, content),
    )
    return to_structured(event, JSONFormat()).body
