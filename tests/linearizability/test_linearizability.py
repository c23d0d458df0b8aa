"""Every storage answers as if its clients had come one after the other; five planted faults do not."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from clients import judged, prepared, recorded
from faulty import FAULTS

from poec_workflow.ports import Storage


def test_a_history_has_an_order(storage: Storage) -> None:
    """Some hundred operations of eight clients."""
    initial = prepared(storage)
    verdicts = judged(recorded(storage, 1, 40), initial)
    assert [room for room, each in verdicts.items() if not each.linearizable] == []


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_caught(name: str) -> None:
    """Of three histories at most, one has no order."""
    for seed in range(3):
        storage = FAULTS[name]()
        initial = prepared(storage)
        if not all(each.linearizable for each in judged(recorded(storage, seed, 150), initial).values()):
            return
    pytest.fail(f"{name} was not caught")
