"""The storages that the contract is for, and a database file for what concerns databases alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from guarantees import MADE
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.ports import Storage


@pytest.fixture(params=sorted(MADE))
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Storage]:
    """An empty storage of each kind."""
    with MADE[request.param](tmp_path / "poec.db") as made:
        yield made


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the database is, once it is."""
    return tmp_path / "poec.db"


@pytest.fixture
def stored(file: Path) -> Iterator[SqlStorage]:
    """A storage on the file."""
    with SqlStorage.open(f"sqlite:///{file}") as storage:
        yield storage
