"""The neutral form of a message, for systems: references, codes and days, no name and no address.

Its JSON Schema is `message.schema.json`, beside this file.
"""

from __future__ import annotations

from typing import Any

from poec_workflow.messages import Message
from poec_workflow.ports import Content
from poec_workflow.serialization import to_dict


def message_document(message: Message, content: Content) -> dict[str, Any]:
    """A message as JSON-ready data: what it is about, what happened, and the fields that the table tells besides.

    Of an application: its reference, state, session, training action, candidate and prescriber, and no more than that
    (N4 to N7: the outcome alone).
    """
    document: dict[str, Any] = {
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
        session = to_dict(content.session)
        document["session"] = {name: session[name] for name in ("reference", "action", "state", "start", "end")}
    if content.application is not None:
        application = to_dict(content.application)
        names = ("reference", "state", "session", "candidate")
        # Not the adviser's name.
        prescriber = {name: application["prescriber"][name] for name in ("origin", "organization")}
        document["application"] = {**{name: application[name] for name in names}, "prescriber": prescriber}
    if content.told:
        document["told"] = to_dict(dict(content.told))
    if content.expiring:
        document["expiring"] = [
            {"application": each.application.reference, "deadline": each.deadline.isoformat()}
            for each in content.expiring
        ]
    return document
