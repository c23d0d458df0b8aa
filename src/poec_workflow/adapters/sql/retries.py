"""Retry a transaction after a conflict or a lost connection, waiting longer each time.

`attempts` of `SqlStorage.open` says how often.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from poec_workflow.adapters.sql.losses import LostBeforeCommit
from poec_workflow.errors import Conflict

T = TypeVar("T")


def retried(work: Callable[[], T], attempts: int) -> T:
    """Do work after it failed once, again each time, `attempts` times; waits grow from 0.02 to 1 s, with jitter.

    Raises:
        Conflict, LostBeforeCommit: what the last attempt raised.
    """
    import stamina  # noqa: PLC0415 - a conflict is rare

    failures = (Conflict, LostBeforeCommit)
    for attempt in stamina.retry_context(
        on=failures, attempts=attempts, timeout=None, wait_initial=0.02, wait_max=1.0, wait_jitter=0.1
    ):
        with attempt:
            return work()
    raise AssertionError  # pragma: no cover - stamina raises what the last attempt raised
