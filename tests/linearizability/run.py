"""Histories of many concurrent operations, checked: `python tests/linearizability/run.py [operations] [seed]`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from clients import CLIENTS, judged, prepared, recorded
from faulty import FAULTS

from guarantees import MADE
from poec_workflow.ports import Storage
from postgres import SERVER


def line(name: str, storage: Storage, operations: int, seed: int) -> bool:
    """Record and judge one history, and print its figures."""
    initial = prepared(storage)
    history = recorded(storage, seed, operations // CLIENTS)
    verdicts = judged(history, initial)
    sound = all(each.linearizable for each in verdicts.values())
    steps = sum(each.steps for each in verdicts.values())
    bad = sum(not each.linearizable for each in verdicts.values())
    asked = operations // CLIENTS * CLIENTS
    print(
        f"{name}: {asked} operations, {CLIENTS} clients, {len(verdicts)} sessions, {steps} steps: "
        f"{'linearizable' if sound else f'NOT linearizable ({bad} sessions)'}"
    )
    return sound


def main(operations: int = 2_000, seed: int = 1) -> int:
    """Every storage has to be linearizable, and no faulty one."""
    wrong = 0
    for name, made in MADE.items():
        with tempfile.TemporaryDirectory() as folder, made(Path(folder) / "poec.db") as storage:
            wrong += not line(name, storage, operations, seed)
    for name, faulty in FAULTS.items():
        wrong += line(f"fault: {name}", faulty(), operations, seed)
    SERVER.close()
    return wrong


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
