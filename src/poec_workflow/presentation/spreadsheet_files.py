"""Files of CSV, as programs read them and as a spreadsheet opens them."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from attrs import frozen

from poec_workflow.presentation.spreadsheet_cells import for_people, for_programs


@frozen
class CsvKind:
    """A kind of CSV: what the text begins with, what separates cells, and how a value becomes one."""

    beginning: str
    delimiter: str
    cell: Callable[[object], object]


CSV: Mapping[str, CsvKind] = {
    "csv": CsvKind("", ",", for_programs),
    "csv-excel": CsvKind("\ufeff", ";", for_people),
}
"""By the name of the format: RFC 4180 for programs; for people what a spreadsheet opens by itself in French."""


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_lines(names: Sequence[str], rows: Iterable[Iterable[object]], format_: str) -> Iterator[str]:
    """The lines of a file of CSV, each ended by CRLF; a row is asked for when its line is taken.

    Args:
        names: the headings.
        rows: values of JSON, as many as headings.
        format_: one of `CSV`.
    """
    kind = CSV[format_]
    writer = csv.writer(_Echo(), delimiter=kind.delimiter)
    yield kind.beginning + str(writer.writerow(names))
    for row in rows:
        yield str(writer.writerow([kind.cell(value) for value in row]))


def csv_file(names: Sequence[str], rows: Iterable[Iterable[object]], format_: str) -> bytes:
    """The same as a whole, in UTF-8."""
    return "".join(csv_lines(names, rows, format_)).encode()
