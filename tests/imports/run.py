"""Seasons exported from one store and imported into another, whole: every application, every kind of actor.

    python tests/imports/run.py [--drawn 100] [--database memory sqlite postgresql]

The season that was given with the rules, and drawn ones; two thirds are played, exported, imported, and asked about,
and the rest is played on both. Then any bytes are given to the readers, so many times. The figures are printed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parents[1])]
from answering_alike import half_a_drawn_season, half_a_season
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from test_import_files import FILES_OF_CELLS, OPTIONS, answered_with_words

from guarantees import MADE
from poec_workflow.commands import Request
from poec_workflow.testing.strategies import journals
from postgres import SERVER
from seasons import given_season


def seasons(database: str, drawn: int, place: Path) -> None:
    """The given season, and drawn ones, into one kind of store."""
    began, done, lines = time.perf_counter(), 0, given_season()[0]
    with MADE[database](place / "given.db") as storage:
        half_a_season(lines, storage)

    @settings(deadline=None, max_examples=drawn, database=None, phases=(Phase.generate,),
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(journals(longest=80, shortest=30), st.integers(10, 60), st.integers(-60, 200))
    def hold(journal: list[Request], cut: int, days: int) -> None:
        nonlocal done
        with MADE[database](place / f"{done}.db") as storage:
            half_a_drawn_season(journal, cut, days, storage)
        done += 1

    hold()
    print(
        f"{database:10} the season ({len(lines)} lines) and {done} drawn ones answered the same elsewhere, before and "
        f"after the rest of them; {time.perf_counter() - began:.0f} s",
        flush=True,
    )


def any_bytes(times: int) -> None:
    """Files of anything, of which no reader raises."""
    began, done = time.perf_counter(), 0

    @settings(deadline=None, max_examples=times, database=None, suppress_health_check=list(HealthCheck))
    @given(st.binary(max_size=300) | FILES_OF_CELLS, OPTIONS)
    def hold(data: bytes, options: object) -> None:
        nonlocal done
        answered_with_words(data, options)  # type: ignore[arg-type]
        done += 1

    hold()
    print(f"{done} files of anything were answered with words; {time.perf_counter() - began:.0f} s", flush=True)


def main() -> None:
    """Run both."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--drawn", type=int, default=100)
    options.add_argument("--files", type=int, default=20_000)
    options.add_argument("--database", nargs="*", choices=sorted(MADE), default=sorted(MADE))
    asked = options.parse_args()
    try:
        for database in asked.database:
            with tempfile.TemporaryDirectory() as place:
                seasons(database, asked.drawn, Path(place))
        any_bytes(asked.files)
    finally:
        SERVER.close()


if __name__ == "__main__":
    main()
