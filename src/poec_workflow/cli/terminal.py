"""Terminal output: consoles, aligned tables, JSON, escaped control characters; rich respects `NO_COLOR`."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, TextIO

import click

from poec_workflow import locales
from poec_workflow.cli.line_wrapping import HANG, cells, wrap
from poec_workflow.cli.text_table import TextTable
from poec_workflow.redaction import redacted
from poec_workflow.views import Dashboard

if TYPE_CHECKING:
    from rich.console import Console

_WIDTH_OF_A_FILE = 160
_CONTROL = re.compile("[\\0-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]")
_WIDTH = 80


def console(*, stderr: bool = False) -> Console:
    """A console on stdout or stderr; where that is no terminal, with lines wide enough to cut nothing."""
    from poec_workflow.cli.plain_console import PlainConsole  # noqa: PLC0415 - a third of a second's start

    made = PlainConsole(stderr=stderr, highlight=False, soft_wrap=False)
    return (
        made
        if made.is_terminal
        else PlainConsole(
            stderr=stderr, highlight=False, width=width_of(sys.stderr if stderr else sys.stdout) or _WIDTH_OF_A_FILE
        )
    )


def print_json(data: object) -> None:
    """Print JSON on stdout; escape what stdout's encoding can't write."""
    click.echo(json.dumps(data, ensure_ascii=not _takes_all(), indent=1))


def print_json_line(data: object) -> None:
    """The same in one line, as JSON Lines have it."""
    click.echo(json.dumps(data, ensure_ascii=not _takes_all()))


def _takes_all() -> bool:
    return (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"


def table(
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    title: str | None = None,
    together: tuple[int, ...] = (),
    turns: bool = False,
) -> TextTable:
    """Make an aligned table: numbers to the right, control characters escaped; see `TextTable`."""
    everything = [list(row) for row in rows]
    by_column = [[row[index] for row in everything] for index in range(len(columns))]
    return TextTable(
        columns=tuple(map(visible, columns)),
        numbers=tuple(bool(each) and all(isinstance(one, int) for one in each) for each in by_column),
        rows=tuple(tuple(visible(str(each)) for each in row) for row in everything),
        title=title and visible(title),
        together=together,
        turns=turns,
    )


def visible(text: str) -> str:
    r"""Escape control characters, as `\x1b`: names come from outside, and a terminal obeys. A tab is a blank."""
    return _CONTROL.sub(lambda match: match.group().encode("unicode_escape").decode(), text.replace("\t", " "))


def say(text: str, *, err: bool = False, whole: bool = False) -> None:
    """Print a text, its control characters escaped; on stderr without the password of a URL that was given.

    Args:
        text: what is said.
        err: on stderr.
        whole: in one line however long it is, for it is to be copied.
    """
    width = None if whole else width_of(sys.stderr if err else sys.stdout)
    shown = visible(redacted(text) if err else text)
    click.echo(shown if width is None else "\n".join(wrap(shown, width, HANG)), err=err)


def wrapped(pieces: Iterable[str], between: str) -> Iterator[str]:
    """Lines of pieces, none of which is broken as long as it fits."""
    width = width_of(sys.stdout) or _WIDTH
    line = ""
    for each in pieces:
        longer = f"{line}{between}{each}" if line else each
        if line and cells(longer) > width:
            yield line
            longer = each
        line = longer
    yield line


def width_of(stream: TextIO) -> int | None:
    """How wide a line may be: what `COLUMNS` says, else a terminal's width; None where there is neither.

    What goes into a file or to another program stands in one line for each row, however long it is.
    """
    said = os.environ.get("COLUMNS", "")
    if said.isdecimal() and int(said):
        return int(said)
    return shutil.get_terminal_size((_WIDTH, 24)).columns if stream.isatty() else None


def print_table(made: TextTable, out: Console | None = None) -> None:
    """Print a table on stdout, or on a console."""
    width = width_of(sys.stdout)
    title = [click.style(each, bold="NO_COLOR" not in os.environ or None) for each in made.heading(width)]
    lines = made.lines(width)
    if out is not None:
        out.print("\n".join([*made.heading(width), *lines]), markup=False, highlight=False, soft_wrap=True)
        return
    # Without UTF-8 a rule would be written as \\u2500, over and over.
    ruled = "─" if (sys.stdout.encoding or "").lower().startswith("utf") else "-"
    click.echo("\n".join([*title, *lines]).replace("─", ruled))


def dashboard_table(dashboard: Dashboard, lang: str, days: int) -> TextTable:
    """Lay the dashboard out as RAFAEL does; `days`: within how many applications are expiring."""
    columns = ("pending", "expiring", "retained", "rejected", "no_advice", "session_full", "cancelled")
    title = locales.filled(
        locales.label("words", "dashboard", lang), {"organization": dashboard.organization, "at": dashboard.at}, lang
    )
    return table(
        [locales.label("words", name, lang).format(days=days) for name in ("role", *columns)],
        [[locales.label("words", row.role, lang), *(getattr(row, name) for name in columns)] for row in dashboard.rows],
        title=title,
        turns=True,
    )


def dashboard_note(since: date | None, lang: str) -> str:
    """What stands under the dashboard: since when, and that it counts sessions of published actions [S]."""
    if since is None:
        return locales.label("words", "counted", lang)
    return locales.label("words", "counted-since", lang).format(since=locales.shown(since, lang))
