"""Print a list as text, JSON or CSV (`--format`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import click
from attrs import fields

from poec_workflow.cli.terminal import print_json, print_table, table
from poec_workflow.presentation.spreadsheet_files import CSV, csv_file
from poec_workflow.serialization import to_dict


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
        format_: text, json, csv or csv-excel.
        columns: for text: heading ▸ cells, from top to bottom.
        together: for text: how many columns share one where there is no room.
    """
    if format_ == "json":
        print_json([to_dict(row) for row in rows])
    elif format_ in CSV:
        print_csv([each.name for each in fields(kind)], [to_dict(row) for row in rows], format_)
    else:
        cells = zip(*columns.values(), strict=True) if rows else ()
        print_table(table(list(columns), [list(row) for row in cells], together=together))


def print_csv(names: Sequence[str], rows: Iterable[Mapping[str, Any]], format_: str) -> None:
    """Print CSV on stdout, as UTF-8 and with CRLF whatever stdout's encoding and line ends are."""
    click.echo(csv_file(names, ([row[name] for name in names] for row in rows), format_), nl=False)
