"""The storages that are tested; what any of them keeps is said in the published contract's ground."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.ports import Storage
from poec_workflow.testing.contracts.fixtures import (
    ADVISER,
    NOW,
    PLATFORM,
    TRAINER,
    all_positions,
    check,
    emptied_outbox,
    everything,
    registering,
    retaining,
    tally_of,
    workflow_on,
    workflow_with_session,
)
from postgres import SERVER

__all__ = [
    "ADVISER",
    "MADE",
    "NOW",
    "PLATFORM",
    "TRAINER",
    "all_positions",
    "check",
    "emptied_outbox",
    "everything",
    "registering",
    "retaining",
    "tally_of",
    "workflow_on",
    "workflow_with_session",
]


@contextmanager
def _memory(_file: Path) -> Iterator[Storage]:
    yield MemoryStorage()


@contextmanager
def _sqlite(file: Path) -> Iterator[Storage]:
    with SqlStorage.open(f"sqlite:///{file}") as storage:
        yield storage


@contextmanager
def _postgresql(_file: Path) -> Iterator[Storage]:
    with SERVER.database() as url, SqlStorage.open(url) as storage:
        yield storage


MADE: Mapping[str, Callable[[Path], AbstractContextManager[Storage]]] = {
    "memory": _memory,
    "postgresql": _postgresql,
    "sqlite": _sqlite,
}
"""Every storage, made on a file or a database of its own."""
