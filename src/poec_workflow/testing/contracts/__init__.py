"""What any storage keeps, as a suite of tests: subclass `StorageContract`, and pytest does the rest.

Needs pytest and Hypothesis.

>>> from contextlib import nullcontext
>>> from poec_workflow.adapters.memory import MemoryStorage
>>> class TestMine(StorageContract):
...     def empty_storage(self, folder):
...         return nullcontext(MemoryStorage())
"""

import pytest

# Before they are imported: their failures then show both sides.
_FILES = ("comparison", "concurrency", "fixtures", "idempotency", "listings", "erasure", "reads")
_MORE = (
    "batch_claims",
    "channel_contract",
    "doors",
    "drawn_seasons",
    "feed_contract",
    "outbox_contract",
    "overdue_claims",
    "record_keeping",
    "retained_seasons",
    "transactions",
)
pytest.register_assert_rewrite(*(f"{__name__}.{each}" for each in _FILES + _MORE))

from poec_workflow.testing.contracts.batch_claims import BatchContract  # noqa: E402
from poec_workflow.testing.contracts.concurrency import ConcurrencyContract  # noqa: E402
from poec_workflow.testing.contracts.doors import DoorContract  # noqa: E402
from poec_workflow.testing.contracts.drawn_seasons import SeasonContract  # noqa: E402
from poec_workflow.testing.contracts.erasure import PeopleContract  # noqa: E402
from poec_workflow.testing.contracts.feed_contract import FeedContract  # noqa: E402
from poec_workflow.testing.contracts.idempotency import KeyContract  # noqa: E402
from poec_workflow.testing.contracts.listings import ListContract  # noqa: E402
from poec_workflow.testing.contracts.outbox_contract import OutboxContract  # noqa: E402
from poec_workflow.testing.contracts.overdue_claims import SweepContract  # noqa: E402
from poec_workflow.testing.contracts.reads import ReadingContract  # noqa: E402
from poec_workflow.testing.contracts.record_keeping import RecordContract  # noqa: E402
from poec_workflow.testing.contracts.retained_seasons import RetentionContract  # noqa: E402
from poec_workflow.testing.contracts.transactions import TransactionContract  # noqa: E402

__all__ = ["StorageContract"]


class StorageContract(
    TransactionContract,
    KeyContract,
    OutboxContract,
    SweepContract,
    BatchContract,
    PeopleContract,
    RecordContract,
    RetentionContract,
    ReadingContract,
    ListContract,
    DoorContract,
    SeasonContract,
    FeedContract,
    ConcurrencyContract,
):
    """All that the ports `Storage`, `Transaction`, `Queries` and `Outbox` promise, each promise a test."""
