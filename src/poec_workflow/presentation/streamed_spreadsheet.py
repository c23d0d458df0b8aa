"""A spreadsheet's file written row by row, however many rows there are."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence

from poec_workflow.presentation.spreadsheet_files import CSV


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def spreadsheet_lines(names: Sequence[str], rows: Iterable[Iterable[object]], format_: str) -> Iterator[str]:
    """The lines of a file of CSV, each ended by CRLF; a row is asked for when its line is taken.

    Args:
        names: the headings.
        rows: values of JSON, as many as headings.
        format_: one of `CSV`.
    """
    kind = CSV[format_]
    writer = csv.writer(_Echo(), delimiter=kind.delimiter)
    yield kind.beginning + str(writer.writerow(list(names)))
    for row in rows:
        yield str(writer.writerow([kind.cell(value) for value in row]))
