"""The campaign: `python tests/races/run.py --rounds 20` races 2 to 64 processes on both databases."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from parts import CHANGERS
from racing import RACES, SIZES, run

from databases import DATABASES
from guarantees import check, founded
from poec_workflow.adapters.sql import SqlStorage
from postgres import SERVER
from processes import Crew, crew


def campaign(crew: Crew, database: str, name: str, clients: int, rounds: int) -> None:
    """So many rounds of one race, on one database, and a line about them."""
    began, records = time.perf_counter(), []
    with DATABASES[database]() as url:
        with SqlStorage.open(url) as storage:
            founded(storage)
        for each in range(2, rounds + 2):
            records += run(name, crew, url, clients, each)
        with SqlStorage.open(url) as storage:
            check(storage)
    wanting = [each for each in records if each.wants]
    print(
        f"{database:10} {name:14} {clients:2} processes and {CHANGERS} that change, {rounds} rounds: "
        f"{sum(each.accepted for each in wanting)} winners, as there were left; "
        f"{sum(not each.accepted for each in wanting)} refusals, each true when it was given; "
        f"{sum(each.accepted for each in records) - sum(each.accepted for each in wanting)} changes; "
        f"{time.perf_counter() - began:.0f} s",
        flush=True,
    )


def main() -> None:
    """Race, and stop at the first that does not come out."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=20)
    options.add_argument("--processes", type=int, nargs="*", default=SIZES)
    options.add_argument("--database", nargs="*", default=list(DATABASES))
    options.add_argument("--race", nargs="*", default=list(RACES))
    asked = options.parse_args()
    try:
        with crew(*(each + CHANGERS for each in asked.processes), gates=(CHANGERS,)) as everybody:
            for database in asked.database:
                for name in asked.race:
                    for clients in asked.processes:
                        campaign(everybody, database, name, clients, asked.rounds)
    finally:
        SERVER.close()


if __name__ == "__main__":
    main()
