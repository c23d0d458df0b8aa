"""The lines of a run as a table for a terminal, and as JSON to keep."""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from attrs import asdict
from rich.console import Console
from rich.table import Table

from benchmarks.lines import Line, Target

Groups = Mapping[str, Sequence[Line]]
WIDTH, THOUSAND = 80, 1_000
COLUMNS = {"": 33, "ours": 9, "beside": 9, "ratio": 8, "target": 7, "prize": 6}
LIBRARIES = ("attrs", "cattrs", "psycopg", "sqlalchemy", "transitions")


def as_json(groups: Groups, *, quick: bool) -> dict[str, Any]:
    """Everything that was measured, and on what."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "quick": quick,
        "python": platform.python_version(),
        "machine": platform.machine(),
        "processors": os.cpu_count(),
        "load": os.getloadavg()[0],
        "versions": {"sqlite": sqlite3.sqlite_version, **{name: version(name) for name in LIBRARIES}},
        "lines": [
            {"group": group, **asdict(line), "ratio": line.ratio, "missed": line.missed}
            for group, lines in groups.items()
            for line in lines
        ],
    }


def missed(groups: Groups) -> list[Line]:
    """The lines that miss their target."""
    return [line for lines in groups.values() for line in lines if line.missed]


def print_group(group: str, lines: Sequence[Line]) -> None:
    """Print a table for each figure that others stand beside."""
    console = Console(width=WIDTH, highlight=False)
    console.print(f"[bold]{group}[/]")
    for against in dict.fromkeys(line.against for line in lines):
        table = Table(box=None, pad_edge=False, padding=(0, 0, 0, 1))
        for heading, width in COLUMNS.items():
            table.add_column(heading, width=width, justify="right" if heading else "left", no_wrap=bool(heading))
        for line in (line for line in lines if line.against == against):
            table.add_row(*_cells(line))
        console.print(f"[dim]beside {against}:[/]")
        console.print(table)


def print_verdict(groups: Groups) -> None:
    """Print how many targets are met."""
    targets = [line for lines in groups.values() for line in lines if line.target]
    count = len(missed(groups))
    Console(width=WIDTH, highlight=False).print(
        f"{len(targets) - count} of {len(targets)} targets met" + (f", [red]{count} missed (×)[/]" if count else "")
    )


def _cells(line: Line) -> tuple[str, ...]:
    style = "red" if line.missed else "green" if line.target else "default"
    ratio = f"[{style}]{_number(line.ratio)}{' ×' if line.missed else '  '}[/]"
    return line.name, _figure(line.ours, line.unit), _figure(line.floor, line.unit), ratio, *_target(line.target)


def _target(target: Target | None) -> tuple[str, str]:
    if target is None:
        return "", ""
    sign = "≥" if target.least else "≤"
    return f"{sign} {target.limit:g}", "" if target.prize is None else f"{target.prize:g}"


def _figure(value: float, unit: str) -> str:
    return f"{_number(value)} {unit}"


def _number(value: float) -> str:
    """Three digits that count."""
    if value >= THOUSAND:
        return f"{value:,.0f}"
    return f"{value:.3g}"
