"""The command `candidate`: a person's applications and how each ended, or everything that is known of them."""

from __future__ import annotations

from collections.abc import Sequence

import click

from poec_workflow import locales
from poec_workflow.catalogue import Catalogue
from poec_workflow.cli import options
from poec_workflow.cli.formats import print_list
from poec_workflow.cli.terminal import print_json, print_table, table
from poec_workflow.cli.text_table import TextTable
from poec_workflow.model import OPEN_STATES
from poec_workflow.presentation.cell_texts import convocation_text, ending_text
from poec_workflow.serialization import to_dict
from poec_workflow.views import ApplicationRow


@click.command("candidate")
@click.argument("candidate", metavar="REFERENCE")
@click.option(
    "--file",
    "whole",
    is_flag=True,
    help="Print everything that is known of the person, as JSON: for their right of access.",
)
@options.store
@options.settings
@options.list_format
@options.lang
def candidate_history(
    candidate: str, *, whole: bool, store: str, places: tuple[str, ...], format_: str, lang: str
) -> None:
    """List a candidate's applications, in progress and past, and how each ended.

    With --file: everything that the store knows of the person, and until when it is kept.
    """
    workflow = options.open_workflow(store, places, make=False)
    if whole:
        print_json(to_dict(workflow.candidate_file(candidate)))
        return
    rows = workflow.candidate_applications(candidate)
    if format_ != "text":
        print_list(rows, ApplicationRow, format_, {})
        return
    catalogue = workflow.settings.catalogue
    for name, is_open in (("in-progress", True), ("past", False)):
        some = [row for row in rows if (row.state in OPEN_STATES) is is_open]
        print_table(_applications(locales.word(name, lang), some, catalogue, lang))


def _applications(name: str, rows: Sequence[ApplicationRow], catalogue: Catalogue, lang: str) -> TextTable:
    columns = [locales.word(each, lang) for each in ("reference", "session", "convocations", "state")]
    cells = [
        (
            row.reference,
            f"{row.session} {row.action_title}",
            "\n".join(convocation_text(each, lang) for each in row.convocations),
            "\n".join(filter(None, (locales.state(row.state, lang), ending_text(row, catalogue, lang)))),
        )
        for row in rows
    ]
    return table(columns, cells, title=f"{name} [{len(cells)}]")
