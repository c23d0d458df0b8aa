"""Files of CSV, as programs read them and as a spreadsheet opens them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence

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


def csv_file(names: Sequence[str], rows: Iterable[Sequence[object]], format_: str) -> bytes:
    """A file of CSV, as UTF-8 and with CRLF.

    Args:
        names: the headings.
        rows: values of JSON, as many as headings.
        format_: one of `CSV`.
    """
    kind = CSV[format_]
    lines = io.StringIO(newline="")
    writer = csv.writer(lines, delimiter=kind.delimiter)
    writer.writerow(names)
    writer.writerows([kind.cell(value) for value in row] for row in rows)
    return (kind.beginning + lines.getvalue()).encode()
