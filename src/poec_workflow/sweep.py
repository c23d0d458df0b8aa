"""Time passing: what is past its advice deadline expires, in batches, through the same `decide` as every command.

Running it late, twice, or from several machines gives the same: one history entry each, effective at the first
instant after the deadline, recorded now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from poec_workflow.commands import Expire
from poec_workflow.decider import Accepted, decide
from poec_workflow.errors import CommandRefused
from poec_workflow.history_recording import recorded
from poec_workflow.model import SYSTEM
from poec_workflow.policies.calendar import local_day
from poec_workflow.policies.deadlines import ended_before
from poec_workflow.policies.settings import Settings
from poec_workflow.ports import DecisionContext, Storage, Transaction

BATCH = 500


def batches(
    storage: Storage, now: datetime, settings: Settings, *, size: int = BATCH
) -> Iterator[tuple[Accepted, ...]]:
    """Expire all that is overdue; each batch is one transaction, and is yielded once it is stored.

    Raises:
        CommandRefused: the settings' permissions or policies do not let the system expire.
    """
    before = ended_before(local_day(now, settings.zone), settings)

    def work(transaction: Transaction) -> tuple[Accepted, ...]:
        claimed = transaction.claim_overdue(before, limit=size)
        expired = tuple(_expired(each, now, settings) for each in claimed)
        for each in expired:
            transaction.save(recorded(each, now, settings))
        return expired

    while batch := storage.run(work):
        yield batch


def _expired(loaded: DecisionContext, now: datetime, settings: Settings) -> Accepted:
    assert loaded.subject is not None  # noqa: S101 - claimed ones exist
    answer = decide(loaded.subject, Expire(loaded.subject.reference), loaded.facts(now, SYSTEM, settings))
    if isinstance(answer, Accepted):
        return answer
    raise CommandRefused(answer.refusals)


Progress = Callable[[int], None]
"""Told how many were expired so far."""
