"""Where a relay's attempts run: in threads, or one after the other in the thread that calls it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

MakePool = Callable[[int], Executor]
"""Makes what so many attempts run in at once."""


def threads(workers: int) -> Executor:
    """As many threads."""
    return ThreadPoolExecutor(workers, thread_name_prefix="relay")


def calling_thread(workers: int) -> Executor:  # noqa: ARG001 - one, however many are wanted
    """No thread: an attempt has ended when it has begun, and sees what the caller's transaction sees."""
    return _CallingThread()


class _CallingThread(Executor):
    """An executor that executes at once."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Call, and return what came of it."""
        ended: Future[T] = Future()
        try:
            ended.set_result(fn(*args, **kwargs))
        except BaseException as error:  # noqa: BLE001 - as an executor does: it is raised by `result`
            ended.set_exception(error)
        return ended
