"""What the night's erasure costs: to look at everybody, to erase those whose time is over, to look once more.

A filled store has ten applications a candidate. All of them are expired, and then as many years go by as each clock
takes. Time by the wall and of the process, and the most memory that Python held; SQLite's file is written anew at the
end of each run.

    uv run --group benchmarks python -m benchmarks.keeping [--database sqlite postgresql] [--applications NUMBER]
"""

from __future__ import annotations

import argparse
import tracemalloc
from collections.abc import Sequence
from datetime import timedelta
from time import perf_counter, process_time

from attrs import evolve
from rich.console import Console
from rich.table import Table

from benchmarks.filling import DATABASES, LARGE, NOW, STORES, FilledStore
from poec_workflow import Settings, Workflow
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.testing import SettableClock
from poec_workflow.views import RetentionReport

KEPT = Settings(keep_personal_data_years=2, keep_file_years=5)
RUNS = (
    ("nobody is due", 1, False),
    ("people, dry run", 3, True),
    ("people", 3, False),
    ("people, once more", 3, False),
    ("files", 6, False),
    ("files, once more", 6, False),
)
"""What a run meets ▸ years after, and whether it is a dry one."""


def _run(workflow: Workflow, years: int, *, dry_run: bool) -> tuple[RetentionReport, float, float]:
    """A night's run so many years later, how long it took, and for how long this process worked."""
    late = evolve(workflow, settings=KEPT, clock=SettableClock(NOW + timedelta(days=366 * years)))
    began, worked = perf_counter(), process_time()
    report = late.retain_until(dry_run=dry_run)
    return report, perf_counter() - began, process_time() - worked


def _measured(kind: str, many: int, table: Table) -> None:
    with SqlStorage.open(STORES.copy(kind, many)) as storage:
        workflow = FilledStore.on(storage, many).workflow
        evolve(workflow, clock=SettableClock(NOW + timedelta(days=300))).sweep()
        for name, years, dry_run in RUNS:
            report, took, worked = _run(workflow, years, dry_run=dry_run)
            table.add_row(
                kind, name, f"{len(report.people):,}", f"{len(report.files):,}", f"{took:.1f} s", f"{worked:.1f} s"
            )
        tracemalloc.start()
        _run(workflow, 6, dry_run=False)
        held = tracemalloc.get_traced_memory()[1] / 2**20
        table.add_row(kind, "memory of the last", "", "", f"{held:.1f} MiB", "")
        tracemalloc.stop()


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", nargs="+", choices=DATABASES, default=DATABASES)
    parser.add_argument("--applications", type=int, default=LARGE)
    given = parser.parse_args(arguments)
    table = Table(
        "database", "run", "people", "files", "time", "of this process", title=f"{given.applications:,} applications"
    )
    with STORES.opened(given.database):
        for kind in given.database:
            _measured(kind, given.applications, table)
    Console().print(table)


if __name__ == "__main__":
    main()
