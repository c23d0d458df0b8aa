"""The applications list as a file for a spreadsheet: row by row, as they are read."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import StreamingHttpResponse

from poec_workflow import locales
from poec_workflow.contrib.django.screens.spreadsheet_response import file_headers
from poec_workflow.contrib.django.screens.words import words_of
from poec_workflow.policies.calendar import local_day
from poec_workflow.policies.settings import Settings
from poec_workflow.presentation.cell_texts import ending_text, prescriber_text
from poec_workflow.presentation.spreadsheet_files import csv_lines
from poec_workflow.serialization import to_dict
from poec_workflow.views import ApplicationRow

_HEADINGS = (
    "reference", "candidate-name", "candidate", "session", "title", "start", "end",
    "responsible", "positioner", "trainer", "prescriber", "registered", "state", "ending",
)  # fmt: skip


def application_spreadsheet(rows: Iterable[ApplicationRow], settings: Settings, lang: str) -> StreamingHttpResponse:
    """Rows as CSV for Excel."""
    headings = [words_of(f"applications.csv-{each}", lang) for each in _HEADINGS]
    lines = csv_lines(headings, (_cells(each, settings, lang) for each in rows), "csv-excel")
    return StreamingHttpResponse(lines, headers=file_headers(words_of("applications.csv-name", lang)))


def _cells(row: ApplicationRow, settings: Settings, lang: str) -> list[object]:
    """A row's cells: days as ISO 8601 has them, which every spreadsheet sorts; codes as people read them."""
    day = local_day(row.registered_at, settings.zone)
    name = row.candidate_name or words_of("applications.erased", lang)
    known: list[object] = [to_dict(each) for each in (row.session_start, row.session_end)]
    return [
        row.reference, name, row.candidate, row.session, row.action_title, *known,
        row.responsible, row.positioner, row.trainer, prescriber_text(row.prescriber, lang), to_dict(day),
        locales.state(row.state, lang), ending_text(row, settings.catalogue, lang),
    ]  # fmt: skip
