"""In-memory outbox: messages by time of insertion, with their leases, and what became of those that left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from threading import RLock

from attrs import evolve

from poec_workflow.adapters.memory.memory_tables import Tables
from poec_workflow.messages import Addressee, StreamKind
from poec_workflow.ports import (
    Delivery,
    DeliveryRecord,
    MessageState,
    OutboxFigures,
    QueuedMessage,
    Routes,
    Settlement,
)
from poec_workflow.ports.outbox import EVERYBODY


class MemoryOutbox:
    """The `Outbox` port on dictionaries."""

    def __init__(self, tables: Tables, lock: RLock) -> None:
        self._tables = tables
        self._lock = lock

    def claim(
        self, *, limit: int, now: datetime, lease: timedelta, routes: Routes = EVERYBODY
    ) -> Sequence[QueuedMessage]:
        """Claim the oldest message of each stream and addressee, unless it is leased, at most `limit`."""
        with self._lock:
            due = (each for each in self._first_of_each() if each.due_at is None or each.due_at <= now)
            claimed = [
                evolve(each, attempts=each.attempts + 1, fence=each.fence + 1, due_at=now + lease)
                for each in islice((each for each in due if routes.reach(each.message.to)), limit)
            ]
            self._tables.messages.update((each.message.id, each) for each in claimed)
            return claimed

    def settle(self, settlements: Sequence[Settlement]) -> int:
        """Take out what was delivered, let others wait or put them aside."""
        with self._lock:
            ours = [each for each in settlements if self._is_last_claim(each.claimed)]
            for each in ours:
                self._settle(each)
            return len(ours)

    def queued(
        self, state: MessageState = MessageState.WAITING, *, limit: int | None = None
    ) -> Sequence[QueuedMessage]:
        """Those that wait, in the order of sending, or the dead ones."""
        with self._lock:
            return list(islice(self._in(state), limit))

    def find(self, message: str) -> QueuedMessage | None:
        """A message by its id."""
        with self._lock:
            return self._tables.messages.get(message)

    def retry(self, message: str) -> bool:
        """Let a message be due at once, with no attempts."""
        with self._lock:
            known = self._tables.messages.get(message)
            if known is None:
                return False
            self._put(evolve(known, state=MessageState.WAITING, attempts=0, due_at=None))
            return True

    def drop(self, message: str, at: datetime) -> bool:
        """Take a dead message out."""
        with self._lock:
            known = self._tables.messages.get(message)
            if known is None or known.state is not MessageState.DEAD:
                return False
            self._take_out(known, Delivery.DROPPED, at)
            return True

    def delivered(self, kind: StreamKind, stream: str) -> Sequence[DeliveryRecord]:
        """What left the outbox of a stream, the earliest first."""
        with self._lock:
            records = self._tables.deliveries.values()
            of = (kind, stream)
            return [each for each in records if (each.message.stream_kind, each.message.stream) == of]

    def figures(self) -> OutboxFigures:
        """What an operator watches."""
        with self._lock:
            waiting = [*self._in(MessageState.WAITING)]
            return OutboxFigures(
                waiting=len(waiting),
                oldest=min((each.recorded_at for each in waiting), default=None),
                retried=sum(1 for each in waiting if each.attempts),
                attempts=max((each.attempts for each in waiting), default=0),
                dead=len(self._tables.messages) - len(waiting),
            )

    def _in(self, state: MessageState) -> Iterator[QueuedMessage]:
        return (each for each in self._tables.messages.values() if each.state is state)

    def _first_of_each(self) -> Sequence[QueuedMessage]:
        """The oldest waiting message of each stream and addressee, in the order of sending."""
        first: dict[tuple[StreamKind, str, Addressee], QueuedMessage] = {}
        for each in self._in(MessageState.WAITING):
            first.setdefault((each.message.stream_kind, each.message.stream, each.message.to), each)
        return [*first.values()]

    def _is_last_claim(self, claimed: QueuedMessage) -> bool:
        known = self._tables.messages.get(claimed.message.id)
        return known is not None and known.state is MessageState.WAITING and known.fence == claimed.fence

    def _settle(self, settlement: Settlement) -> None:
        claimed, answer = settlement.claimed, settlement.answer
        match settlement.outcome:
            case Delivery.POSTPONED:
                self._put(evolve(claimed, due_at=settlement.retry_at, answer=answer))
            case Delivery.RELEASED:
                self._put(evolve(claimed, due_at=None, attempts=claimed.attempts - 1))
            case Delivery.DEAD:
                self._put(evolve(claimed, state=MessageState.DEAD, due_at=None, answer=answer))
            case outcome:
                self._take_out(claimed, outcome, settlement.at)

    def _put(self, queued: QueuedMessage) -> None:
        self._tables.messages[queued.message.id] = queued

    def _take_out(self, queued: QueuedMessage, outcome: Delivery, at: datetime) -> None:
        del self._tables.messages[queued.message.id]
        self._tables.deliveries[queued.message.id] = DeliveryRecord(message=queued.message, outcome=outcome, at=at)
