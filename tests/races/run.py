"""The campaign: `python tests/races/run.py --rounds 20` races 2 to 64 clients on both databases, and prints figures."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))
from racing import PROCESSES, RACES

from postgres import SERVER

CLIENTS = (2, 4, 8, 16, 32, 64)


@contextmanager
def _sqlite() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{folder}/poec.db"


DATABASES = {"sqlite": _sqlite, "postgresql": SERVER.database}


def main() -> None:
    """Race, and stop at the first that does not come out."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=20)
    options.add_argument("--clients", type=int, nargs="*", default=CLIENTS)
    asked = options.parse_args()
    try:
        with get_context("spawn").Pool(PROCESSES) as pool:
            for database, made in DATABASES.items():
                for name, race in RACES.items():
                    for clients in asked.clients:
                        began, won = time.perf_counter(), 0
                        for each in range(asked.rounds):
                            with made() as url:
                                won += race(pool, url, clients, each)["accepted"]
                        took = time.perf_counter() - began
                        print(  # noqa: T201 - a command
                            f"{database:10} {name:6} {clients:2} clients, {asked.rounds} rounds: "
                            f"{won} winners, as there were left; {took:.1f} s",
                            flush=True,
                        )
            pool.close()
            pool.join()
    finally:
        SERVER.close()


if __name__ == "__main__":
    main()
