"""Print a list as text, JSON or CSV (`--format`)."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from attrs import fields

from poec_workflow.cli.terminal import print_json, print_table, table
from poec_workflow.serialization import to_dict

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def print_list(
    rows: Sequence[Any],
    kind: type[Any],
    format_: str,
    columns: Mapping[str, Iterable[object]],
    together: tuple[int, ...] = (),
) -> None:
    """Print rows of one class in a format.

    Args:
        rows: attrs values.
        kind: their class, which gives the CSV's columns even where there is no row.
        format_: text, json or csv.
        columns: for text: heading ▸ cells, from top to bottom.
        together: for text: how many columns share one where there is no room.
    """
    if format_ == "json":
        print_json([to_dict(row) for row in rows])
    elif format_ == "csv":
        print_csv([each.name for each in fields(kind)], [to_dict(row) for row in rows])
    else:
        cells = zip(*columns.values(), strict=True) if rows else ()
        print_table(table(list(columns), [list(row) for row in cells], together=together))


def print_csv(names: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """Print CSV (RFC 4180) on stdout; objects and arrays stand as JSON in their cell."""
    writer = csv.writer(sys.stdout)
    writer.writerow(names)
    writer.writerows([cell(row[name]) for name in names] for row in rows)


def cell(value: object) -> object:
    """Make a CSV cell; a text that a spreadsheet would take for a formula gets an apostrophe."""
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False)
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
