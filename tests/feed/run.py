"""The campaign: `python tests/feed/run.py` has 8 processes write and 3 read, killed with SIGKILL and begun again."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from feed_campaign import Missed, campaign
from feed_reader import FAULTS

from databases import DATABASES
from postgres import SERVER


def main() -> None:
    """Run on each database, and stop at the first that does not come out; with `--plant`, where one does."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=60)
    options.add_argument("--writers", type=int, default=8)
    options.add_argument("--readers", type=int, default=3)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--database", nargs="*", default=list(DATABASES))
    options.add_argument("--plant", choices=list(FAULTS), help="a fault, which has to be found")
    asked = options.parse_args()
    try:
        for database in asked.database:
            with DATABASES[database]() as url, tempfile.TemporaryDirectory() as folder:
                try:
                    found = campaign(
                        url,
                        Path(folder),
                        writers=asked.writers,
                        readers=asked.readers,
                        seconds=asked.seconds,
                        seed=asked.seed,
                        fault=asked.plant,
                    )
                except Missed as missed:
                    if asked.plant is None:
                        raise
                    print(f"{database:10} {asked.plant}: found: {missed}", flush=True)
                    continue
            if asked.plant is not None:
                raise SystemExit(f"{database}: {asked.plant} was not found")
            print(
                f"{database:10} {asked.writers} writers, {asked.readers} readers, {asked.seconds:.0f} s: "
                f"{found.entries} entries, each once in all {found.readers} readers, in one order, "
                f"in {found.pages} pages; "
                f"killed: {found.killed['writer']} writers, {found.killed['reader']} readers",
                flush=True,
            )
    finally:
        SERVER.close()


if __name__ == "__main__":
    main()
