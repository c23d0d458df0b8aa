"""`import`: what another system had, from files; and `export`: a whole store as such a file."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import click
from rich.progress import Progress

from poec_workflow import locales
from poec_workflow.cli import options
from poec_workflow.cli.terminal import console, print_json, print_table, say, table
from poec_workflow.errors import Malformed
from poec_workflow.importing import READERS, ImportMapping, ImportProgress, ImportReport, ReadOptions, read_mapping
from poec_workflow.importing.source_files import read_files
from poec_workflow.importing.store_export import exported
from poec_workflow.model import Actor, ActorKind, SubjectKind
from poec_workflow.presentation.import_texts import fault_text
from poec_workflow.serialization import to_json

_KINDS = {f"{each}s": each for each in SubjectKind}
_SHOWN = 100
_SEPARATORS = {"tab": "\t", "\\t": "\t"}


@click.command("import")
@click.argument(
    "files",
    nargs=-1,
    required=True,
    metavar="FILE...",
    type=click.Path(exists=True, dir_okay=False, readable=True, allow_dash=True),
)
@click.option("--as", "as_", type=click.Choice(sorted(READERS)), help="The format; by default as each file shows.")
@click.option("--of", type=click.Choice(list(_KINDS)), help="Of what a CSV file is; by default as its header shows.")
@click.option("--mapping", type=click.File("rb"), help="What the files call their columns, and what they do not know.")
@click.option(
    "--encoding", help="Of the files' text, as windows-1252; by default UTF-8, or as a mark in the file says."
)
@click.option("--separator", help="Between the cells of CSV, as ; or tab; by default as the header shows.")
@click.option("--header", type=click.IntRange(1), metavar="N", help="The line of CSV on which the headings stand.")
@click.option("--source", help="Where the rows came from, kept with each; by default the file's name.")
@click.option("--check", is_flag=True, help="Say every fault with its line, and store nothing.")
@click.option("--skip-faults", is_flag=True, help="Store the rows without a fault all the same.")
@click.option(
    "--batch",
    type=click.IntRange(1, 10_000),
    default=500,
    show_default=True,
    metavar="N",
    help="So many rows in one transaction.",
)
@click.option(
    "--kind",
    type=click.Choice([each.value for each in ActorKind]),
    default=ActorKind.PLATFORM.value,
    show_default=True,
    help="Of the actor who imports.",
)
@click.option("--organization", help="The one that the actor works for.")
@click.option("--name", help="The actor's name, for the history.")
@options.store
@options.settings
@options.format_
@options.lang
@click.pass_context
def import_(
    ctx: click.Context,
    files: tuple[str, ...],
    as_: str | None,
    of: str | None,
    mapping: BinaryIO | None,
    *,
    encoding: str | None,
    separator: str | None,
    header: int | None,
    source: str | None,
    check: bool,
    skip_faults: bool,
    batch: int,
    kind: str,
    organization: str | None,
    name: str | None,
    store: str,
    places: tuple[str, ...],
    format_: str,
    lang: str,
) -> None:
    """Take over existing actions, sessions and applications from FILEs (- is standard input).

    All rows are checked before the first is stored, and none is with a fault in any. Done again it changes nothing, and
    goes on where it was stopped. Exits 1 when a row is refused, 2 when one can't be read.
    """
    actor = Actor(kind=ActorKind(kind), organization=organization, name=name)
    separator = _SEPARATORS.get(separator or "", separator)
    if separator is not None and (len(separator) != 1 or separator in '"\r\n'):
        raise click.BadParameter("expected one character, or tab", param_hint="--separator")
    workflow = options.open_workflow(store, places, make=not check)
    how = ReadOptions(
        kind=_KINDS[of] if of else None,
        mapping=_mapping(mapping),
        encoding=encoding,
        separator=separator,
        header=header,
        settings=workflow.settings,
        source=source,
    )
    rows = read_files(files, how, as_, sys.stdin.buffer)
    with _progress(lang) as progress:
        report = workflow.import_(rows, actor, check=check, batch=batch, progress=progress, skip_faults=skip_faults)
    if format_ == "json":
        print_json(report.to_dict(lang))
    else:
        _print(report, lang)
    ctx.exit(_exit_code(report))


def _mapping(file: BinaryIO | None) -> ImportMapping:
    if file is None:
        return ImportMapping()
    try:
        return read_mapping(file.read())
    except Malformed as error:
        from poec_workflow.presentation.error_words import faults_text  # noqa: PLC0415 - for who made a mistake

        raise click.BadParameter(
            faults_text(error.faults, click.get_current_context().params["lang"]), param_hint="--mapping"
        ) from error


@contextmanager
def _progress(lang: str) -> Iterator[Any]:
    """What is told how far it is, and shows it on a terminal."""
    out = console(stderr=True)
    with Progress(console=out, transient=True, disable=not out.is_terminal) as bar:
        tasks: dict[str, Any] = {}

        def show(each: ImportProgress) -> None:
            if each.phase not in tasks:
                tasks[each.phase] = bar.add_task(locales.word(f"import-{each.phase}", lang), total=each.total)
            bar.update(tasks[each.phase], completed=each.done, total=each.total)

        yield show


def _exit_code(report: ImportReport) -> int:
    """2 where a row can't be read, or contradicts another; else 1 where one is refused; else 0."""
    if any(each.code is None for each in report.faults):
        return 2
    return 1 if report.fault_count else 0


def _print(report: ImportReport, lang: str) -> None:
    for each in report.faults[:_SHOWN]:
        say(fault_text(each, lang), err=True)
    if (more := report.fault_count - min(len(report.faults), _SHOWN)) > 0:
        say(locales.word("more", lang, count=more), err=True)
    say_count = partial(locales.word, lang=lang)
    rows = [
        [locales.word(f"import-{kind}s", lang), report.imported[kind], report.unchanged[kind]]
        for kind in report.imported
    ]
    done = "would-import" if report.check else "import-done"
    print_table(table(["", say_count(done), say_count("import-unchanged")], rows))
    if report.advisory_counts:
        counts = sorted(report.advisory_counts.items(), key=lambda each: (-each[1], each[0]))
        print_table(table([say_count("advisory"), say_count("count")], counts))
    if report.fault_count:
        said = "import-faults" if report.stored or report.check else "import-not-stored"
        say(locales.word(said, lang, count=report.fault_count), err=True)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True), default="-")
@options.store
@options.settings
@options.lang
def export(*, file: str, store: str, places: tuple[str, ...], lang: str) -> None:  # noqa: ARG001 - said of every command
    """Write the whole store to FILE (- is standard output) as JSON Lines, for `import` into another one.

    Each line imports one action, session or application as it is now. Histories, versions, keys and messages stay.
    """
    workflow = options.open_workflow(store, places, make=False)
    lines = (to_json(each) + "\n" for each in exported(workflow.storage.queries))
    if file == "-":
        for line in lines:
            click.echo(line.encode(), nl=False)
        return
    with Path(file).open("wb") as out:
        for line in lines:
            out.write(line.encode())
