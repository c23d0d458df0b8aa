"""The relay: claims messages, delivers them in threads, and settles them."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from datetime import datetime, timedelta
from threading import Event

from attrs import Factory, define, field, frozen

from poec_workflow.errors import Conflict, StorageUnavailable
from poec_workflow.messages import Addressee
from poec_workflow.observers import package_logger
from poec_workflow.ports import Delivery, QueuedMessage, Settlement
from poec_workflow.relay.attempt import attempt
from poec_workflow.relay.backoff import Backoff
from poec_workflow.relay.content_lookup import ContentLookup
from poec_workflow.relay.delivery_pools import MakePool, threads
from poec_workflow.relay.routing import Channels, Routing
from poec_workflow.workflow import Answer, Workflow

_log = package_logger(__name__)


@frozen(kw_only=True)
class RelayReport:
    """How many messages were settled in which way."""

    delivered: int = 0
    unneeded: int = 0
    postponed: int = 0
    dead: int = 0
    released: int = 0


@frozen
class Relay:
    """Empties the outbox of a workflow's storage.

    Attributes:
        workflow: whose storage, clock and table of notices are used.
        channels: one channel for everybody, or channels by kind of addressee (`candidate`) or by addressee
            (`system:KAIROS`). Messages to others wait.
        workers: how many messages are delivered at once; to one addressee half of them at most.
        lease: how long a claimed message is held. A channel must give up well before.
        backoff: when what failed is tried again.
        poll: how many seconds `run` waits where nothing is due.
        pool: makes what the workers run in: `threads`, or `calling_thread` for a host whose transaction belongs to one.

    Raises:
        Malformed: a key of the channels names nobody, or a value is no channel.
    """

    workflow: Workflow
    channels: Channels
    workers: int = field(default=4, kw_only=True)
    lease: timedelta = field(default=timedelta(minutes=5), kw_only=True)
    backoff: Backoff = field(factory=Backoff, kw_only=True)
    poll: float = field(default=1.0, kw_only=True)
    pool: MakePool = field(default=threads, kw_only=True)
    routing: Routing = field(init=False, default=Factory(lambda self: Routing.of(self.channels), takes_self=True))
    _woken: Event = field(init=False, factory=Event, repr=False)
    _resting: dict[Addressee, datetime] = field(init=False, factory=dict, repr=False)

    def run_once(self, stop: Event | None = None) -> RelayReport:
        """Deliver all that is due and has a channel, until nothing is left; what failed waits for its time.

        Args:
            stop: when it is set, what was begun is finished, and the rest is given back.

        Raises:
            Conflict, StorageUnavailable: the storage failed; what was held is claimed again once its lease ends.
        """
        with self.pool(self.workers) as pool:
            return _Round(self, pool, stop or Event()).run()

    def run(self, stop: Event, report: Callable[[RelayReport], object] | None = None) -> None:
        """Deliver whatever comes, until `stop` is set: look each second, and at once after `wake`.

        A storage that can't be reached is tried again.

        Args:
            stop: ends it; what was begun is finished first.
            report: called after each round in which something was settled.
        """
        while not stop.is_set():
            self._woken.clear()
            try:
                found = self.run_once(stop)
            except (Conflict, StorageUnavailable) as error:
                _log.warning("the outbox can't be emptied now: %s", error)
            else:
                if report and found != RelayReport():
                    report(found)
            if not stop.is_set():
                self._woken.wait(self.poll)

    def wake(self, answer: Answer | None = None) -> None:  # noqa: ARG002 - an observer's signature
        """Look at once: may be given to a workflow as its `observe`, or be called when `run` is to stop."""
        self._woken.set()


@define
class _Round:
    """One emptying of the outbox."""

    relay: Relay
    pool: Executor
    stop: Event
    held: deque[QueuedMessage] = field(factory=deque)
    begun: dict[Future[Settlement], Addressee] = field(factory=dict)
    busy: Counter[Addressee] = field(factory=Counter)
    counts: Counter[Delivery] = field(factory=Counter)

    def run(self) -> RelayReport:
        try:
            while True:
                if not self.stop.is_set():
                    self._claim()
                self._begin()
                if not self.begun:
                    self._give_back(self.held)
                    return RelayReport(**{kind.value: many for kind, many in self.counts.items()})
                self._settle(self._finished())
        except BaseException:
            # What was begun ends by itself; its lease ends too.
            self.pool.shutdown(wait=False, cancel_futures=True)
            raise

    def _claim(self) -> None:
        """Hold as many messages as the workers take in a while: each has to wait within its lease."""
        wanted = self.relay.workers * _AHEAD - len(self.held) - len(self.begun)
        if wanted * 2 < self.relay.workers * _AHEAD:
            return
        now = self._now()
        resting = self._resting
        for to in [to for to, until in resting.items() if until <= now]:
            del resting[to]
        full = {to for to, many in self.busy.items() if many >= self._most_at_once}
        outbox = self.relay.workflow.storage.outbox
        routes = self.relay.routing.routes({*resting, *full})
        self.held.extend(outbox.claim(limit=wanted, now=now, lease=self.relay.lease, routes=routes))

    def _begin(self) -> None:
        """Begin to deliver what is held, as far as there are workers; give back what must wait or was held too long."""
        given_back, kept, now = [], [], self._now()
        while self.held and not self.stop.is_set():
            each = self.held.popleft()
            to = each.message.to
            if to in self._resting or (each.due_at is not None and each.due_at - self.relay.lease / 2 <= now):
                given_back.append(each)
            elif len(self.begun) < self.relay.workers and self.busy[to] < self._most_at_once:
                self.busy[to] += 1
                self.begun[self.pool.submit(self._attempt, each)] = to
            else:
                kept.append(each)
        self.held.extendleft(reversed(kept))
        if self.stop.is_set():
            given_back.extend(self.held)
            self.held.clear()
        self._give_back(given_back)

    def _attempt(self, claimed: QueuedMessage) -> Settlement:
        relay = self.relay
        return attempt(claimed, ContentLookup(relay.workflow), relay.routing, relay.backoff, self._now())

    def _finished(self) -> list[Settlement]:
        """Wait until an attempt ends, and return all that ended."""
        done, _ = wait(self.begun, return_when=FIRST_COMPLETED)
        for each in done:
            self.busy[self.begun.pop(each)] -= 1
        return [each.result() for each in done]

    def _settle(self, settlements: Iterable[Settlement]) -> None:
        settled = list(settlements)
        for each in settled:
            if each.outcome is Delivery.POSTPONED and each.retry_at is not None:
                rest = min(each.retry_at, each.at + self.relay.backoff.rest)
                self._resting[each.claimed.message.to] = rest
        self.relay.workflow.storage.outbox.settle(settled)
        self.counts.update(each.outcome for each in settled)

    def _give_back(self, held: Iterable[QueuedMessage]) -> None:
        at = self._now()
        self._settle(Settlement(claimed=each, outcome=Delivery.RELEASED, at=at) for each in held)

    @property
    def _resting(self) -> dict[Addressee, datetime]:
        """Whose delivery failed, and until when nothing is sent to them."""
        return self.relay._resting  # noqa: SLF001 - a round is the relay's own

    @property
    def _most_at_once(self) -> int:
        """How many messages to one addressee are delivered at once: others always find a worker."""
        return max(1, self.relay.workers // 2)

    def _now(self) -> datetime:
        return self.relay.workflow.clock.now()


_AHEAD = 8
"""How many messages are held for each worker."""
