"""Histories of many concurrent operations, checked: `python tests/linearizability/run.py [operations] [seed …]`."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from clients import CLIENTS, History, by_processes, by_threads, crowding, judged, prepared
from faulty import FAULTS
from model import Asked, HasLooked, Room
from planted import PLANTED

from databases import LAYOUTS
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.adapters.sql import SqlStorage
from postgres import SERVER
from processes import Crew, crew


def line(name: str, initial: dict[str, Room], history: History) -> bool:
    """Judge one history, and print its figures."""
    verdicts = judged(history, initial)
    steps = sum(each.steps for each in verdicts.values())
    bad = [room for room, each in verdicts.items() if not each.linearizable]
    asked = sum(isinstance(operation.asked, Asked) for _, operation in history)
    sweeps = len({operation.asked for _, operation in history if isinstance(operation.asked, HasLooked)})
    print(
        f"{name}: {asked} commands and {sweeps} sweeps, {CLIENTS} clients, "
        f"{len(verdicts)} sessions, {crowding(history):.1f} others at the same time, {steps} steps: "
        f"{f'NOT linearizable ({len(bad)} sessions)' if bad else 'linearizable'}",
        flush=True,
    )
    return not bad


def in_memory(name: str, storage: MemoryStorage, operations: int, seed: int) -> bool:
    """One history of threads."""
    initial = prepared(storage)
    return line(name, initial, by_threads(storage, seed, operations // CLIENTS))


def on_database(name: str, database: str, together: Crew, operations: int, seed: int, fault: str | None = None) -> bool:
    """One history of processes."""
    with LAYOUTS[database]() as url:
        with SqlStorage.open(url) as storage:
            initial = prepared(storage)
        return line(name, initial, by_processes(together, url, seed, operations // CLIENTS, fault))


def sound(together: Crew, operations: int, seed: int) -> int:
    """How many storages are not linearizable."""
    wrong = int(not in_memory(f"memory, seed {seed}", MemoryStorage(), operations, seed))
    for database in LAYOUTS:
        wrong += not on_database(f"{database}, seed {seed}", database, together, operations, seed)
    return wrong


def missed(together: Crew, operations: int) -> int:
    """How many planted faults are not seen."""
    wrong = 0
    for name, faulty in FAULTS.items():
        wrong += in_memory(f"memory, fault: {name}", faulty(), operations, 1)
    for database in LAYOUTS:
        for name in PLANTED:
            if (database, name) != ("sqlite", "no lock"):
                wrong += on_database(f"{database}, fault: {name}", database, together, operations, 1, name)
    return wrong


def main(operations: int = 2_000, *seeds: int) -> int:
    """Every storage has to be linearizable, and no faulty one."""
    try:
        with crew(CLIENTS) as together:
            return sum(sound(together, operations, seed) for seed in seeds or (1,)) + missed(together, operations)
    finally:
        SERVER.close()


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
