"""Expire the applications past their advice deadline, in batches, through the same `decide` as every command.

Running it late, twice, or on several machines has one result: one history entry for each application, effective at
the first instant after its deadline, recorded now.

Where the rules decide alike on all applications of one session in one state (`is_uniform`), and the storage can
store so (`ClaimsBatches`), one decision is made for them all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial

from poec_workflow.commands import Expire
from poec_workflow.decider import Accepted, Refused, decide
from poec_workflow.errors import CommandRefused
from poec_workflow.history_recording import RecordedChange, recorded
from poec_workflow.machines import LIFECYCLES, Lifecycles
from poec_workflow.messages import Message
from poec_workflow.model import SYSTEM
from poec_workflow.notices import NONE, NOTICES, Notices
from poec_workflow.policies.calendar import local_day
from poec_workflow.policies.deadlines import ended_before
from poec_workflow.policies.settings import Settings
from poec_workflow.ports import DecisionContext, LazySequence, OverdueBatch, Storage, Transaction, claims_batches
from poec_workflow.uniform_decisions import is_uniform

BATCH = 1_000
"""How many applications a transaction expires, at most: others wait meanwhile, for about a tenth of a second."""

_OVERTAKEN = {"no-transition", "advice-deadline-not-passed"}


class Batch(LazySequence[Accepted]):
    """The answers of a batch in order; those that were decided together are made when one is looked at."""

    def __init__(self, references: Sequence[str], load: Callable[[], Sequence[Accepted]]) -> None:
        super().__init__(load)
        self.references = references

    @classmethod
    def of(cls, answers: Sequence[Accepted]) -> Batch:
        """A batch whose answers are there."""
        return cls([each.subject.reference for each in answers], lambda: answers)

    def __len__(self) -> int:
        return len(self.references)


Batches = Iterator[Batch]


def batches(
    storage: Storage,
    now: datetime,
    settings: Settings,
    lifecycles: Lifecycles = LIFECYCLES,
    notices: Notices = NOTICES,
    *,
    size: int = BATCH,
) -> Batches:
    """Expire all that is overdue; each batch is one transaction, and is yielded once it is stored.

    Raises:
        CommandRefused: the settings' permissions or policies do not let the system expire.
    """
    before = ended_before(local_day(now, settings.zone), settings)
    uniform = is_uniform(Expire, settings, lifecycles)

    def work(transaction: Transaction) -> Batch:
        if uniform and claims_batches(transaction):
            claimed = transaction.claim_overdue_batch(before, limit=size)
            return _expired_together(claimed, now, settings, lifecycles, notices)
        expired = tuple(
            _accepted(_decided(each, now, settings, lifecycles, notices))
            for each in transaction.claim_overdue(before, limit=size)
        )
        for each in expired:
            transaction.save(recorded(each, now, settings, lifecycles), messages=each.notices)
        return Batch.of(expired)

    while batch := storage.run(work):
        yield batch


def _expired_together(
    claimed: OverdueBatch, now: datetime, settings: Settings, lifecycles: Lifecycles, notices: Notices
) -> Batch:
    first_of_each = [_accepted(_decided(each, now, settings, lifecycles, NONE)) for each in claimed.groups]
    changes = [change for each in first_of_each for change in recorded(each, now, settings, lifecycles)]
    claimed.save(changes, _messages(claimed, changes, notices))

    def answers() -> Sequence[Accepted]:
        facts = [each.facts(now, SYSTEM, settings) for each in claimed.groups]
        pairs = zip(claimed.applications, claimed.group_of, strict=True)
        decided = (
            (decide(each, Expire(each.reference), facts[group], lifecycles), facts[group]) for each, group in pairs
        )
        return [notices.told(_accepted(answer), known) for answer, known in decided]

    return Batch(claimed.references, answers)


def _messages(claimed: OverdueBatch, changes: Sequence[RecordedChange], notices: Notices) -> Sequence[Message]:
    """Who is told that applications expired which were decided on together."""
    if not any(type(each.entry.event) in notices.by_event for each in changes):
        return ()
    sessions = [each.enrolment.session for each in claimed.groups if each.enrolment is not None]
    return [
        message
        for application, group in zip(claimed.applications, claimed.group_of, strict=True)
        for message in notices.of_application(changes[group].entry.event, application, sessions[group])
    ]


def previews(
    storage: Storage,
    now: datetime,
    settings: Settings,
    lifecycles: Lifecycles = LIFECYCLES,
    notices: Notices = NOTICES,
    *,
    size: int = BATCH,
) -> Batches:
    """Decide on all that is overdue as `batches` does, without storing or locking anything.

    Raises:
        CommandRefused: as of `batches`.
    """
    overdue = storage.queries.overdue(ended_before(local_day(now, settings.zone), settings))

    def work(transaction: Transaction, references: Sequence[str]) -> Batch:
        loaded = (transaction.load(Expire(each)) for each in references)
        answers = [_decided(each, now, settings, lifecycles, notices) for each in loaded]
        # Between the list and this look an application may have ended, or its session may have been moved.
        standing = (each for each in answers if isinstance(each, Accepted) or not each.codes <= _OVERTAKEN)
        return Batch.of(tuple(map(_accepted, standing)))

    for start in range(0, len(overdue), size):
        yield storage.run(partial(work, references=overdue[start : start + size]), write=False)


def _decided(
    loaded: DecisionContext, now: datetime, settings: Settings, lifecycles: Lifecycles, notices: Notices
) -> Accepted | Refused:
    assert loaded.subject is not None  # noqa: S101 - claimed and listed ones exist
    facts = loaded.facts(now, SYSTEM, settings)
    answer = decide(loaded.subject, Expire(loaded.subject.reference), facts, lifecycles)
    return answer if isinstance(answer, Refused) else notices.told(answer, facts)


def _accepted(answer: Accepted | Refused) -> Accepted:
    if isinstance(answer, Refused):
        raise CommandRefused(answer.refusals)
    return answer


Progress = Callable[[int], None]
"""Called with the number of applications expired so far."""
