"""The campaign: `python tests/races/run.py --rounds 20` races 2 to 64 processes on both databases."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from itertools import count
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from participants import CHANGERS, Record
from race_scenarios import RACES, SIZES, run

from databases import LAYOUTS
from guarantees import check, workflow_with_session
from poec_workflow.adapters.sql import SqlStorage
from postgres import SERVER
from processes import Crew, crew


def campaign(crew: Crew, database: str, name: str, sizes: Sequence[int], rounds: int) -> None:
    """So many rounds of one race for each size, on one database, and a line about each."""
    numbers = count(2)
    with LAYOUTS[database]() as url:
        with SqlStorage.open(url) as storage:
            workflow_with_session(storage)
        for clients in sizes:
            begun = time.perf_counter()
            records = [each for _ in range(rounds) for each in run(name, crew, url, clients, next(numbers))]
            line(
                f"{database:10} {name:14} {clients:2} processes, {rounds} rounds", records, time.perf_counter() - begun
            )
        with SqlStorage.open(url) as storage:
            check(storage)


def line(what: str, records: Sequence[Record], seconds: float) -> None:
    """What came of some rounds, all of which came out right."""
    wanting, changing = ([each for each in records if each.wants is wants] for wants in (True, False))
    print(
        f"{what}: {sum(each.accepted for each in wanting)} winners, as there were left; "
        f"{sum(not each.accepted for each in wanting)} refusals, each true when it was given; "
        f"{sum(each.accepted for each in changing)} changes by {CHANGERS} more; {seconds:.0f} s",
        flush=True,
    )


def main() -> None:
    """Race, and stop at the first that does not come out."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=20)
    options.add_argument("--processes", type=int, nargs="*", default=SIZES)
    options.add_argument("--database", nargs="*", default=list(LAYOUTS))
    options.add_argument("--race", nargs="*", default=list(RACES))
    asked = options.parse_args()
    try:
        with crew(*(each + CHANGERS for each in asked.processes), gates=(CHANGERS,)) as everybody:
            for database in asked.database:
                for name in asked.race:
                    campaign(everybody, database, name, asked.processes, asked.rounds)
    finally:
        SERVER.close()


if __name__ == "__main__":
    main()
