"""`sweep`: expire every application past its advice deadline."""

from __future__ import annotations

import click

from poec_workflow import locales
from poec_workflow.cli import options
from poec_workflow.cli.nightly_run import open_as_at
from poec_workflow.cli.progress_bar import counted
from poec_workflow.cli.terminal import print_json, say
from poec_workflow.serialization import to_dict


@click.command()
@click.option("--dry-run", is_flag=True, help="Say what would expire, and change nothing.")
@click.option("--at", metavar="INSTANT", help="Sweep as at this instant; later than now with --dry-run only.")
@options.store
@options.settings
@options.format_
@options.lang
def sweep(*, dry_run: bool, at: str | None, store: str, places: tuple[str, ...], format_: str, lang: str) -> None:
    """Expire every application that is past its advice deadline."""
    workflow = open_as_at(store, places, at, dry_run=dry_run)
    report = counted("sweep", lambda progress: workflow.sweep(dry_run=dry_run, progress=progress))
    if format_ == "json":
        print_json(to_dict(report))
        return
    for reference in report.expired:
        say(reference)
    said = "would-expire" if dry_run else "expired"
    say(locales.word(said, lang, count=len(report.expired)), err=True)
