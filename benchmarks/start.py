"""What it costs to use the package from nothing, beside the import of the three libraries that it stands on.

Each work is a whole process of its own, Python's start and end included; they run in turn, and medians are compared.
Bytecode is kept, as an installation has it, in a folder of the benchmark's own.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime

from benchmarks.files_entered import AT, PLATFORM, SETUP, line, submit
from benchmarks.lines import Line, at_most
from benchmarks.ratios import Work, seconds
from poec_workflow import bootstrap
from poec_workflow.ports import FixedClock
from poec_workflow.serialization import journal_line

BASE = "import transitions, attrs, cattrs"
SERVICE = (
    "from poec_workflow import Workflow; from poec_workflow.adapters.memory import MemoryStorage; "
    "Workflow(MemoryStorage())"
)
TARGETS = {
    "Workflow(MemoryStorage())": at_most(2, prize=1.3),
    "--help": at_most(1.5, prize=1),
    "dashboard": at_most(5, prize=4),
}
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


def lines(*, quick: bool) -> Sequence[Line]:
    """Each use, beside the import of the three libraries."""
    taken = {name: each * 1e3 for name, each in medians(5 if quick else 21).items()}
    return [
        Line(name=name, against=BASE, ours=taken[name], floor=taken[BASE], unit="ms", target=target)
        for name, target in TARGETS.items()
    ]
