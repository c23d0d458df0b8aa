"""The port to the messages that wait to be sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from poec_workflow.history import Position


class Delivery(StrEnum):
    """How sending ended."""

    SENT = "sent"
    FAILED = "failed"


class Outbox(Protocol):
    """What waits to be sent: one position of the history each."""

    def claim(self, *, limit: int, now: datetime, lease: timedelta) -> Sequence[Position]:
        """The oldest that nobody holds, at most one a subject and `limit` in all, held until the lease ends."""
        ...

    def settle(self, position: Position, outcome: Delivery) -> None:
        """Sent ones go; failed ones can be claimed again."""
        ...
