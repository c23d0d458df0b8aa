"""A sample of the campaign; `run.py` beside this file is the whole one."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from feed_campaign import Missed, campaign

from postgres import SERVER


def test_readers_and_writers_are_killed(database_url: str, tmp_path: Path) -> None:
    """Each reader has every entry once, and all of them in the same order."""
    found = campaign(database_url, tmp_path, writers=2, readers=2, seconds=1, seed=1)
    assert found.entries > 100
    assert found.pages > found.readers
    assert sum(found.killed.values()) >= 1


@pytest.mark.usefixtures("postgresql_server")
def test_a_reader_without_a_horizon_is_caught(tmp_path: Path) -> None:
    """Of three runs at most, one misses what an open transaction stores."""
    for seed in range(3):
        (tmp_path / str(seed)).mkdir()
        with SERVER.database() as url:
            try:
                campaign(url, tmp_path / str(seed), writers=3, readers=1, seconds=0.5, seed=seed, fault="no-horizon")
            except Missed:
                return
    pytest.fail("nothing was missed")
