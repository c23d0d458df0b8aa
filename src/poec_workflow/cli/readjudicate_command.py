"""The command `readjudicate`: decide a recorded journal under other settings, and print the answers that differ."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from io import BufferedReader
from typing import Any

import click

from poec_workflow import locales
from poec_workflow.cli import options
from poec_workflow.cli.terminal import print_json, print_table, say, table
from poec_workflow.commands import COMMANDS, Command, Request
from poec_workflow.decider import Refused
from poec_workflow.errors import Malformed
from poec_workflow.journal_run import lines_of
from poec_workflow.presentation.error_words import short_faults
from poec_workflow.readjudication import Difference, Readjudication, Rewrite
from poec_workflow.readjudication import readjudicate as judged_again
from poec_workflow.serialization import from_dict, journal_line, to_dict
from poec_workflow.workflow import Answer

_SHOWN = 20


class Assignment(click.ParamType[tuple[type[Command], str, Any]]):
    """An option's value as `create-session.coefficient=4`: another value for a field of a command."""

    name = "COMMAND.FIELD=VALUE"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[type[Command], str, Any]:
        """The command, the field and the value, which is JSON, or else a text."""
        where, _, text = str(value).partition("=")
        command, _, field = where.partition(".")
        known = COMMANDS.get(command)
        if known is None or not field.isidentifier() or not hasattr(known, field):
            self.fail(f"{value}: expected a command and a field of it, as create-session.coefficient=4", param, ctx)
        try:
            return known, field, json.loads(text)
        except ValueError:
            return known, field, text


@click.command()
@click.argument("journal", type=click.File("rb"))
@options.settings
@click.option(
    "--against",
    multiple=True,
    metavar="MODULE:NAME",
    help="The settings or lifecycles to compare with; the package's own by default.",
)
@click.option("--with", "changes", type=Assignment(), multiple=True, help="Judge as if a command had said so.")
@options.format_
@options.lang
@click.pass_context
def readjudicate(
    ctx: click.Context,
    journal: BufferedReader,
    places: tuple[str, ...],
    against: tuple[str, ...],
    changes: tuple[tuple[type[Command], str, Any], ...],
    format_: str,
    lang: str,
) -> None:
    """Judge a recorded journal again under other settings, and list the verdicts that change.

    Both replays start from nothing, and each line is judged in the world that its own replay has come to.
    """
    rules, compared = options.open_rules(places), options.open_rules(against)
    requests, malformed = _read(journal, lang)
    result = judged_again(
        requests,
        rules.settings,
        against=compared.settings,
        rewrite=_rewrite_by(changes) if changes else None,
        lifecycles=rules.lifecycles,
        against_lifecycles=compared.lifecycles,
    )
    if format_ == "json":
        print_json({**result.to_dict(lang), "malformed": malformed})
    else:
        _print(result, lang)
    ctx.exit(2 if malformed else 0)


def _read(journal: BufferedReader, lang: str) -> tuple[list[Request | str], int]:
    """The requests by line, an empty text for a blank or malformed line; and the number of malformed ones."""
    requests: list[Request | str] = []
    malformed = 0
    for number, line in lines_of(journal):
        requests.extend("" for _ in range(number - len(requests) - 1))
        try:
            requests.append(journal_line(line))
        except Malformed as error:
            malformed += 1
            say(locales.word("line", lang, line=number, problem=short_faults(error.faults, lang)), err=True)
            requests.append("")
    return requests, malformed


def _rewrite_by(changes: Iterable[tuple[type[Command], str, Any]]) -> Rewrite:
    def rewrite(command: Command) -> Command:
        own: Mapping[str, Any] = {field: value for kind, field, value in changes if isinstance(command, kind)}
        return from_dict({**to_dict(command), **own}, type(command)) if own else command

    return rewrite


def _print(result: Readjudication, lang: str) -> None:
    values = {"lines": result.lines, "settings": result.settings.fingerprint, "against": result.against.fingerprint}
    say(locales.word("readjudicated", lang, **values))
    if not result.differences:
        say(locales.word("no-difference", lang))
    columns = ["#", *(locales.word(name, lang) for name in ("command", "reference", "before", "after"))]
    for kind, count in result.counts.items():
        if count:
            direct = len(result.of(kind, direct=True))
            rows = [_row(each, lang) for each in result.of(kind)[:_SHOWN]]
            say(locales.word(kind, lang, count=count, direct=direct))
            print_table(table(columns, rows))
        if count > _SHOWN:
            say(locales.word("more", lang, count=count - _SHOWN))


def _row(each: Difference, lang: str) -> tuple[object, ...]:
    command = each.request.command
    return (
        each.line,
        locales.label("commands", command.type, lang),
        command.reference,
        _summary(each.before, lang),
        _summary(each.after, lang),
    )


def _summary(answer: Answer, lang: str) -> str:
    if isinstance(answer, Refused):
        return ", ".join(sorted(answer.codes))
    others = len(answer.consequences)
    return locales.state(answer.subject.state, lang) + (f" (+{others})" if others else "")
