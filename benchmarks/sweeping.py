"""What saving a sweep's batch costs: as one statement a table on arrays, against the driver's repetition of it.

python benchmarks/sweeping.py [APPLICATIONS] [ROUNDS]

Both ways in one run, turn about, on a PostgreSQL of its own (`POEC_TEST_POSTGRESQL` names another), each time on as
many applications that are overdue.
"""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from time import perf_counter
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from guarantees import ADVISER, PLATFORM, registering, workflow_on, workflow_with_session
from poec_workflow import Request, Workflow
from poec_workflow.adapters.sql import SqlStorage, bulk
from poec_workflow.testing import SettableClock
from poec_workflow.testing.contracts.fixtures import opening
from postgres import SERVER

PER_SESSION = 100
LATE = SettableClock(datetime(2022, 4, 20, tzinfo=UTC))
numbers = count(1)

WAYS: dict[str, AbstractContextManager[object]] = {
    "repeated": patch.object(bulk, "supports_arrays", lambda _connection: False),
    "arrays": nullcontext(),
}


def fill(storage: SqlStorage, many: int) -> None:
    """So many applications more, on sessions of their own."""
    requests = []
    for _ in range(many // PER_SESSION):
        session = f"S-{next(numbers) + 1}"
        requests.append(Request(command=opening(session, seats=PER_SESSION), actor=PLATFORM))
        requests += [Request(command=registering(next(numbers), session), actor=ADVISER) for _ in range(PER_SESSION)]
    workflow_on(storage).execute_many(requests, atomic=True)


def swept(storage: SqlStorage, many: int) -> float:
    """How many seconds it takes to expire them."""
    fill(storage, many)
    workflow = Workflow(storage, clock=LATE)
    begun = perf_counter()
    workflow.sweep()
    return perf_counter() - begun


def main(many: int = 4_000, rounds: int = 5) -> None:
    """Sweep turn about, and print each way's best and their ratio."""
    times: dict[str, list[float]] = {way: [] for way in WAYS}
    with SERVER.database() as url, SqlStorage.open(url) as storage:
        workflow_with_session(storage)
        for _ in range(rounds):
            for way, planted in WAYS.items():
                with planted:
                    times[way].append(swept(storage, many))
    SERVER.close()
    best = {way: min(taken) for way, taken in times.items()}
    for way, took in best.items():
        print(f"{way}: {took:.2f} s at best for {many} applications ({many / took:.0f} a second)")
    print(f"arrays take {best['arrays'] / best['repeated']:.2f} of the time")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
