"""The command `feed`: what happened to all subjects, in one order, from a cursor on."""

from __future__ import annotations

import signal
from threading import Event

import click

from poec_workflow import locales
from poec_workflow.cli import options
from poec_workflow.cli.history_table import feed_table
from poec_workflow.cli.terminal import print_json_line, print_table, say
from poec_workflow.history import HistoryEntry
from poec_workflow.model import Page
from poec_workflow.ports import reads_feed
from poec_workflow.serialization import to_dict
from poec_workflow.workflow import Workflow

_SECONDS = 1.0
"""Between two looks of `--follow`."""


@click.command()
@click.option("--after", metavar="CURSOR", help="The cursor that was given last; from the beginning without one.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(min=0), help="0: no limit.")
@click.option("--follow", is_flag=True, help="Go on until SIGTERM: look each second.")
@options.store
@options.settings
@options.format_
@options.lang
def feed(
    *,
    after: str | None,
    limit: int,
    follow: bool,
    store: str,
    places: tuple[str, ...],
    format_: str,
    lang: str,
) -> None:
    """Tell what happened to all subjects, each entry once, in one order; JSON is a line an entry."""
    workflow = options.open_workflow(store, places, make=False)
    if not reads_feed(workflow.storage.queries):
        raise click.UsageError(f"{store.partition(':')[0]}: has no feed")
    if follow:
        _follow(workflow, after, limit, format_, lang)
        return
    page = workflow.feed(after, limit=limit)
    _print(workflow, page, format_, lang)
    if not limit or len(page.items) < limit:
        _say_what_is_held(workflow, lang)


def _follow(workflow: Workflow, after: str | None, limit: int, format_: str, lang: str) -> None:
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    while not stop.is_set():
        page = workflow.feed(after, limit=limit)
        after = page.next
        if page.items:
            _print(workflow, page, format_, lang)
        else:
            stop.wait(_SECONDS)


def _print(workflow: Workflow, page: Page[HistoryEntry], format_: str, lang: str) -> None:
    """Print the entries; then, on standard error, where to go on."""
    if format_ == "json":
        for each in page.items:
            print_json_line(to_dict(each))
    else:
        print_table(feed_table(page.items, workflow.settings, lang))
    click.echo(locales.word("next", lang, cursor=page.next), err=True)


def _say_what_is_held(workflow: Workflow, lang: str) -> None:
    queries = workflow.storage.queries
    if reads_feed(queries) and (held := queries.held_back()):
        say(locales.word("feed-held", lang, count=locales.number(held, lang)), err=True)
