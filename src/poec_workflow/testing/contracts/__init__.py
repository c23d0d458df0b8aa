"""What any storage keeps, as a suite of tests: subclass `StorageContract`, and pytest does the rest.

Needs pytest and Hypothesis, which nothing else of the package does.

>>> from contextlib import nullcontext
>>> from poec_workflow.adapters.memory import MemoryStorage
>>> class TestMine(StorageContract):
...     def empty_storage(self, folder):
...         return nullcontext(MemoryStorage())
"""

import pytest

# Before they are imported: their failures then show both sides.
_FILES = ("comparing", "concurrency", "ground", "keys", "lists", "people", "reading")
_MORE = ("season", "sending", "sweeping", "transactions")
pytest.register_assert_rewrite(*(f"{__name__}.{each}" for each in _FILES + _MORE))

from poec_workflow.testing.contracts.concurrency import ConcurrencyContract  # noqa: E402
from poec_workflow.testing.contracts.keys import KeyContract  # noqa: E402
from poec_workflow.testing.contracts.lists import ListContract  # noqa: E402
from poec_workflow.testing.contracts.people import PeopleContract  # noqa: E402
from poec_workflow.testing.contracts.reading import ReadingContract  # noqa: E402
from poec_workflow.testing.contracts.season import SeasonContract  # noqa: E402
from poec_workflow.testing.contracts.sending import OutboxContract  # noqa: E402
from poec_workflow.testing.contracts.sweeping import SweepContract  # noqa: E402
from poec_workflow.testing.contracts.transactions import TransactionContract  # noqa: E402

__all__ = ["StorageContract"]


class StorageContract(
    TransactionContract,
    KeyContract,
    OutboxContract,
    SweepContract,
    PeopleContract,
    ReadingContract,
    ListContract,
    SeasonContract,
    ConcurrencyContract,
):
    """All that the ports `Storage`, `Transaction`, `Queries` and `Outbox` promise, each promise a test."""
