"""A partitioned store keeps the published contract of what writes; `whole_contract` is the campaign with all of it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from partitioned_stores import partitioned_storage

from guarantees import check
from poec_workflow.ports import Storage
from poec_workflow.testing.contracts.batch_claims import BatchContract
from poec_workflow.testing.contracts.concurrency import ConcurrencyContract
from poec_workflow.testing.contracts.erasure import PeopleContract
from poec_workflow.testing.contracts.feed_contract import FeedContract
from poec_workflow.testing.contracts.idempotency import KeyContract
from poec_workflow.testing.contracts.outbox_contract import OutboxContract
from poec_workflow.testing.contracts.overdue_claims import SweepContract
from poec_workflow.testing.contracts.reads import ReadingContract
from poec_workflow.testing.contracts.record_keeping import RecordContract
from poec_workflow.testing.contracts.transactions import TransactionContract
from seasons import given_season, outcome


class TestPartitioned(
    TransactionContract,
    KeyContract,
    OutboxContract,
    SweepContract,
    BatchContract,
    PeopleContract,
    RecordContract,
    ReadingContract,
    FeedContract,
    ConcurrencyContract,
):
    """The storage on a server, its tables partitioned by session; each test has a database of its own."""

    examples = 2

    def empty_storage(self, folder: Path) -> AbstractContextManager[Storage]:
        """A fresh one."""
        del folder
        return partitioned_storage()


def test_the_season() -> None:
    """The given season comes out exactly as expected, and leaves the storage sound."""
    lines, expected = given_season()
    with partitioned_storage() as storage:
        assert outcome(lines, expected, storage=storage, batch=64) == expected
        check(storage)
