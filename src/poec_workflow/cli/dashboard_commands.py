"""The commands `dashboard` and `queue`: an organisation's figures, and its work queue."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import click
from attrs import fields

from poec_workflow import locales
from poec_workflow.cli import options
from poec_workflow.cli.day_options import AS_OF, Day, DayOrInstant, day_of
from poec_workflow.cli.formats import print_csv, print_list
from poec_workflow.cli.terminal import dashboard_note, dashboard_table, print_json, print_table, say, table, wrapped
from poec_workflow.cli.text_table import TextTable
from poec_workflow.presentation.spreadsheet_files import CSV
from poec_workflow.serialization import to_dict
from poec_workflow.views import ApplicationRow, DashboardRow, WorkQueue

_LISTS = ("to_convoke", "attendance_to_record", "advice_to_give", "expiring")


@click.command()
@click.argument("organization")
@click.option(
    "--at", type=DayOrInstant(), help="The day that expiring applications are reckoned from; today by default."
)
@click.option("--since", type=Day(), help="Count applications registered on this day or later.")
@options.store
@options.settings
@options.list_format
@options.lang
def dashboard(
    organization: str,
    at: date | datetime | None,
    since: date | None,
    store: str,
    places: tuple[str, ...],
    format_: str,
    lang: str,
) -> None:
    """Count an ORGANIZATION's applications by role and state, as stored."""
    workflow = options.open_workflow(store, places, make=False)
    result = workflow.dashboard(organization, since=since, at=day_of(at, workflow.settings.zone))
    if format_ == "json":
        print_json(to_dict(result))
    elif format_ in CSV:
        print_list(result.rows, DashboardRow, format_, {})
    else:
        print_table(dashboard_table(result, lang, workflow.settings.warning_days))
        for line in wrapped(dashboard_note(since, lang).split(" "), " "):
            say(line)


@click.command()
@click.argument("organization")
@AS_OF
@options.store
@options.settings
@options.list_format
@options.lang
def queue(
    organization: str, at: date | datetime | None, store: str, places: tuple[str, ...], format_: str, lang: str
) -> None:
    """List what an ORGANIZATION has to do: convoke, record attendance, advise, and what expires soon."""
    workflow = options.open_workflow(store, places, make=False)
    result = workflow.work_queue(organization, at=day_of(at, workflow.settings.zone))
    if format_ == "json":
        print_json(to_dict(result))
    elif format_ in CSV:
        rows = [{"queue": name, **to_dict(row)} for name in _LISTS for row in getattr(result, name)]
        print_csv(["queue", *(each.name for each in fields(ApplicationRow))], rows, format_)
    else:
        for each in queue_tables(result, workflow.settings.warning_days, lang):
            print_table(each)


def queue_tables(queue: WorkQueue, days: int, lang: str) -> Iterator[TextTable]:
    """A table for each thing that is to be done; `days`: within how many applications are expiring."""
    columns = [locales.word(name, lang) for name in ("reference", "candidate", "session", "state")]
    for name in _LISTS:
        cells = [
            (
                row.reference,
                row.candidate_name or row.candidate,
                f"{row.session} {row.action_title}",
                locales.state(row.state, lang),
            )
            for row in getattr(queue, name)
        ]
        yield table(columns, cells, title=f"{locales.word(name, lang, days=days)} [{len(cells)}]")
