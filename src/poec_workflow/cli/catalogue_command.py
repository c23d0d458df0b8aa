"""`catalogue`: the published training actions and their sessions, for a catalogue of another system."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click

from poec_workflow import locales
from poec_workflow.cli import options
from poec_workflow.cli.day_options import AS_OF
from poec_workflow.cli.terminal import say


@click.command()
@click.option("--as", "as_", type=click.Choice(["lheo"]), default="lheo", show_default=True)
@AS_OF
@click.option(
    "--mapping",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="A mapping file in TOML: what organisations and funders are known by.",
)
@options.store
@options.settings
@options.lang
def catalogue(
    as_: str, *, at: date | datetime | None, mapping: Path | None, store: str, places: tuple[str, ...], lang: str
) -> None:
    """Write the published training actions and their sessions as an LHEO 2.3 document, in UTF-8."""
    del as_  # There is one format.
    from poec_workflow.importing.lheo_mapping import mapping_of  # noqa: PLC0415 - help needs none
    from poec_workflow.importing.mapping import read_mapping  # noqa: PLC0415
    from poec_workflow.publishing import lheo_catalogue  # noqa: PLC0415

    known = mapping_of(read_mapping(mapping.read_bytes())) if mapping else None
    workflow = options.open_workflow(store, places, make=False)
    left_out: list[str] = []
    for line in lheo_catalogue(workflow, at=at, mapping=known, left_out=left_out.append):
        click.echo(line.encode(), nl=False)
    if left_out:
        say(locales.word("actions-without-session", lang, count=len(left_out)), err=True)
