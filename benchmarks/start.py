"""What it costs to use the package from nothing, beside the import of the three libraries that it stands on.

    uv run python -m benchmarks.start [--quick]

Each work is a whole process of its own, Python's start and end included; they run in turn, and medians are compared.
Bytecode is kept, as an installation has it, in a folder of the benchmark's own.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from datetime import datetime

from benchmarks.files_entered import AT, PLATFORM, SETUP, line, submit
from benchmarks.ratios import Work, seconds
from poec_workflow import bootstrap
from poec_workflow.ports import FixedClock
from poec_workflow.serialization import journal_line

BASE = "import transitions, attrs, cattrs"
SERVICE = (
    "from poec_workflow import Workflow; from poec_workflow.adapters.memory import MemoryStorage; "
    "Workflow(MemoryStorage())"
)
TARGETS = {"Workflow(MemoryStorage())": 2.0, "--help": 1.5, "dashboard": 5.0}
"""How often the time of the base each may take."""


def process(*arguments: str, environment: Mapping[str, str]) -> Work:
    """A work that runs Python to its end."""

    def work() -> None:
        subprocess.run(  # noqa: S603 - this interpreter
            [sys.executable, *arguments], stdout=subprocess.DEVNULL, env=environment, check=True
        )

    return work


def fill(store: str) -> None:
    """Put an action, its session and two applications into a store."""
    workflow = bootstrap.workflow(store, clock=FixedClock(datetime.fromisoformat(AT)))
    for command in SETUP:
        submit(workflow, journal_line(line(command, PLATFORM)))


def medians(rounds: int) -> dict[str, float]:
    """The median of each process, in seconds."""
    with tempfile.TemporaryDirectory() as folder:
        store = f"sqlite:///{folder}/poec.db"
        fill(store)
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        environment = {**kept, "PYTHONPYCACHEPREFIX": f"{folder}/bytecode", "POEC_STORE": store}
        command = ("-m", "poec_workflow")
        return seconds(
            {
                BASE: process("-c", BASE, environment=environment),
                "Workflow(MemoryStorage())": process("-c", SERVICE, environment=environment),
                "--help": process(*command, "--help", environment=environment),
                "dashboard": process(*command, "dashboard", "AFEC", environment=environment),
            },
            rounds,
        )


def lines(*, quick: bool) -> list[tuple[str, float, float]]:
    """Each line of the table: its name, its ratio, and the target that it may not exceed."""
    found = medians(5 if quick else 21)
    return [(f"start: {name}", found[name] / found[BASE], target) for name, target in TARGETS.items()]


def main() -> None:
    """Print the lines."""
    for name, ratio, target in lines(quick="--quick" in sys.argv[1:]):
        print(f"{name:32} {ratio:6.2f} x   target {target:.1f} x")


if __name__ == "__main__":
    main()
