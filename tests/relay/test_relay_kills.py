"""A sample of the relays' campaigns; `run.py` beside this file runs them whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from relay_kills import FilledStore, killed_at, points_of, together


@pytest.fixture
def store(database_url: str) -> FilledStore:
    return FilledStore.of(database_url, 1)


def test_a_killed_relay_loses_nothing(store: FilledStore, tmp_path: Path) -> None:
    """Killed at every twentieth point, twice: all messages arrive in order, those that it had begun perhaps twice."""
    points = points_of(store, tmp_path)
    assert points > 40
    for point in range(0, points, 20):
        killed_at(store, tmp_path, point)


def test_eight_relays_at_once(database_url: str, tmp_path: Path) -> None:
    """With a receiver that fails every third time, and three of them killed: all arrive, in order, some twice."""
    store = FilledStore.of(database_url, 8)
    assert together(store, tmp_path, kills=3) > 0
