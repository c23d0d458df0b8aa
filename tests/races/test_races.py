"""A sample of the races; `run.py` beside this file is the campaign."""

from __future__ import annotations

from multiprocessing import get_context

from racing import PROCESSES, for_places, for_seats


def test_the_last_seat(database_url: str) -> None:
    """Sixteen want the last seat, one gets it."""
    with get_context("spawn").Pool(PROCESSES) as pool:
        assert for_seats(pool, database_url, 16, 0)["accepted"] == 1
        pool.close()
        pool.join()


def test_the_last_quota_places(database_url: str) -> None:
    """Sixteen want the last three places, three get them."""
    with get_context("spawn").Pool(PROCESSES) as pool:
        assert for_places(pool, database_url, 16, 1)["accepted"] == 3
        pool.close()
        pool.join()
