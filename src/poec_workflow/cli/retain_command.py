"""`retain-until`: erase the people whose time is over, and then their files."""

from __future__ import annotations

import click
from rich.progress import Progress

from poec_workflow.cli import options
from poec_workflow.cli.sweep_command import instant_of
from poec_workflow.cli.terminal import console, print_json, say
from poec_workflow.ports import FixedClock
from poec_workflow.presentation.retention_texts import retention_texts
from poec_workflow.serialization import to_dict


@click.command("retain-until")
@click.option("--dry-run", is_flag=True, help="Say who would be erased, and change nothing.")
@click.option("--at", metavar="INSTANT", help="Erase as at this instant; later than now with --dry-run only.")
@options.store
@options.settings
@options.format_
@options.lang
def retain_until(
    *, dry_run: bool, at: str | None, store: str, places: tuple[str, ...], format_: str, lang: str
) -> None:
    """Erase every person who is kept no longer, and the files that funders no longer ask for."""
    clock = FixedClock(instant_of(at, dry_run=dry_run)) if at else None
    workflow = options.open_workflow(store, places, clock, make=not dry_run)
    with Progress(console=console(stderr=True), transient=True, disable=not console(stderr=True).is_terminal) as bar:
        task = bar.add_task("retain-until", total=None)
        report = workflow.retain_until(dry_run=dry_run, progress=lambda done: bar.update(task, completed=done))
    if format_ == "json":
        print_json(to_dict(report))
        return
    for each in sorted({*report.people, *report.files}):
        say(each)
    for text in retention_texts(report, lang):
        say(text, err=True)
