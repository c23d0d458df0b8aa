"""`sweep`: expire every application past its advice deadline."""

from __future__ import annotations

from datetime import datetime

import click
from rich.progress import Progress

from poec_workflow import locales
from poec_workflow.cli import options
from poec_workflow.cli.terminal import console, print_json, say
from poec_workflow.errors import Malformed
from poec_workflow.ports import FixedClock, SystemClock
from poec_workflow.serialization import from_dict, to_dict


@click.command()
@click.option("--dry-run", is_flag=True, help="Say what would expire, and change nothing.")
@click.option("--at", metavar="INSTANT", help="Sweep as at this instant; later than now with --dry-run only.")
@options.store
@options.settings
@options.format_
@options.lang
def sweep(*, dry_run: bool, at: str | None, store: str, places: tuple[str, ...], format_: str, lang: str) -> None:
    """Expire every application that is past its advice deadline."""
    clock = FixedClock(instant_of(at, dry_run=dry_run)) if at else None
    workflow = options.open_workflow(store, places, clock, make=not dry_run)
    with Progress(console=console(stderr=True), transient=True, disable=not console(stderr=True).is_terminal) as bar:
        task = bar.add_task("sweep", total=None)
        report = workflow.sweep(dry_run=dry_run, progress=lambda done: bar.update(task, completed=done))
    if format_ == "json":
        print_json(to_dict(report))
        return
    for reference in report.expired:
        say(reference)
    said = "would-expire" if dry_run else "expired"
    say(locales.word(said, lang, count=len(report.expired)), err=True)


def instant_of(text: str, *, dry_run: bool) -> datetime:
    """The instant of `--at`; a usage error where it is none, or is yet to come and something would change."""
    try:
        instant = from_dict(text, datetime)
    except Malformed as error:
        raise click.BadParameter(error.faults[0].problem, param_hint="--at") from error
    if instant > SystemClock().now() and not dry_run:
        raise click.UsageError("--at is later than now: that is for --dry-run only")
    return instant
