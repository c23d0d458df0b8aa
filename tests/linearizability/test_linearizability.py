"""Every storage answers as if its clients had come one after the other; planted faults do not."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from clients import CLIENTS, History, by_processes, by_threads, judged, prepared
from faulty import FAULTS
from model import Room

from databases import DATABASES
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.adapters.sql import SqlStorage
from processes import Crew, crew


@pytest.fixture(scope="module")
def together() -> Iterator[Crew]:
    """Eight processes."""
    with crew(CLIENTS) as found:
        yield found


def unexplained(history: History, initial: dict[str, Room]) -> list[str]:
    """The sessions whose history has no order."""
    return [room for room, each in judged(history, initial).items() if not each.linearizable]


def test_threads_have_an_order() -> None:
    """A thousand operations on the storage in memory."""
    storage = MemoryStorage()
    initial = prepared(storage)
    assert unexplained(by_threads(storage, 1, 125), initial) == []


def test_processes_have_an_order(database_url: str, together: Crew) -> None:
    """Some hundred operations on each database."""
    with SqlStorage.open(database_url) as storage:
        initial = prepared(storage)
    assert unexplained(by_processes(together, database_url, 1, 40), initial) == []


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_caught(name: str) -> None:
    """Of three histories at most, one has no order."""
    for seed in range(3):
        storage = FAULTS[name]()
        initial = prepared(storage)
        if unexplained(by_threads(storage, seed, 125), initial):
            return
    pytest.fail(f"{name} was not caught")


@pytest.mark.usefixtures("postgresql_server")
@pytest.mark.parametrize(
    ("database", "name"),
    [
        ("postgresql", "no lock"),
        ("postgresql", "read before lock"),
        ("postgresql", "early end"),
        ("sqlite", "read before lock"),
    ],
)
def test_a_fault_on_a_database_is_caught(database: str, name: str, together: Crew) -> None:
    """The same; the campaign plants every fault on both."""
    for seed in range(3):
        with DATABASES[database]() as url:
            with SqlStorage.open(url) as storage:
                initial = prepared(storage)
            if unexplained(by_processes(together, url, seed, 60, name), initial):
                return
    pytest.fail(f"{name} was not caught")
