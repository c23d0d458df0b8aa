"""Terminal output: consoles, aligned tables, JSON, escaped control characters; rich respects `NO_COLOR`."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import click

from poec_workflow import locales
from poec_workflow.views import Dashboard

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

_WIDTH_OF_A_FILE = 160
_GAP = 3
_CONTROL = re.compile("[\\0-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]")
_LONGEST_WORD = 28


def console(*, stderr: bool = False) -> Console:
    """A console on stdout or stderr; where that is no terminal, with lines wide enough to cut nothing."""
    from rich.console import Console  # noqa: PLC0415 - a third of a second's start, and JSON needs none

    made = Console(stderr=stderr, highlight=False, soft_wrap=False)
    return made if made.is_terminal else Console(stderr=stderr, highlight=False, width=_WIDTH_OF_A_FILE)


def print_json(data: object) -> None:
    """Print JSON on stdout; escape what stdout's encoding can't write."""
    utf8 = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    click.echo(json.dumps(data, ensure_ascii=not utf8, indent=1))


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, title: str | None = None) -> Table:
    """Make an aligned table: numbers to the right, no word broken."""
    from rich.box import SIMPLE_HEAD  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    heading = title and Text(visible(title))
    made = Table(title=heading, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    everything = [list(row) for row in rows]
    for index, column in enumerate(columns):
        cells = [row[index] for row in everything]
        numbers = bool(cells) and all(isinstance(each, int) for each in cells)
        made.add_column(
            Text(visible(column)), justify="right" if numbers else "left", min_width=_longest_word([column, *cells])
        )
    for row in everything:
        # Text, not str: a title like [POEC] is no markup.
        made.add_row(*(Text(visible(str(each))) for each in row))
    return made


def visible(text: str) -> str:
    r"""Escape control characters, as `\x1b`: names come from outside, and a terminal obeys."""
    return _CONTROL.sub(lambda match: match.group().encode("unicode_escape").decode(), text)


def say(text: str, *, err: bool = False) -> None:
    """Print a line, its control characters escaped."""
    click.echo(visible(text), err=err)


def print_table(made: Table, out: Console | None = None) -> None:
    """Print a table; a terminal narrower than the longest words wraps its lines."""
    out = out or console()
    needed = sum((column.min_width or 0) + _GAP for column in made.columns) + _GAP
    out.print(made, width=max(out.width, needed), soft_wrap=needed > out.width)


def _longest_word(cells: Iterable[object]) -> int:
    return min(_LONGEST_WORD, max((len(word) for cell in cells for word in str(cell).split()), default=0))


def dashboard_table(dashboard: Dashboard, lang: str, days: int) -> Table:
    """Lay the dashboard out as RAFAEL does; `days`: within how many applications are expiring."""
    columns = ("pending", "expiring", "retained", "rejected", "no_advice", "session_full", "cancelled")
    title = locales.label("words", "dashboard", lang).format(
        organization=dashboard.organization, at=locales.shown(dashboard.at, lang)
    )
    return table(
        [locales.label("words", name, lang).format(days=days) for name in ("role", *columns)],
        [[locales.label("words", row.role, lang), *(getattr(row, name) for name in columns)] for row in dashboard.rows],
        title=title,
    )
