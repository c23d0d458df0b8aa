"""Relays in processes of their own: killed by SIGKILL at one point, or eight at once on a store, some killed."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from random import Random

from attrs import frozen
from relay_world import NotingChannel, at, fill, judge, noted

from poec_workflow import Backoff, Content, Message, Relay
from poec_workflow.adapters.sql import SqlStorage
from stores import say

sys.path.append(str(Path(__file__).parents[1] / "crash"))
from driver_interception import InterceptedCall, Interceptor, interceptor
from process_kills import forking

WAITING = ("poec_messages", "poec_deliveries")
LEASE = timedelta(minutes=5)


@frozen
class FilledStore:
    """A store whose waiting messages can be put back as they were.

    Attributes:
        url: where.
        told: the messages, in the order of sending.
    """

    url: str
    told: Sequence[Message]

    @classmethod
    def of(cls, url: str, applications: int) -> FilledStore:
        """Fill an empty store."""
        with SqlStorage.open(url) as storage:
            told = fill(storage, applications)
        say(url, *(f"CREATE TABLE kept_{each} AS SELECT * FROM {each}" for each in WAITING))  # noqa: S608
        return cls(url, told)

    def put_back(self) -> None:
        """Let all messages wait again, as if none was ever claimed."""
        for each in WAITING:
            say(self.url, f"DELETE FROM {each}", f"INSERT INTO {each} SELECT * FROM kept_{each}")  # noqa: S608


class Ticks:
    """Counts the points that a relay passes, and does something at one of them."""

    def __init__(self, point: int | None = None, do: Callable[[], None] = lambda: None) -> None:
        self.passed, self._point, self._do = 0, point, do

    def pass_call(self, _call: InterceptedCall) -> None:
        """A statement or a commit, before it or after it."""
        self._pass()

    def pass_delivery(self, _message: Message, _number: int) -> None:
        """A delivery, before it or after it."""
        self._pass()

    def _pass(self) -> None:
        if self.passed == self._point:
            self._do()
        self.passed += 1


def die() -> None:
    """Kill this process."""
    os.kill(os.getpid(), signal.SIGKILL)


def relayed(store: FilledStore, file: Path, ours: Interceptor, ticks: Ticks, after: timedelta = timedelta()) -> None:
    """Empty the store with one worker, so that its points come in one order."""
    with SqlStorage.open(store.url) as storage:
        storage.schema()
        channel = NotingChannel(file, before=ticks.pass_delivery, after=ticks.pass_delivery)
        ours.watch = ticks.pass_call
        Relay(at(storage, after), channel, workers=1, lease=LEASE).run_once()


def points_of(store: FilledStore, place: Path) -> int:
    """How many points a relay passes that nobody disturbs."""
    ticks = Ticks()
    with interceptor() as ours:
        relayed(store, place / "undisturbed", ours, ticks)
    assert judge(noted(place / "undisturbed"), store.told) == 0
    return ticks.passed


def killed_at(store: FilledStore, place: Path, point: int) -> int:
    """Kill a relay at a point, another one at the same point of what is left, and let a third finish.

    Returns:
        How many messages arrived twice or more.
    """
    store.put_back()
    file = place / f"killed-{point}"
    for turn in (0, 1):
        with _child(lambda turn=turn: _dies_at(store, file, point, LEASE * turn * 2)) as child:  # type: ignore[misc]
            _, status = os.waitpid(child, 0)
        # The second has less to do, and may end before the point.
        assert os.WIFSIGNALED(status) or (turn and os.WEXITSTATUS(status) == 0), (point, status)
    with SqlStorage.open(store.url) as storage:
        Relay(at(storage, LEASE * 10), NotingChannel(file), workers=2, lease=LEASE).run_once()
        assert storage.outbox.queued() == []
    return judge(noted(file), store.told)


def _dies_at(store: FilledStore, file: Path, point: int, after: timedelta) -> None:
    with interceptor() as ours:
        relayed(store, file, ours, Ticks(point, die), after)


@contextmanager
def _child(work: Callable[[], object]) -> Iterator[int]:
    with forking():
        child = os.fork()
    if child == 0:
        status = 1
        try:
            work()
            status = 0
        finally:
            os._exit(status)
    yield child


class EveryThird:
    """A receiver that fails every third time: before it took the message, or after, as one that loses its answer."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311 - a test's

    def before(self, _message: Message, number: int) -> None:
        """Refuse."""
        if number % 6 == 0:
            raise ConnectionError("refused")

    def after(self, _message: Message, number: int) -> None:
        """Take the message, and lose the answer."""
        if number % 6 == 3:
            raise ConnectionError("lost")


def together(store: FilledStore, place: Path, *, relays: int = 8, kills: int = 4, seed: int = 1) -> int:
    """Several relays at once, some of which are killed, empty a store through a receiver that fails every third time.

    Returns:
        How many messages arrived twice or more.
    """
    store.put_back()
    file = place / f"together-{seed}"
    random = Random(seed)  # noqa: S311 - a test's
    doomed = {number: random.randrange(5, 60) for number in random.sample(range(relays), kills)}
    children = []
    for number in range(relays):
        with _child(lambda number=number: _one_of_many(store, file, number, doomed.get(number))) as child:  # type: ignore[misc]
            children.append(child)
    for child in children:
        os.waitpid(child, 0)
    with SqlStorage.open(store.url) as storage:
        last = Relay(at(storage, LEASE * 10), NotingChannel(file), lease=LEASE)
        while storage.outbox.queued():
            last.run_once()
    return judge(noted(file), store.told)


def _one_of_many(store: FilledStore, file: Path, number: int, dies_at: int | None) -> None:
    receiver = EveryThird(number)
    ticks = Ticks(dies_at, die)

    def before(message: Message, count: int) -> None:
        ticks.pass_delivery(message, count)
        receiver.before(message, count)

    def after(message: Message, count: int) -> None:
        ticks.pass_delivery(message, count)
        receiver.after(message, count)

    now = Backoff(first=timedelta(), rest=timedelta(), attempts=100)
    with SqlStorage.open(store.url, attempts=100) as storage:
        relay = Relay(at(storage, timedelta()), NotingChannel(file, before, after), workers=2, backoff=now, lease=LEASE)
        for _ in range(20):
            relay.run_once()


class Discarding:
    """A channel that takes everything, and keeps nothing."""

    def deliver(self, message: Message, content: Content) -> None:
        """Take it."""
