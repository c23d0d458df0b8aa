"""How a file of CSV is laid out: what separates its cells, where its header is, what its columns say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from attrs import frozen

from poec_workflow.importing.column_plan import ColumnPlan, plan_of
from poec_workflow.importing.csv_records import SEPARATORS, Record, directive, records
from poec_workflow.importing.import_fields import IMPORTS
from poec_workflow.importing.import_rows import RowFault
from poec_workflow.importing.read_options import ReadOptions

BEGINNING = 60
"""So many lines are looked at for the header."""
_ENOUGH = 2
"""So many known columns make a header."""
_SHOWN = 60
_NAMES = {"\t": "tab"}


@frozen
class Layout:
    """How a file is laid out.

    Attributes:
        line: of the header.
        header: its cells.
    """

    separator: str
    line: int
    header: Sequence[str]
    plan: ColumnPlan


def layout_of(beginning: Sequence[str], options: ReadOptions) -> Layout | RowFault:
    """The layout of a file, of its first lines; or why it can't be told."""
    said = directive(beginning[0]) if beginning else None
    separators = tuple(filter(None, (options.separator or said,))) or SEPARATORS
    found = [made for each in separators for made in _layouts(beginning, each, options, skip=int(said is not None))]
    if not found:
        return RowFault(0, "", "the file is empty")
    good = [each for each in found if each.plan.known >= _ENOUGH]
    if not good:
        return _no_header(beginning, found, options)
    if len({each.separator for each in good}) > 1:
        return RowFault(good[0].line, "", f"what separates the cells? {_readings(good)}: say it with --separator")
    return good[0] if options.kind or len(good) == 1 else _of_one_kind(good)


def _layouts(beginning: Sequence[str], separator: str, options: ReadOptions, skip: int) -> list[Layout]:
    """What a separator would make of the header, for each kind that it could be of."""
    header = _header(beginning, separator, options, skip)
    if header is None:
        return []
    kinds = (options.kind,) if options.kind else tuple(IMPORTS)
    return [
        Layout(separator, header.line, header.cells, plan_of(each, header.line, header.cells, options.mapping))
        for each in kinds
    ]


def _header(beginning: Sequence[str], separator: str, options: ReadOptions, skip: int) -> Record | None:
    start = options.header - 1 if options.header else skip
    return next((each for each in records(beginning[start:], separator, start + 1) if _says(each)), None)


def _says(record: Record) -> bool:
    return any(each.strip() for each in record.cells)


def _no_header(beginning: Sequence[str], found: Sequence[Layout], options: ReadOptions) -> RowFault:
    first = found[0]
    if len({each.separator for each in found}) == 1:
        for line in range(first.line + 1, len(beginning) + 1) if options.header is None else ():
            for kind in (options.kind,) if options.kind else IMPORTS:
                below = next((each for each in records([beginning[line - 1]], first.separator, line)), None)
                if below and plan_of(kind, line, below.cells, options.mapping).known >= _ENOUGH:
                    return RowFault(
                        first.line, "", f"no header stands here, but on line {line}: say it with --header {line}"
                    )
        return RowFault(
            first.line,
            "",
            f"no column of this header is known: {_readings(found)}; say what they are in the mapping file",
        )
    told = f"under no separator the header is known: {_readings(found)}"
    return _later_header(beginning, options) or RowFault(
        first.line, "", f"{told}; say it with --separator, and the columns in the mapping file"
    )


def _later_header(beginning: Sequence[str], options: ReadOptions) -> RowFault | None:
    """Where titles stand above the header, on which line it is."""
    if options.header is not None:
        return None
    for line, text in enumerate(beginning, 1):
        for separator in SEPARATORS:
            for each in records([text], separator, line):
                for kind in (options.kind,) if options.kind else IMPORTS:
                    if plan_of(kind, line, each.cells, options.mapping).known >= _ENOUGH:
                        return RowFault(
                            1, "", f"no header stands here, but on line {line}: say it with --header {line}"
                        )
    return None


def _readings(found: Iterable[Layout]) -> str:
    shown: dict[str, str] = {}
    for each in found:
        cells = " · ".join(cell.strip() for cell in each.header)
        shown.setdefault(
            _NAMES.get(each.separator, repr(each.separator)), cells[:_SHOWN] + ("…" if len(cells) > _SHOWN else "")
        )
    return ", ".join(f"{name} [{cells}]" for name, cells in shown.items())


def _of_one_kind(good: Sequence[Layout]) -> Layout | RowFault:
    """The one kind of which the header has all that is required, or at least the least that is not known."""
    whole = [each for each in good if not each.plan.faults]
    least = min(len(each.plan.unknown) for each in good)
    fitting = [each for each in good if len(each.plan.unknown) == least]
    for found in (whole, fitting):
        if len(found) == 1:
            return found[0]
    kinds = ", ".join(f"{each}s" for each in IMPORTS)
    return RowFault(good[0].line, "", f"of what is this file, {kinds}? Say it with --of")
