"""CSV as other platforms export it ▸ commands of import."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import BinaryIO

from poec_workflow.importing.cell_cleaning import folded
from poec_workflow.importing.csv_layout import BEGINNING, Layout, layout_of
from poec_workflow.importing.csv_records import Record, UnreadableText, records, text_lines
from poec_workflow.importing.import_rows import ImportRow, RowFault
from poec_workflow.importing.read_options import ReadOptions
from poec_workflow.importing.row_building import RowBuilder, is_empty
from poec_workflow.importing.text_encoding import EncodingDoubt, encoding_of

_TOTALS = ("total", "totaux", "sous total", "grand total", "nombre d", "nb de ", "somme")
_WIDE = 4
"""A file with so many columns has no row with one cell."""


def read_csv(stream: BinaryIO, options: ReadOptions) -> Iterator[ImportRow | RowFault]:
    """The rows of a file, which can be read from its beginning again, one after the other.

    What the file leaves open about all of it, its encoding, its separator, a column that is not known, is a fault, and
    no row is read then.
    """
    try:
        lines = text_lines(stream, encoding_of(stream, options.encoding))
        beginning = list(islice(lines, BEGINNING))
        layout = layout_of(beginning, options)
        if isinstance(layout, RowFault):
            yield layout
        elif layout.plan.faults:
            yield from layout.plan.faults
        else:
            yield from _rows(chain(beginning, lines), layout, options)
    except (EncodingDoubt, UnreadableText) as error:
        yield RowFault(error.line, "", str(error))


def _rows(lines: Iterator[str], layout: Layout, options: ReadOptions) -> Iterator[ImportRow | RowFault]:
    plan = layout.plan
    build = RowBuilder(plan.kind, options, plan.headings, plan.outcomes_told).built
    rest = islice(lines, layout.line - 1, None)
    own = plan.names.index(plan.kind) if plan.kind in plan.names else 0
    for record in records(rest, layout.separator, layout.line):
        if record.line == layout.line or list(record.cells) == list(layout.header):
            continue
        if record.problem is not None:
            yield RowFault(record.line, "", record.problem)
        elif not is_empty(record.cells):
            problem = _problem(record, layout, own)
            if problem is not None:
                yield problem
            else:
                yield from build(record.line, _said(record.cells, plan.names))


def _said(cells: Sequence[str], names: Sequence[str | None]) -> dict[str, str]:
    """What the cells of a row say; two columns of one text are joined."""
    said: dict[str, str] = {}
    for name, cell in zip(names, cells, strict=False):
        if name and cell:
            said[name] = f"{said[name]} {cell}" if name in said else cell
    return said


def _problem(record: Record, layout: Layout, own: int) -> RowFault | None:
    """What is wrong with a row as a whole."""
    cells, names = record.cells, layout.plan.names
    full = [each for each in cells if each.strip()]
    if folded(full[0]).startswith(_TOTALS) and (len(cells) <= own or cells[own] in {"", full[0]}):
        return RowFault(record.line, "", "a line of totals, and no row: take it out of the file")
    if len(full) == 1 and len(names) >= _WIDE:
        return RowFault(
            record.line, "", "one cell of this line says something: a title or a note? Take it out of the file"
        )
    beyond = [
        each for index, each in enumerate(cells) if each.strip() and (index >= len(names) or names[index] is None)
    ]
    if beyond:
        told = f"{beyond[0]:.40} stands in a column without a heading: is a separator within a cell that has no quotes?"
        return RowFault(record.line, "", told)
    return None
