"""The applications list as a file for a spreadsheet: all rows of a filter, read page by page as they are sent."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve
from django.http import StreamingHttpResponse

from poec_workflow import locales
from poec_workflow.contrib.django.screens.words import words_of
from poec_workflow.model import Page
from poec_workflow.policies.calendar import local_day
from poec_workflow.presentation.cell_texts import ending_text, prescriber_text
from poec_workflow.presentation.streamed_spreadsheet import spreadsheet_lines
from poec_workflow.serialization import to_dict
from poec_workflow.views import ApplicationFilter, ApplicationRow, PageRequest
from poec_workflow.workflow import Workflow

_AT_ONCE = 500
_HEADINGS = (
    "reference", "candidate-name", "candidate", "session", "title", "start", "end",
    "responsible", "positioner", "trainer", "prescriber", "registered", "state", "ending",
)  # fmt: skip


def application_spreadsheet(
    workflow: Workflow, asked: ApplicationFilter, page: PageRequest, lang: str
) -> StreamingHttpResponse:
    """All rows of a filter in the order of a page, as CSV for Excel.

    Raises:
        Malformed: the filter or the order; the answer has not begun then.
    """
    order = evolve(page, limit=_AT_ONCE, after=None)
    first = workflow.applications(asked, order)
    headings = [words_of(f"applications.csv-{each}", lang) for each in _HEADINGS]
    rows = (_cells(each, workflow, lang) for each in _all(workflow, asked, order, first))
    lines = spreadsheet_lines(headings, rows, "csv-excel")
    name = words_of("applications.csv-name", lang)
    return StreamingHttpResponse(
        lines,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def _all(
    workflow: Workflow, asked: ApplicationFilter, order: PageRequest, page: Page[ApplicationRow]
) -> Iterator[ApplicationRow]:
    yield from page.items
    while page.next is not None:
        page = workflow.applications(asked, evolve(order, after=page.next))
        yield from page.items


def _cells(row: ApplicationRow, workflow: Workflow, lang: str) -> list[object]:
    """A row's cells: days as ISO 8601 has them, which every spreadsheet sorts; codes as people read them."""
    day = local_day(row.registered_at, workflow.settings.zone)
    name = row.candidate_name or words_of("applications.erased", lang)
    known: list[object] = [to_dict(each) for each in (row.session_start, row.session_end)]
    return [
        row.reference, name, row.candidate, row.session, row.action_title, *known,
        row.responsible, row.positioner, row.trainer, prescriber_text(row.prescriber, lang), to_dict(day),
        locales.state(row.state, lang), ending_text(row, workflow.settings.catalogue, lang),
    ]  # fmt: skip
