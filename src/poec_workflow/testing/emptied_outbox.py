"""Empty an outbox without sending anything, to see what would be sent and in which order."""

from __future__ import annotations

from datetime import datetime, timedelta

from poec_workflow.messages import Message
from poec_workflow.ports import Delivery, Outbox, Settlement


def emptied(outbox: Outbox, now: datetime) -> list[Message]:
    """Take out all that is due, in the order in which it was claimed."""
    sent: list[Message] = []
    while claimed := outbox.claim(limit=1_000, now=now, lease=timedelta(minutes=1)):
        outbox.settle([Settlement(claimed=each, outcome=Delivery.DELIVERED, at=now) for each in claimed])
        sent.extend(each.message for each in claimed)
    return sent
