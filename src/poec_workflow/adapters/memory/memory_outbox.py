"""In-memory outbox: positions by time of insertion, each with the end of its lease."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from threading import RLock

from poec_workflow.adapters.memory.memory_tables import Tables
from poec_workflow.history import Position
from poec_workflow.model import SubjectKind
from poec_workflow.ports import Delivery


class MemoryOutbox:
    """The `Outbox` port on a dictionary."""

    def __init__(self, tables: Tables, lock: RLock) -> None:
        self._tables = tables
        self._lock = lock

    def claim(self, *, limit: int, now: datetime, lease: timedelta) -> Sequence[Position]:
        """Claim the oldest position of each subject, unless it is leased, at most `limit`."""
        with self._lock:
            oldest: dict[tuple[SubjectKind, str], Position] = {}
            for position in self._tables.outbox:
                oldest.setdefault((position.kind, position.reference), position)
            claimable = [
                each
                for each in oldest.values()
                if (held_until := self._tables.outbox[each]) is None or held_until <= now
            ][:limit]
            self._tables.outbox.update(dict.fromkeys(claimable, now + lease))
            return claimable

    def settle(self, position: Position, outcome: Delivery) -> None:
        """Delete a sent position; release a failed one."""
        with self._lock:
            if outcome is Delivery.SENT:
                self._tables.outbox.pop(position, None)
            elif position in self._tables.outbox:
                self._tables.outbox[position] = None
