"""`store verify`: find what was changed in the stored history behind the workflow's back, and say where."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import TextIO, cast

import click

from poec_workflow import locales
from poec_workflow.cli import options
from poec_workflow.cli.progress_bar import counted
from poec_workflow.cli.terminal import print_json, say
from poec_workflow.ports.verification import Finding, StreamHead, Verification, VerifiesHistory, noted_heads

_DIGEST = re.compile("[0-9a-f]{64}")


@click.command()
@click.option(
    "--heads",
    "written",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write where each history stands, a line each; its SHA-256 is the digest that is printed.",
)
@click.option(
    "--expect",
    metavar="FILE|DIGEST",
    help="Each history still comes by where it stood in a file of --heads; or all stand where they did, by the digest.",
)
@options.store
@options.format_
@options.lang
@click.pass_context
def verify(
    ctx: click.Context, *, written: Path | None, expect: str | None, store: str, format_: str, lang: str
) -> None:
    """Find entries that were changed, dropped, moved or inserted, and subjects that are not what their history says.

    Each entry carries the digest of the one before it. Whoever may write to the database can make all of them anew:
    note the digest of all heads, or their file, elsewhere, and give it to --expect. Exits 1 when something is found.
    """
    storage = options.open_workflow(store, make=False).storage
    if not isinstance(storage, VerifiesHistory):
        raise click.UsageError(f"{store.partition(':')[0]}: has no chained history to verify")
    if written and expect and Path(expect).absolute() == written.absolute():
        raise click.UsageError("--heads would overwrite what --expect reads")
    digest = expect if expect and _DIGEST.fullmatch(expect) else None
    with ExitStack() as files:
        lines: Iterable[str] = files.enter_context(_opened(expect)) if expect and not digest else ()
        each_head = _writing(files.enter_context(_opened(written, "w"))) if written else None
        found = counted(
            "verify",
            lambda progress: storage.verify(expected=noted_heads(lines), each_head=each_head, progress=progress),
        )
    as_noted = digest in (None, found.heads)
    _print_data(found, as_noted=as_noted) if format_ == "json" else _print_text(found, lang, as_noted=as_noted)
    if found.found or not as_noted:
        ctx.exit(1)


def _opened(place: str | Path, mode: str = "r") -> TextIO:
    try:
        return cast("TextIO", Path(place).open(mode, encoding="ascii", errors="replace", newline="\n"))
    except OSError as error:
        raise click.UsageError(f"{place}: {error.strerror}") from error


def _writing(file: TextIO) -> Callable[[StreamHead], object]:
    return lambda head: file.write(head.line())


def _print_data(found: Verification, *, as_noted: bool) -> None:
    print_json(
        {
            "streams": found.streams,
            "entries": found.entries,
            "heads": found.heads,
            "as_noted": as_noted,
            "found": found.found,
            "findings": [
                {
                    "what": each.what.value,
                    "kind": each.kind,
                    "reference": each.reference,
                    "version": each.version,
                    "until": each.until,
                    "fields": [*each.fields],
                }
                for each in found.findings
            ],
        }
    )


def _print_text(found: Verification, lang: str, *, as_noted: bool) -> None:
    for each in found.findings:
        say(_line(each, lang))
    if found.found > len(found.findings):
        say(locales.word("verify-more", lang, count=found.found - len(found.findings)))
    said = "verify-found" if found.found else "verify-whole"
    say(locales.word(said, lang, streams=found.streams, entries=found.entries, count=found.found))
    if not as_noted:
        say(locales.word("verify-not-noted", lang))
    say(locales.word("verify-heads", lang, digest=found.heads), whole=True)


def _line(finding: Finding, lang: str) -> str:
    return locales.word(
        f"verify-{finding.what}",
        lang,
        kind=finding.kind,
        reference=finding.reference,
        versions=finding.version if finding.until is None else f"{finding.version}–{finding.until}",
        fields=f" ({', '.join(finding.fields)})" if finding.fields else "",
    )
