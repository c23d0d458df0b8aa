"""The port to the messages that wait to be sent, those that can't be, and what became of the others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from attrs import frozen

from poec_workflow.messages import Addressee, AddresseeKind, Message, StreamKind


class MessageState(StrEnum):
    """Where a message stands that was not delivered yet."""

    WAITING = "waiting"
    DEAD = "dead"


@frozen(kw_only=True)
class QueuedMessage:
    """A message that was not delivered yet.

    Attributes:
        message: the message.
        recorded_at: when it was decided and stored.
        state: waiting, or dead: put aside until somebody retries or drops it.
        attempts: how many times it was claimed to be delivered, since it was stored or retried.
        due_at: the earliest instant of the next attempt; None: at once.
        fence: how many times it was ever claimed: only the last claim can settle it.
        answer: what came of the last attempt.
    """

    message: Message
    recorded_at: datetime
    state: MessageState = MessageState.WAITING
    attempts: int = 0
    due_at: datetime | None = None
    fence: int = 0
    answer: str | None = None


class Delivery(StrEnum):
    """What came of an attempt to deliver a message."""

    DELIVERED = "delivered"
    UNNEEDED = "unneeded"
    """There is nobody or nothing to tell any more."""
    DROPPED = "dropped"
    """Somebody took a dead one out."""
    POSTPONED = "postponed"
    """To be tried again."""
    RELEASED = "released"
    """Given back before it was tried."""
    DEAD = "dead"
    """It can't be delivered for good."""


@frozen(kw_only=True)
class Settlement:
    """What came of a claimed message.

    Attributes:
        claimed: the message as `claim` gave it.
        outcome: all but `DROPPED`.
        at: when.
        answer: what the channel answered, for an operator; it names no person.
        retry_at: of a postponed one the earliest instant of the next attempt.
    """

    claimed: QueuedMessage
    outcome: Delivery
    at: datetime
    answer: str | None = None
    retry_at: datetime | None = None


@frozen(kw_only=True)
class DeliveryRecord:
    """A message that left the outbox, and how.

    Attributes:
        outcome: delivered, unneeded or dropped.
        at: when.
    """

    message: Message
    outcome: Delivery
    at: datetime


@frozen(kw_only=True)
class OutboxFigures:
    """What an operator watches.

    Attributes:
        waiting: how many messages wait.
        oldest: when the oldest of these was stored; None where none waits.
        retried: how many of these were tried before.
        attempts: the most attempts of one of these.
        dead: how many were put aside.
    """

    waiting: int = 0
    oldest: datetime | None = None
    retried: int = 0
    attempts: int = 0
    dead: int = 0


@frozen(kw_only=True)
class Routes:
    """Which messages a relay can deliver: those to some kinds of addressee, and to some addressees.

    Attributes:
        kinds: all addressees of these kinds.
        addressees: these besides.
        resting: not to these, now.
    """

    kinds: frozenset[AddresseeKind] = frozenset(AddresseeKind)
    addressees: frozenset[Addressee] = frozenset()
    resting: frozenset[Addressee] = frozenset()

    def reach(self, to: Addressee) -> bool:
        """Whether a message to an addressee is among them."""
        return (to.kind in self.kinds or to in self.addressees) and to not in self.resting


EVERYBODY = Routes()


class Outbox(Protocol):
    """Messages in the order in which they were stored; those of one stream to one addressee leave in that order."""

    def claim(
        self, *, limit: int, now: datetime, lease: timedelta, routes: Routes = EVERYBODY
    ) -> Sequence[QueuedMessage]:
        """Take the oldest that are due, until the lease ends, at most `limit` of them.

        Of one stream to one addressee the oldest waiting one alone: not before it was settled comes the next. A claim
        counts as an attempt.
        """
        ...

    def settle(self, settlements: Sequence[Settlement]) -> int:
        """Say what came of claimed messages; of one that was claimed again since, nothing.

        Returns:
            How many counted.
        """
        ...

    def queued(
        self, state: MessageState = MessageState.WAITING, *, limit: int | None = None
    ) -> Sequence[QueuedMessage]:
        """Those that wait, in the order of sending, or the dead ones."""
        ...

    def find(self, message: str) -> QueuedMessage | None:
        """A message by its id; None where it is not there (any more)."""
        ...

    def retry(self, message: str) -> bool:
        """Let a dead message wait again, with no attempts, or a waiting one be due at once; whether it was there."""
        ...

    def drop(self, message: str, at: datetime) -> bool:
        """Take a dead message out; whether it was there and dead."""
        ...

    def delivered(self, kind: StreamKind, stream: str) -> Sequence[DeliveryRecord]:
        """What left the outbox of an application's, session's or organisation's messages, the earliest first."""
        ...

    def figures(self) -> OutboxFigures:
        """What an operator watches."""
        ...
