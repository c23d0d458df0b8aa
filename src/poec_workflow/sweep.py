"""Expire the applications past their advice deadline, in batches, through the same `decide` as every command.

Running it late, twice, or on several machines has one result: one history entry for each application, effective at
the first instant after its deadline, recorded now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial

from poec_workflow.commands import Expire
from poec_workflow.decider import Accepted, Refused, decide
from poec_workflow.errors import CommandRefused
from poec_workflow.history_recording import recorded
from poec_workflow.model import SYSTEM
from poec_workflow.policies.calendar import local_day
from poec_workflow.policies.deadlines import ended_before
from poec_workflow.policies.settings import Settings
from poec_workflow.ports import DecisionContext, Storage, Transaction

BATCH = 500
Batches = Iterator[tuple[Accepted, ...]]

_OVERTAKEN = {"no-transition", "advice-deadline-not-passed"}


def batches(storage: Storage, now: datetime, settings: Settings, *, size: int = BATCH) -> Batches:
    """Expire all that is overdue; each batch is one transaction, and is yielded once it is stored.

    Raises:
        CommandRefused: the settings' permissions or policies do not let the system expire.
    """
    before = ended_before(local_day(now, settings.zone), settings)

    def work(transaction: Transaction) -> tuple[Accepted, ...]:
        claimed = transaction.claim_overdue(before, limit=size)
        expired = tuple(_accepted(_decided(each, now, settings)) for each in claimed)
        for each in expired:
            transaction.save(recorded(each, now, settings))
        return expired

    while batch := storage.run(work):
        yield batch


def previews(storage: Storage, now: datetime, settings: Settings, *, size: int = BATCH) -> Batches:
    """Decide on all that is overdue as `batches` does, without storing or locking anything.

    Raises:
        CommandRefused: as of `batches`.
    """
    overdue = storage.queries.overdue(ended_before(local_day(now, settings.zone), settings))

    def work(transaction: Transaction, references: Sequence[str]) -> tuple[Accepted, ...]:
        answers = [_decided(transaction.load(Expire(each)), now, settings) for each in references]
        # Between the list and this look an application may have ended, or its session may have been moved.
        standing = (each for each in answers if isinstance(each, Accepted) or not each.codes <= _OVERTAKEN)
        return tuple(map(_accepted, standing))

    for start in range(0, len(overdue), size):
        yield storage.run(partial(work, references=overdue[start : start + size]), write=False)


def _decided(loaded: DecisionContext, now: datetime, settings: Settings) -> Accepted | Refused:
    assert loaded.subject is not None  # noqa: S101 - claimed and listed ones exist
    return decide(loaded.subject, Expire(loaded.subject.reference), loaded.facts(now, SYSTEM, settings))


def _accepted(answer: Accepted | Refused) -> Accepted:
    if isinstance(answer, Refused):
        raise CommandRefused(answer.refusals)
    return answer


Progress = Callable[[int], None]
"""Called with the number of applications expired so far."""
