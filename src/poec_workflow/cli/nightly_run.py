"""What the commands of the night share: as at which instant they run, and how far they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TypeVar

import click
from rich.progress import Progress

from poec_workflow.cli import options
from poec_workflow.cli.terminal import console
from poec_workflow.errors import Malformed
from poec_workflow.ports import FixedClock, SystemClock
from poec_workflow.serialization import from_dict
from poec_workflow.workflow import Workflow

T = TypeVar("T")


def open_as_at(store: str, places: Iterable[str], at: str | None, *, dry_run: bool) -> Workflow:
    """The workflow that the options name, its clock at the instant of `--at`; a dry run makes no store."""
    clock = FixedClock(_instant_of(at, dry_run=dry_run)) if at else None
    return options.open_workflow(store, places, clock, make=not dry_run)


def counted(name: str, work: Callable[[Callable[[int], None]], T]) -> T:
    """What some work gives, which says how many it has done; a terminal shows that as a bar."""
    with Progress(console=console(stderr=True), transient=True, disable=not console(stderr=True).is_terminal) as bar:
        task = bar.add_task(name, total=None)
        return work(lambda done: bar.update(task, completed=done))


def _instant_of(text: str, *, dry_run: bool) -> datetime:
    """The instant of `--at`; a usage error where it is none, or is yet to come and something would change."""
    try:
        instant = from_dict(text, datetime)
    except Malformed as error:
        raise click.BadParameter(error.faults[0].problem, param_hint="--at") from error
    if instant > SystemClock().now() and not dry_run:
        raise click.UsageError("--at is later than now: that is for --dry-run only")
    return instant
