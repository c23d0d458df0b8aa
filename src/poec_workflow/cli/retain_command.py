"""`retain-until`: erase the people whose time is over, and then their files."""

from __future__ import annotations

import click

from poec_workflow.cli import options
from poec_workflow.cli.nightly_run import open_as_at
from poec_workflow.cli.progress_bar import counted
from poec_workflow.cli.terminal import print_json, say
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
    workflow = open_as_at(store, places, at, dry_run=dry_run)
    report = counted("retain-until", lambda progress: workflow.retain_until(dry_run=dry_run, progress=progress))
    if format_ == "json":
        print_json(to_dict(report))
        return
    for each in sorted({*report.people, *report.files}):
        say(each)
    for text in retention_texts(report, lang):
        say(text, err=True)
