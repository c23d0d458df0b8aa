"""As at which instant the commands of the night run."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import click

from poec_workflow.cli import options
from poec_workflow.errors import Malformed
from poec_workflow.ports import FixedClock, SystemClock
from poec_workflow.serialization import from_dict
from poec_workflow.workflow import Workflow


def open_as_at(store: str, places: Iterable[str], at: str | None, *, dry_run: bool) -> Workflow:
    """The workflow that the options name, its clock at the instant of `--at`; a dry run makes no store."""
    clock = FixedClock(_instant_of(at, dry_run=dry_run)) if at else None
    return options.open_workflow(store, places, clock, make=not dry_run)


def _instant_of(text: str, *, dry_run: bool) -> datetime:
    """The instant of `--at`; a usage error where it is none, or is yet to come and something would change."""
    try:
        instant = from_dict(text, datetime)
    except Malformed as error:
        raise click.BadParameter(error.faults[0].problem, param_hint="--at") from error
    if instant > SystemClock().now() and not dry_run:
        raise click.UsageError("--at is later than now: that is for --dry-run only")
    return instant
