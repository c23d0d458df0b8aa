"""`run`: execute a journal line by line, each at its own instant, and report the answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from io import BufferedReader
from pathlib import Path
from typing import Any, TextIO

import click
from rich.progress import track

from poec_workflow import locales
from poec_workflow.cli import options
from poec_workflow.cli.interruption import deferred_interrupt
from poec_workflow.cli.terminal import console, print_json, print_table, say, table
from poec_workflow.decider import Refused
from poec_workflow.errors import Malformed, WorkflowError
from poec_workflow.journal_run import JournalTally, answers, batches, lines_of
from poec_workflow.model import SubjectKind
from poec_workflow.presentation.error_words import short_faults
from poec_workflow.workflow import Answer, Workflow


@click.command()
@click.argument("journal", type=click.File("rb"))
@click.option(
    "--refusals",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write each refused line with its codes, as JSON Lines.",
)
@click.option(
    "--batch",
    type=click.IntRange(1, 10_000),
    default=1,
    show_default=True,
    metavar="N",
    help="So many lines in one transaction: faster, with the same answers.",
)
@click.option(
    "--from-line", "first", type=click.IntRange(1), default=1, metavar="K", help="Leave out the lines before this one."
)
@options.store
@options.settings
@options.format_
@options.lang
@click.pass_context
def run(
    ctx: click.Context,
    journal: BufferedReader,
    refusals: Path | None,
    batch: int,
    first: int,
    store: str,
    places: tuple[str, ...],
    format_: str,
    lang: str,
) -> None:
    """Execute a journal (JSON Lines; - is standard input), each command at its own "at".

    Exits 1 when a line was refused, 2 when a line was malformed. Where it is stopped in between (the store fails, a
    policy of your own raises, Ctrl-C), it says from which line to go on, and what came before.
    """
    workflow = options.open_workflow(store, places)
    tally = JournalTally(line=first)
    try:
        with _open(refusals, journal) as out:
            _execute(workflow, journal, out, batch, tally, lang)
    except (click.ClickException, BrokenPipeError):
        raise
    except (Exception, KeyboardInterrupt) as error:
        _say_where(tally.line, lang)
        # A store by which the journal was stopped is not asked again.
        _report(tally, {} if isinstance(error, WorkflowError) else _states(workflow), format_, lang)
        raise
    _report(tally, _states(workflow), format_, lang)
    ctx.exit(tally.exit_code)


def _open(refusals: Path | None, journal: BufferedReader) -> AbstractContextManager[TextIO | None]:
    if refusals is None:
        return nullcontext()
    if refusals.exists() and Path(journal.name).exists() and refusals.samefile(journal.name):
        raise click.BadParameter("it is the journal", param_hint="--refusals")
    try:
        return refusals.open("w", encoding="utf-8")
    except OSError as error:
        raise click.BadParameter(str(error), param_hint="--refusals") from error


def _execute(
    workflow: Workflow, journal: BufferedReader, out: TextIO | None, batch: int, tally: JournalTally, lang: str
) -> None:
    progress = console(stderr=True)
    first = tally.line
    lines = track(
        lines_of(journal),
        console=progress,
        disable=not progress.is_terminal,
        transient=True,
        description="run",
    )
    for some in batches(((number, line) for number, line in lines if number >= first), batch):
        tally.line = some[0][0]
        with deferred_interrupt(partial(_say_where, tally.line, lang)):
            for number, answer in answers(workflow, some, tally):
                _count(tally, number, answer, out, lang)
                tally.line = number + 1


def _say_where(line: int, lang: str) -> None:
    say(locales.word("stopped", lang, line=line), err=True)


def _count(tally: JournalTally, number: int, answer: Answer | Malformed, out: TextIO | None, lang: str) -> None:
    tally.count(answer)
    if isinstance(answer, Malformed):
        say(locales.word("line", lang, line=number, problem=short_faults(answer.faults, lang)), err=True)
    elif isinstance(answer, Refused) and out:
        out.write(json.dumps({"line": number, "codes": sorted(answer.codes)}) + "\n")


def _report(tally: JournalTally, states: Mapping[str, Any], format_: str, lang: str) -> None:
    if format_ == "json":
        print_json({**tally.as_data(), **states})
    else:
        _print(tally, lang)


def _states(workflow: Workflow) -> dict[str, Any]:
    queries = workflow.storage.queries
    return {"states": {f"{kind}s": dict(queries.states(kind)) for kind in SubjectKind}}


def _print(tally: JournalTally, lang: str) -> None:
    for name in ("accepted", "refused", "malformed"):
        count = getattr(tally, name)
        click.echo(f"{count:>8} {locales.word(name, lang, count=count)}")
    for title, counts in (("code", tally.codes), ("advisory", tally.advisories)):
        if counts:
            print_table(table([locales.word(title, lang), locales.word("count", lang)], counts.most_common()))
