"""The whole published contract on a partitioned store: `uv run pytest tests/partitions/whole_contract.py`.

A campaign, for lists and doors take minutes; `test_partitioned_contract` runs the rest.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from partitioned_stores import partitioned_storage

from poec_workflow.ports import Storage
from poec_workflow.testing.contracts import StorageContract


class TestWhole(StorageContract):
    """Each test has a database of its own."""

    examples = 8

    def empty_storage(self, folder: Path) -> AbstractContextManager[Storage]:
        """A fresh one."""
        del folder
        return partitioned_storage()
