"""Our storages keep the published contract, and the given season comes out of each as expected."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from guarantees import MADE, check
from poec_workflow.ports import Storage
from poec_workflow.testing.contracts import StorageContract
from seasons import given_season, outcome


class TestMemory(StorageContract):
    """The storage that lasts as long as its process."""

    def empty_storage(self, folder: Path) -> AbstractContextManager[Storage]:
        return MADE["memory"](folder / "poec.db")


@pytest.mark.usefixtures("postgresql_server")
class TestPostgresql(StorageContract):
    """The storage on a server; each test has a database of its own."""

    examples = 8  # each makes a database

    def empty_storage(self, folder: Path) -> AbstractContextManager[Storage]:
        return MADE["postgresql"](folder / "poec.db")


class TestSqlite(StorageContract):
    """The storage in a file."""

    def empty_storage(self, folder: Path) -> AbstractContextManager[Storage]:
        return MADE["sqlite"](folder / "poec.db")


@pytest.mark.parametrize("batch", [1, 64])
def test_the_season(storage: Storage, batch: int) -> None:
    """The given season comes out exactly as expected, however its lines are batched, and leaves the storage sound."""
    lines, expected = given_season()
    assert outcome(lines, expected, storage=storage, batch=batch) == expected
    check(storage)
