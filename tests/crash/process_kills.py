"""A child process does an operation and is killed by SIGKILL at one point of it; then the operation is done again."""

from __future__ import annotations

import os
import signal
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from attrs import frozen
from database_copies import PreparedDatabase
from driver_interception import BEFORE, COMMIT, STATEMENT, InterceptedCall, Interceptor, send_commit
from operations import Operation
from undisturbed_run import UndisturbedRun, commits, done

from stores import stored_by

_NOT_REACHED = 70


@frozen
class Point:
    """Where to kill.

    Attributes:
        index: the moment, of those of an undisturbed course.
        sent: at a commit, when it was sent to the server, and the answer not waited for.
    """

    index: int
    sent: bool = False


def points(undisturbed: UndisturbedRun, url: str) -> Iterator[Point]:
    """Every moment, and on a server each commit's flight."""
    for index, each in enumerate(undisturbed.calls):
        yield Point(index)
        if each.what == COMMIT and each.when == BEFORE and url.startswith("postgresql"):
            yield Point(index, sent=True)


class _Killer:
    """A watcher that ends its process at a point."""

    def __init__(self, point: Point) -> None:
        self._point = point
        self._passed = 0

    def __call__(self, call: InterceptedCall) -> None:
        if self._passed == self._point.index:
            if self._point.sent:
                send_commit(call.connection)
            os.kill(os.getpid(), signal.SIGKILL)
        self._passed += 1


@contextmanager
def forking() -> Iterator[None]:
    """Fork although some library's thread may wait somewhere: the child touches nothing of it."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=DeprecationWarning, message=".*multi-threaded.*")
        yield


def kill(operation: Operation, url: str, point: Point, ours: Interceptor) -> None:
    """Have a child do the operation, and die at the point."""
    with forking():
        child = os.fork()
    if child == 0:
        try:
            with stored_by(operation.chain, url) as storage:
                done(operation, storage, ours, _Killer(point))
        finally:
            os._exit(_NOT_REACHED)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), (operation.name, point, status)
    assert os.WTERMSIG(status) == signal.SIGKILL


@frozen
class KillReport:
    """What was counted: points of a course, children killed, and commands found done when they were sent again."""

    points: int = 0
    kills: int = 0
    replayed: int = 0

    def __add__(self, other: KillReport) -> KillReport:
        return KillReport(self.points + other.points, self.kills + other.kills, self.replayed + other.replayed)


def kill_everywhere(operation: Operation, prepared: PreparedDatabase, ours: Interceptor, every: int = 1) -> KillReport:
    """Kill at each point of an operation, and have each come to the same when it is done again.

    Args:
        operation: to be disturbed.
        prepared: where.
        ours: where its connections report.
        every: takes but every so manieth statement; what is around a commit is always taken.
    """
    undisturbed = UndisturbedRun.of(operation, prepared, ours)
    with prepared[operation.base]() as url:
        found = list(points(undisturbed, url))
    report = KillReport()
    for number, point in enumerate(found):
        if number % every and undisturbed.calls[point.index].what == STATEMENT:
            continue
        with prepared[operation.base]() as url:
            kill(operation, url, point, ours)
            stored = commits(undisturbed.calls[: point.index + 1])
            if not point.sent:
                undisturbed.expect(url, stored)
            with stored_by(operation.chain, url) as storage:
                known = None if point.sent else stored == commits(undisturbed.calls)
                replayed = undisturbed.again(storage, ours, url, stored=known)
        report += KillReport(points=1, kills=1, replayed=int(replayed))
    return report
