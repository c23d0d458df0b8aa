"""`run`: execute a journal line by line, each at its own instant, and report the answers."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from io import BufferedReader
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

import click
from attrs import define, field
from rich.progress import track

from poec_workflow import locales
from poec_workflow.cli import options
from poec_workflow.cli.interruption import deferred_interrupt
from poec_workflow.cli.terminal import console, print_json, print_table, say, table
from poec_workflow.commands import Request
from poec_workflow.decider import Refused
from poec_workflow.errors import Conflict, Fault, Malformed, SchemaOutdated, StorageUnavailable, WorkflowError
from poec_workflow.model import SubjectKind
from poec_workflow.presentation.error_words import between, faults_text
from poec_workflow.serialization import LONGEST_LINE, journal_line
from poec_workflow.workflow import Answer, Workflow

_BOM = b"\xef\xbb\xbf"
_SHOWN_FAULTS = 8
_Line = tuple[int, bytes]


@define
class _Tally:
    """The counts of a journal's answers.

    Attributes:
        line: the one that is reached: all before it are done.
    """

    line: int = 1
    accepted: int = 0
    refused: int = 0
    malformed: int = 0
    codes: Counter[str] = field(factory=Counter)
    advisories: Counter[str] = field(factory=Counter)

    @property
    def exit_code(self) -> int:
        if self.malformed:
            return 2
        return 1 if self.refused else 0


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
    tally = _Tally(line=first)
    try:
        with _open(refusals, journal) as out:
            _execute(workflow, journal, out, batch, tally, lang)
    except (click.ClickException, BrokenPipeError):
        raise
    except (Exception, KeyboardInterrupt) as error:
        say(locales.word("stopped", lang, line=tally.line), err=True)
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
    workflow: Workflow, journal: BufferedReader, out: TextIO | None, batch: int, tally: _Tally, lang: str
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
    for some in _batches(((number, line) for number, line in lines if number >= first), batch):
        tally.line = some[0][0]
        with deferred_interrupt():
            for number, answer in _answers(workflow, some, tally):
                _count(tally, number, answer, out, lang)
                tally.line = number + 1


def _count(tally: _Tally, number: int, answer: Answer | Malformed, out: TextIO | None, lang: str) -> None:
    if isinstance(answer, Malformed):
        tally.malformed += 1
        say(locales.word("line", lang, line=number, problem=short(answer.faults, lang)), err=True)
    elif isinstance(answer, Refused):
        tally.refused += 1
        tally.codes.update(answer.codes)
        if out:
            out.write(json.dumps({"line": number, "codes": sorted(answer.codes)}) + "\n")
    else:
        tally.accepted += 1
        tally.advisories.update(each.code for each in answer.advisories)


def _batches(lines: Iterable[_Line], size: int) -> Iterator[list[_Line]]:
    following = iter(lines)
    while some := list(islice(following, size)):
        yield some


def _answers(workflow: Workflow, lines: Sequence[_Line], tally: _Tally) -> Iterator[tuple[int, Answer | Malformed]]:
    """What comes of some lines that share a transaction."""
    read = [(number, _request(line)) for number, line in lines]
    requests = [each for _, each in read if isinstance(each, Request)]
    try:
        answered = iter(workflow.execute_many(requests, batch=len(requests))) if requests else iter(())
    except (Conflict, SchemaOutdated, StorageUnavailable):
        raise
    except Exception:  # noqa: BLE001 - a policy is anybody's code
        # One has an instant that can't be, or a policy raises: nothing was done, and each is carried out by itself.
        for number, each in read:
            tally.line = number
            yield number, _answer(workflow, each)
    else:
        yield from ((number, next(answered) if isinstance(each, Request) else each) for number, each in read)


def _request(line: bytes) -> Request | Malformed:
    try:
        return journal_line(line)
    except Malformed as error:
        return error


def _answer(workflow: Workflow, request: Request | Malformed) -> Answer | Malformed:
    if isinstance(request, Malformed):
        return request
    try:
        return workflow.submit(request)
    except Malformed as error:
        return error


def lines_of(journal: BufferedReader) -> Iterator[tuple[int, bytes]]:
    """The lines of a journal that say something, numbered from 1; of an endless line only the beginning."""
    number = 0
    while line := journal.readline(LONGEST_LINE + 2):
        number += 1
        rest = line
        while not rest.endswith(b"\n") and (rest := journal.readline(LONGEST_LINE)):
            pass
        if number == 1:
            line = without_mark(line)
        if line.strip():
            yield number, line


def without_mark(text: bytes) -> bytes:
    """Text without the byte order mark that some programs begin a file with."""
    return text.removeprefix(_BOM)


def short(faults: tuple[Fault, ...], lang: str) -> str:
    """A line's faults, the first few of them."""
    some = faults_text(faults[:_SHOWN_FAULTS], lang)
    more = len(faults) - _SHOWN_FAULTS
    return f"{some}{between(lang)}{locales.word('more', lang, count=more)}" if more > 0 else some


def _report(tally: _Tally, states: Mapping[str, Any], format_: str, lang: str) -> None:
    if format_ == "json":
        print_json({**_as_data(tally), **states})
    else:
        _print(tally, lang)


def _states(workflow: Workflow) -> dict[str, Any]:
    queries = workflow.storage.queries
    return {"states": {f"{kind}s": dict(queries.states(kind)) for kind in SubjectKind}}


def _as_data(tally: _Tally) -> dict[str, Any]:
    return {
        "accepted": tally.accepted,
        "refused": tally.refused,
        "malformed": tally.malformed,
        "codes": dict(sorted(tally.codes.items())),
        "advisories": dict(sorted(tally.advisories.items())),
    }


def _print(tally: _Tally, lang: str) -> None:
    for name in ("accepted", "refused", "malformed"):
        count = getattr(tally, name)
        click.echo(f"{count:>8} {locales.word(name, lang, count=count)}")
    for title, counts in (("code", tally.codes), ("advisory", tally.advisories)):
        if counts:
            print_table(table([locales.word(title, lang), locales.word("count", lang)], counts.most_common()))
