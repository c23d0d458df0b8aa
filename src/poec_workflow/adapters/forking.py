"""Know of forks: a child shares its parent's sockets and files, and what it says or closes there, the parent hears.

Nor does SQLite survive one: what it knows of locks is the process's, and a child that inherits a connection takes its
own for locked when they are not; then the parent's last goodbye deletes a log in which the child's changes are.
"""

from __future__ import annotations

import os
from threading import Lock
from typing import Protocol
from weakref import WeakValueDictionary


class Forkable(Protocol):
    """What holds connections. Each method is called in the thread that forks."""

    def before_fork(self) -> None:
        """Be ready for a fork; hold what has to be whole in the child."""
        ...

    def after_fork_in_parent(self) -> None:
        """Go on."""
        ...

    def after_fork_in_child(self) -> None:
        """Go on without the parent's connections, in the one thread that is left."""
        ...


class _Following:
    """Those who are told of forks."""

    def __init__(self) -> None:
        self._told: WeakValueDictionary[int, Forkable] = WeakValueDictionary()
        self._lock = Lock()
        self._forking: list[Forkable] = []

    def add(self, one: Forkable) -> None:
        with self._lock:
            self._told[id(one)] = one

    def before(self) -> None:
        self._lock.acquire()
        self._forking = list(self._told.values())
        for each in self._forking:
            each.before_fork()

    def in_parent(self) -> None:
        for each in self._forking:
            each.after_fork_in_parent()
        self._forking = []
        self._lock.release()

    def in_child(self) -> None:
        for each in self._forking:
            each.after_fork_in_child()
        self._forking = []
        self._lock = Lock()


_following = _Following()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_following.before, after_in_parent=_following.in_parent, after_in_child=_following.in_child
    )


def follow_forks(one: Forkable) -> None:
    """Tell somebody of every fork, as long as it lives."""
    _following.add(one)


def abandon(*inherited: object) -> None:
    """Never let go of a parent's objects, not even when the process ends: a connection that is let go says goodbye."""
    import ctypes  # noqa: PLC0415 - only a child needs it

    for each in inherited:
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(each))
