"""The relay's threads in Django: each has a connection of its own, which is closed when they end."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

from django.db import connections

P = ParamSpec("P")
T = TypeVar("T")


def closing_threads(workers: int) -> Executor:
    """As many threads, for `Relay(…, pool=closing_threads)`: what they opened is closed with them."""
    return _ClosingThreads(workers, thread_name_prefix="poec-relay")


class _ClosingThreads(ThreadPoolExecutor):
    def __init__(self, workers: int, **options: Any) -> None:  # noqa: ANN401 - as the base takes them
        super().__init__(workers, **options)
        self._opened: dict[int, Any] = {}

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Call in a thread, and remember what it opened."""

        def remembered() -> T:
            try:
                return fn(*args, **kwargs)
            finally:
                self._remember()

        return super().submit(remembered)

    def _remember(self) -> None:
        for each in connections.all(initialized_only=True):
            if id(each) not in self._opened:
                # Closed by another thread, once this one has ended.
                each.inc_thread_sharing()
                self._opened[id(each)] = each

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - the base's own signature
        """End the threads, then close."""
        super().shutdown(wait, cancel_futures=cancel_futures)
        if wait:
            while self._opened:
                self._opened.popitem()[1].close()
