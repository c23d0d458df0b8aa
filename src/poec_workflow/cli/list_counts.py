"""How many there are in a list and in each of its tabs, and which of them a page shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

from poec_workflow import locales
from poec_workflow.cli.formats import print_csv
from poec_workflow.cli.terminal import print_json, say, wrapped
from poec_workflow.model import Page
from poec_workflow.presentation.spreadsheet_files import CSV
from poec_workflow.views import ActionFilter, ApplicationFilter, PageRequest, SessionFilter

F = TypeVar("F", ApplicationFilter, SessionFilter, ActionFilter)


def print_counts(asked: F, tabs: Mapping[Any, int], format_: str, lang: str) -> None:
    """Print how many there are of what a filter asks for, in a format."""
    total, counts = asked.total(tabs), {tab.value: many for tab, many in tabs.items()}
    if format_ == "json":
        print_json({"total": total, "tabs": counts})
    elif format_ in CSV:
        rows = [{"tab": tab, "count": many} for tab, many in {"total": total, **counts}.items()]
        print_csv(["tab", "count"], rows, format_)
    else:
        _say_tabs(tabs, lang)
        say(locales.word("in-all", lang, total=locales.number(total, lang)))


def print_position(
    page: Page[Any],
    request: PageRequest,
    asked: F,
    tabs_of: Callable[[F], Mapping[Any, int]],
    format_: str,
    lang: str,
) -> None:
    """Print under a page in text which tabs there are and how many rows it shows of all; then its cursors.

    A page is known to begin with the first row only where no cursor was given.
    """
    if format_ == "text":
        tabs = tabs_of(asked)
        _say_tabs(tabs, lang)
        shown, total = len(page.items), locales.number(asked.total(tabs), lang)
        if request.after is None and request.before is None and shown > 1:
            say(locales.word("first-to-last", lang, last=locales.number(shown, lang), total=total))
        else:
            say(locales.word("some-of", lang, shown=locales.number(shown, lang), total=total))
    if page.previous:
        click.echo(locales.word("previous", lang, cursor=page.previous), err=True)
    if page.next:
        click.echo(locales.word("next", lang, cursor=page.next), err=True)


def _say_tabs(tabs: Mapping[Any, int], lang: str) -> None:
    texts = [f"{locales.label('tabs', tab, lang)} [{locales.number(many, lang)}]" for tab, many in tabs.items()]
    for line in wrapped(texts, " · "):
        say(line)
