"""The commands `dashboard` and `queue`: an organisation's figures, and its work queue."""

from __future__ import annotations

from datetime import date

import click
from attrs import fields

from poec_workflow import locales
from poec_workflow.cli import options
from poec_workflow.cli.formats import print_csv, print_list
from poec_workflow.cli.list_commands import Day
from poec_workflow.cli.terminal import dashboard_table, print_json, print_table, table
from poec_workflow.serialization import to_dict
from poec_workflow.views import ApplicationRow, DashboardRow

_LISTS = ("to_convoke", "attendance_to_record", "advice_to_give", "expiring")


@click.command()
@click.argument("organization")
@click.option("--at", type=Day(), help="The day that expiring applications are reckoned from; today by default.")
@click.option("--since", type=Day(), help="Count applications registered on this day or later.")
@options.store
@options.settings
@options.list_format
@options.lang
def dashboard(
    organization: str,
    at: date | None,
    since: date | None,
    store: str,
    places: tuple[str, ...],
    format_: str,
    lang: str,
) -> None:
    """Count an ORGANIZATION's applications by role and state, as stored."""
    workflow = options.open_workflow(store, places)
    result = workflow.dashboard(organization, since=since, at=at)
    if format_ == "json":
        print_json(to_dict(result))
    elif format_ == "csv":
        print_list(result.rows, DashboardRow, "csv", {})
    else:
        print_table(dashboard_table(result, lang, workflow.settings.warning_days))


@click.command()
@click.argument("organization")
@options.store
@options.settings
@options.list_format
@options.lang
def queue(organization: str, store: str, places: tuple[str, ...], format_: str, lang: str) -> None:
    """List what an ORGANIZATION has to do: convoke, record attendance, advise, and what expires soon."""
    workflow = options.open_workflow(store, places)
    result = workflow.work_queue(organization)
    lists: dict[str, tuple[ApplicationRow, ...]] = {name: getattr(result, name) for name in _LISTS}
    if format_ == "json":
        print_json(to_dict(result))
    elif format_ == "csv":
        rows = [{"queue": name, **to_dict(row)} for name in _LISTS for row in lists[name]]
        print_csv(["queue", *(each.name for each in fields(ApplicationRow))], rows)
    else:
        columns = [options.word(name, lang) for name in ("reference", "candidate", "session", "state")]
        for name in _LISTS:
            label = options.word(name, lang, days=workflow.settings.warning_days)
            cells = [
                (row.reference, row.candidate_name or row.candidate, row.session, locales.state(row.state, lang))
                for row in lists[name]
            ]
            print_table(
                table(
                    columns,
                    cells,
                    title=f"{label} [{len(cells)}]",
                )
            )
