"""The outbox in a dictionary, which keeps the order of insertion."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from threading import RLock

from poec_workflow.adapters.memory.memory_tables import Tables
from poec_workflow.events import Position
from poec_workflow.model import SubjectKind
from poec_workflow.ports import Delivery


class MemoryOutbox:
    """What waits to be sent, in order for each subject."""

    def __init__(self, tables: Tables, lock: RLock) -> None:
        self._tables = tables
        self._lock = lock

    def claim(self, *, limit: int, now: datetime, lease: timedelta) -> Sequence[Position]:
        """The oldest of each subject that nobody holds, held until the lease ends."""
        with self._lock:
            oldest: dict[tuple[SubjectKind, str], Position] = {}
            for position in self._tables.outbox:
                oldest.setdefault((position.kind, position.reference), position)
            free = [
                each
                for each in oldest.values()
                if (held_until := self._tables.outbox[each]) is None or held_until <= now
            ][:limit]
            self._tables.outbox.update(dict.fromkeys(free, now + lease))
            return free

    def settle(self, position: Position, outcome: Delivery) -> None:
        """Sent ones go; failed ones can be claimed again."""
        with self._lock:
            if outcome is Delivery.SENT:
                self._tables.outbox.pop(position, None)
            elif position in self._tables.outbox:
                self._tables.outbox[position] = None
