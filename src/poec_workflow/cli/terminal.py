"""Terminal output: consoles, aligned tables, JSON, escaped control characters; rich respects `NO_COLOR`."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

import click

from poec_workflow import locales
from poec_workflow.cli.text_table import TextTable
from poec_workflow.redaction import redacted
from poec_workflow.views import Dashboard

if TYPE_CHECKING:
    from rich.console import Console

_WIDTH_OF_A_FILE = 160
_GAP = 3
_CONTROL = re.compile("[\\0-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]")
_LONGEST_WORD = 28
_DECIDES = frozenset({"FORCE_COLOR", "TTY_COMPATIBLE"})
"""By these rich may take a file for a terminal."""


def console(*, stderr: bool = False) -> Console:
    """A console on stdout or stderr; where that is no terminal, with lines wide enough to cut nothing."""
    from rich.console import Console  # noqa: PLC0415 - a third of a second's start, and JSON needs none

    made = Console(stderr=stderr, highlight=False, soft_wrap=False)
    return made if made.is_terminal else Console(stderr=stderr, highlight=False, width=_WIDTH_OF_A_FILE)


def print_json(data: object) -> None:
    """Print JSON on stdout; escape what stdout's encoding can't write."""
    utf8 = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    click.echo(json.dumps(data, ensure_ascii=not utf8, indent=1))


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, title: str | None = None) -> TextTable:
    """Make an aligned table: numbers to the right, no word broken, control characters escaped."""
    everything = [list(row) for row in rows]
    cells = [[row[index] for row in everything] for index in range(len(columns))]
    return TextTable(
        columns=tuple(map(visible, columns)),
        numbers=tuple(bool(each) and all(isinstance(one, int) for one in each) for each in cells),
        least=tuple(_longest_word([column, *each]) for column, each in zip(columns, cells, strict=True)),
        rows=tuple(tuple(visible(str(each)) for each in row) for row in everything),
        title=title and visible(title),
    )


def visible(text: str) -> str:
    r"""Escape control characters, as `\x1b`: names come from outside, and a terminal obeys."""
    return _CONTROL.sub(lambda match: match.group().encode("unicode_escape").decode(), text)


def say(text: str, *, err: bool = False) -> None:
    """Print a line, its control characters escaped; on stderr without the password of a URL that was given."""
    click.echo(visible(redacted(text) if err else text), err=err)


def wrapped(pieces: Iterable[str], between: str, width: int = 80) -> Iterator[str]:
    """Lines of pieces, none of which is broken, that fit a terminal of a width."""
    line = ""
    for each in pieces:
        longer = f"{line}{between}{each}" if line else each
        if line and len(longer) > width:
            yield line
            longer = each
        line = longer
    yield line


def print_table(made: TextTable, out: Console | None = None) -> None:
    """Print a table; a terminal narrower than the longest words wraps its lines."""
    plain = None if out or _may_be_terminal() else made.plain(_WIDTH_OF_A_FILE)
    if plain is not None:
        click.echo(plain)
        return
    out = out or console()
    needed = sum(each + _GAP for each in made.least) + _GAP
    out.print(made, width=max(out.width, needed), soft_wrap=needed > out.width)


def _may_be_terminal() -> bool:
    """Whether rich might take stdout for a terminal, or one that can't show its lines."""
    encoding = (sys.stdout.encoding or "").lower()
    return sys.stdout.isatty() or not encoding.startswith("utf") or not _DECIDES.isdisjoint(os.environ)


def _longest_word(cells: Iterable[object]) -> int:
    return min(_LONGEST_WORD, max((len(word) for cell in cells for word in str(cell).split()), default=0))


def dashboard_table(dashboard: Dashboard, lang: str, days: int) -> TextTable:
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


def dashboard_note(since: date | None, lang: str) -> str:
    """What stands under the dashboard: since when, and that it counts sessions of published actions [S]."""
    if since is None:
        return locales.label("words", "counted", lang)
    return locales.label("words", "counted-since", lang).format(since=locales.shown(since, lang))
