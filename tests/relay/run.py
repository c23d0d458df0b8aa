"""The relays' campaigns, each of which stops at the first point that does not come out, and prints its figures.

python tests/relay/run.py kill      # a relay is killed at each statement, commit and delivery, twice
python tests/relay/run.py together  # eight at once, some killed, with a receiver that fails every third time
python tests/relay/run.py drain     # 100,000 messages: how many a second, and how much memory
"""

from __future__ import annotations

import argparse
import logging
import resource
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parents[1])]
from relay_kills import Discarding, FilledStore, killed_at, points_of, together
from relay_world import at, fill

from databases import DATABASES
from poec_workflow import Relay
from poec_workflow.adapters.sql import SqlStorage
from postgres import SERVER

MESSAGES_EACH = 10
"""How many messages an application has, about."""


def kill(asked: argparse.Namespace, url: str, place: Path) -> str:
    """At each point."""
    store = FilledStore.of(url, asked.applications)
    points = points_of(store, place)
    twice = sum(killed_at(store, place, point) for point in range(points))
    return f"{points} points, {2 * points} relays killed; every message arrived in order, {twice} times one once more"


def together_(asked: argparse.Namespace, url: str, place: Path) -> str:
    """Several at once."""
    store = FilledStore.of(url, asked.applications)
    twice = sum(together(store, place, seed=seed) for seed in range(asked.rounds))
    many = len(store.told) * asked.rounds
    return f"{asked.rounds} rounds of 8 relays, 4 killed: {many} messages arrived in order, {twice} once more"


def drain(asked: argparse.Namespace, url: str, place: Path) -> str:
    """Many."""
    del place
    with SqlStorage.open(url) as storage:
        waiting = len(fill(storage, asked.messages // MESSAGES_EACH))
        relay = Relay(at(storage, timedelta(hours=1)), Discarding())
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began = time.perf_counter()
        delivered = relay.run_once().delivered
        took = time.perf_counter() - began
        more = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert delivered == waiting
    return f"{delivered} messages in {took:.0f} s, {delivered / took:.0f} a second; {more / 1024:.0f} MiB more at most"


def main() -> None:
    """Run one."""
    logging.disable()
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    campaigns = {"kill": kill, "together": together_, "drain": drain}
    options.add_argument("campaign", choices=campaigns)
    options.add_argument("--database", nargs="*", choices=DATABASES, default=list(DATABASES))
    options.add_argument("--applications", type=int, default=2)
    options.add_argument("--rounds", type=int, default=20)
    options.add_argument("--messages", type=int, default=100_000)
    asked = options.parse_args()
    try:
        for name in asked.database:
            began = time.perf_counter()
            with tempfile.TemporaryDirectory() as place, DATABASES[name]() as url:
                said = campaigns[asked.campaign](asked, url, Path(place))
            print(f"{name}: {said}; {time.perf_counter() - began:.0f} s", flush=True)
    finally:
        SERVER.close()


if __name__ == "__main__":
    main()
