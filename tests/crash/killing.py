"""A child process does a deed and is killed by SIGKILL at one point of it; then the deed is done again."""

from __future__ import annotations

import os
import signal
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from attrs import frozen
from course import Course, commits, done
from deeds import Deed
from edge import BEFORE, COMMIT, STATEMENT, Edge, Moment, send_commit
from grounds import Ground

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


def points(course: Course, url: str) -> Iterator[Point]:
    """Every moment, and on a server each commit's flight."""
    for index, each in enumerate(course.moments):
        yield Point(index)
        if each.what == COMMIT and each.when == BEFORE and url.startswith("postgresql"):
            yield Point(index, sent=True)


class _Killer:
    """A watcher that ends its process at a point."""

    def __init__(self, point: Point) -> None:
        self._point = point
        self._passed = 0

    def __call__(self, moment: Moment) -> None:
        if self._passed == self._point.index:
            if self._point.sent:
                send_commit(moment.connection)
            os.kill(os.getpid(), signal.SIGKILL)
        self._passed += 1


@contextmanager
def forking() -> Iterator[None]:
    """Fork although some library's thread may wait somewhere: the child touches nothing of it."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=DeprecationWarning, message=".*multi-threaded.*")
        yield


def kill(deed: Deed, url: str, point: Point, ours: Edge) -> None:
    """Have a child do the deed, and die at the point."""
    with forking():
        child = os.fork()
    if child == 0:
        try:
            with stored_by(deed.chain, url) as storage:
                done(deed, storage, ours, _Killer(point))
        finally:
            os._exit(_NOT_REACHED)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), (deed.name, point, status)
    assert os.WTERMSIG(status) == signal.SIGKILL


@frozen
class Toll:
    """What was counted: points of a course, children killed, and commands found done when they were sent again."""

    points: int = 0
    kills: int = 0
    replayed: int = 0

    def __add__(self, other: Toll) -> Toll:
        return Toll(self.points + other.points, self.kills + other.kills, self.replayed + other.replayed)


def killed_everywhere(deed: Deed, ground: Ground, ours: Edge, every: int = 1) -> Toll:
    """Kill at each point of a deed, and have each come to the same when it is done again.

    Args:
        deed: to be disturbed.
        ground: where.
        ours: where its connections report.
        every: takes but every so manieth statement; what is around a commit is always taken.
    """
    course = Course.of(deed, ground, ours)
    with ground[deed.base]() as url:
        found = list(points(course, url))
    toll = Toll()
    for number, point in enumerate(found):
        if number % every and course.moments[point.index].what == STATEMENT:
            continue
        with ground[deed.base]() as url:
            kill(deed, url, point, ours)
            stored = commits(course.moments[: point.index + 1])
            if not point.sent:
                course.expect(url, stored)
            with stored_by(deed.chain, url) as storage:
                known = None if point.sent else stored == commits(course.moments)
                replayed = course.again(storage, ours, url, stored=known)
        toll += Toll(points=1, kills=1, replayed=int(replayed))
    return toll
