"""The neutral form of a message, for systems: references, codes and days, no name and no address.

Its members stand in `serialization.neutral_message`; its JSON Schema, made from them, is `message.schema.json`.
"""

from __future__ import annotations

from typing import Any

from poec_workflow.messages import Message
from poec_workflow.model import Application, TrainingSession
from poec_workflow.ports import Content
from poec_workflow.serialization import to_dict
from poec_workflow.serialization.neutral_message import (
    MessageApplicationDocument,
    MessageSessionDocument,
    NeutralMessageDocument,
)


def message_document(message: Message, content: Content) -> dict[str, Any]:
    """A message as JSON-ready data: what it is about, what happened, and the fields that the table tells besides.

    Of an application: its reference, state, session, training action, candidate and prescriber, and no more than that
    (N4 to N7: the outcome alone).
    """
    document: NeutralMessageDocument = {
        "id": message.id,
        "notice": message.notice,
        "about": to_dict(message.about),
        "stream": message.stream,
        "to": to_dict(message.to),
        "day": content.day.isoformat(),
    }
    if content.entry is not None:
        document["event"] = content.entry.event.type
        document["effective_at"] = content.entry.event.effective_at.isoformat()
        document["recorded_at"] = content.entry.recorded_at.isoformat()
    if content.session is not None:
        document["session"] = _session(content.session)
    if content.application is not None:
        document["application"] = _application(content.application)
    if content.told:
        document["told"] = to_dict(dict(content.told))
    if content.expiring:
        document["expiring"] = [
            {"application": each.application.reference, "deadline": each.deadline.isoformat()}
            for each in content.expiring
        ]
    return {**document}


def _session(session: TrainingSession) -> MessageSessionDocument:
    return {
        "reference": session.reference,
        "action": session.action,
        "state": session.state.value,
        "start": session.start.isoformat(),
        "end": session.end.isoformat(),
    }


def _application(application: Application) -> MessageApplicationDocument:
    prescriber = application.prescriber
    return {
        "reference": application.reference,
        "state": application.state.value,
        "session": application.session,
        "candidate": application.candidate,
        # Not the adviser's name.
        "prescriber": {"origin": prescriber.origin.value, "organization": prescriber.organization},
    }
