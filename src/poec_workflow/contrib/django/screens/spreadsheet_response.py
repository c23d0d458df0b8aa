"""A list as a file that a spreadsheet opens, with the headings and labels that people read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.http import HttpResponse

from poec_workflow.presentation.spreadsheet_files import csv_file
from poec_workflow.serialization import to_dict


def spreadsheet(name: str, columns: Mapping[str, Iterable[object]]) -> HttpResponse:
    """A file to keep.

    Args:
        name: of the file, without its ending.
        columns: headings ▸ cells from top to bottom; days stay as programs read them, so that they can be sorted.
    """
    cells = [[to_dict(each) for each in column] for column in columns.values()]
    rows: Sequence[Sequence[object]] = list(zip(*cells, strict=True))
    return HttpResponse(csv_file(list(columns), rows, "csv-excel"), headers=file_headers(name))


def file_headers(name: str) -> Mapping[str, str]:
    """What a browser is told of a file to keep, by its name without the ending."""
    return {
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": f'attachment; filename="{name}.csv"',
    }
