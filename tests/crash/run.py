"""The campaigns, each of which stops at the first point that does not come out, and prints its figures.

    python tests/crash/run.py kill      # a process is killed at each point of each command, sweep and migration
    python tests/crash/run.py faults    # each fault at each statement and commit of the same
    python tests/crash/run.py server    # PostgreSQL is killed and started again under four writers

`--database`, `--only WORD …` and `--part 1/3` take a part of the first two.
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parents[1])]
from database_copies import PREPARED_DATABASES
from driver_interception import interceptor
from fault_injection import inject_everywhere
from fault_types import FAULTS
from operations import Operation, operations
from process_kills import KillReport, kill_everywhere
from server_kills import WRITERS, kill_server_repeatedly

from postgres import SERVER, find


def _part(asked: argparse.Namespace, place: Path) -> Sequence[Operation]:
    """The operations that are asked for."""
    number, _, of = asked.part.partition("/")
    found = [each for each in operations(place) if not asked.only or any(word in each.name for word in asked.only)]
    return found[int(number) - 1 :: int(of)]


def kill(asked: argparse.Namespace, place: Path) -> None:
    """A child process is killed at each point."""
    for database in asked.database:
        began, total, kinds = time.perf_counter(), KillReport(), 0
        with PREPARED_DATABASES[database](place) as prepared, interceptor() as ours:
            for operation in _part(asked, place / database):
                report = kill_everywhere(operation, prepared, ours)
                total, kinds = total + report, kinds + 1
                print(f"{database:10} {operation.name:38} {report.points:4} points, {report.kills:4} kills", flush=True)
        print(
            f"{database}: {kinds} operations, {total.points} points, {total.kills} kills; every one came to the same "
            f"when done again, {total.replayed} of them by the first answer; {time.perf_counter() - began:.0f} s"
        )


def faults(asked: argparse.Namespace, place: Path) -> None:
    """Each fault at each statement and commit."""
    for database in asked.database:
        began, total, kinds = time.perf_counter(), Counter[tuple[str, str]](), 0
        with PREPARED_DATABASES[database](place) as prepared, interceptor() as ours:
            for operation in _part(asked, place / database):
                ended = inject_everywhere(operation, prepared, ours, FAULTS[database])
                total, kinds = total + ended, kinds + 1
                print(f"{database:10} {operation.name:38} {ended.total():4} faults", flush=True)
        for (fault, ended), times in sorted(total.items()):
            print(f"{database:10} {fault:24} {times:5} ended in {ended}")
        print(
            f"{database}: {kinds} operations, {total.total()} faults; none left half an operation, each was completed "
            f"once when done again; {time.perf_counter() - began:.0f} s",
            flush=True,
        )


def server(asked: argparse.Namespace, place: Path) -> None:
    """PostgreSQL is killed and started again."""
    began = time.perf_counter()
    found = kill_server_repeatedly(asked.kills, asked.seed, place, find())
    print(
        f"postgresql: killed {asked.kills} times ({found['SIGKILL']} by SIGKILL, {found['immediate']} by an immediate "
        f"stop) under {WRITERS} writers: {found['acknowledged']} commands acknowledged and stored, each once; "
        f"{found['unavailable']} times unavailable, {found['replayed']} answered again by their key; "
        f"{time.perf_counter() - began:.0f} s"
    )


def main() -> None:
    """Run one."""
    logging.disable()  # what is retried, and which connections broke, is what is done here
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    campaigns = {"kill": kill, "faults": faults, "server": server}
    options.add_argument("campaign", choices=campaigns)
    options.add_argument("--database", nargs="*", choices=PREPARED_DATABASES, default=list(PREPARED_DATABASES))
    options.add_argument("--only", nargs="*", default=())
    options.add_argument("--part", default="1/1")
    options.add_argument("--kills", type=int, default=50)
    options.add_argument("--seed", type=int, default=1)
    asked = options.parse_args()
    try:
        with tempfile.TemporaryDirectory() as place:
            campaigns[asked.campaign](asked, Path(place))
    finally:
        SERVER.close()


if __name__ == "__main__":
    main()
