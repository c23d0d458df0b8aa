"""On a partitioned store too, clients are answered as if they had come one after the other."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "linearizability"))

from clients import by_threads, judged, prepared
from partitioned_stores import partitioned_database

from poec_workflow.adapters.sql import SqlStorage


def test_threads_have_an_order() -> None:
    """Some operations of eight threads; the campaign of `tests/linearizability` has processes, and thousands."""
    with partitioned_database() as url, SqlStorage.open(url) as storage:
        initial = prepared(storage)
        verdicts = judged(by_threads(storage, 1, 20), initial)
    assert {room for room, each in verdicts.items() if not each.linearizable} == set()
    assert len(verdicts) > 1
