"""`run`: execute a journal line by line, each at its own instant, and report the answers."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from io import BufferedReader
from pathlib import Path
from typing import Any, TextIO

import click
from attrs import define, field
from rich.progress import track

from poec_workflow.cli import options
from poec_workflow.cli.terminal import console, print_json, print_table, table
from poec_workflow.decider import Refused
from poec_workflow.errors import Fault, Malformed
from poec_workflow.model import SubjectKind
from poec_workflow.serialization import LONGEST_LINE, journal_line
from poec_workflow.workflow import Workflow

_BOM = b"\xef\xbb\xbf"
_SHOWN_FAULTS = 8


@define
class _Tally:
    """The counts of a journal's answers."""

    accepted: int = 0
    refused: int = 0
    malformed: int = 0
    codes: Counter[str] = field(factory=Counter)

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
@options.store
@options.settings
@options.format_
@options.lang
@click.pass_context
def run(
    ctx: click.Context,
    journal: BufferedReader,
    refusals: Path | None,
    store: str,
    place: str | None,
    format_: str,
    lang: str,
) -> None:
    """Execute a journal (JSON Lines; - is standard input), each command at its own "at".

    Exits 1 when a line was refused, 2 when a line was malformed.
    """
    workflow = options.open_workflow(store, place)
    with _open(refusals, journal) as out:
        tally = _execute(workflow, journal, out, lang)
    if format_ == "json":
        print_json(_as_data(tally, workflow))
    else:
        _print(tally, lang)
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


def _execute(workflow: Workflow, journal: BufferedReader, out: TextIO | None, lang: str) -> _Tally:
    tally = _Tally()
    progress = console(stderr=True)
    lines = track(
        lines_of(journal),
        console=progress,
        disable=not progress.is_terminal,
        transient=True,
        description="run",
    )
    for number, line in lines:
        try:
            answer = workflow.submit(journal_line(line))
        except Malformed as error:
            tally.malformed += 1
            click.echo(f"{options.word('line', lang, line=number)}: {short(error.faults, lang)}", err=True)
            continue
        if isinstance(answer, Refused):
            tally.refused += 1
            tally.codes.update(answer.codes)
            if out:
                out.write(json.dumps({"line": number, "codes": sorted(answer.codes)}) + "\n")
        else:
            tally.accepted += 1
    return tally


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
    some = "; ".join(map(str, faults[:_SHOWN_FAULTS]))
    more = len(faults) - _SHOWN_FAULTS
    return f"{some}; {options.word('more', lang, count=more)}" if more > 0 else some


def _as_data(tally: _Tally, workflow: Workflow) -> dict[str, Any]:
    queries = workflow.storage.queries
    return {
        "accepted": tally.accepted,
        "refused": tally.refused,
        "malformed": tally.malformed,
        "codes": dict(sorted(tally.codes.items())),
        "states": {f"{kind}s": dict(queries.states(kind)) for kind in SubjectKind},
    }


def _print(tally: _Tally, lang: str) -> None:
    for name in ("accepted", "refused", "malformed"):
        click.echo(f"{getattr(tally, name):>8} {options.word(name, lang)}")
    if tally.codes:
        columns = [options.word("code", lang), options.word("count", lang)]
        print_table(table(columns, tally.codes.most_common()))
