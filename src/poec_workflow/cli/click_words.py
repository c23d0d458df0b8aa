"""What click says and each command's help, in French: click asks gettext, for which it brings no translation.

In English, and where click belongs to another program, gettext answers as ever.
"""

from __future__ import annotations

import copy
import gettext
import json
from collections.abc import Mapping
from functools import cache
from pkgutil import get_data
from typing import TypeVar

import click
from click import core, decorators, exceptions, formatting, parser, types

from poec_workflow import locales
from poec_workflow.cli import language

C = TypeVar("C", bound=click.Command)

ASKING = (core, decorators, exceptions, formatting, parser, types)
"""The modules of click that say something to a user of this program."""
_SINGULAR_BELOW = 2


_SUBCOMMAND = "COMMANDE [ARGUMENTS]..."
"""What stands for a group's command in its usage: of this click makes no text to be translated."""


@cache
def french(name: str) -> Mapping[str, str]:
    """A table of English texts and their French ones: `click`, or `help`."""
    table: Mapping[str, str] = json.loads(get_data(locales.__name__, f"{name}.fr.json") or b"")
    return table


def install() -> None:
    """Have click ask here for its words."""
    for module in ASKING:
        for name, ours in (("_", said), ("ngettext", _counted)):
            if hasattr(module, name):
                setattr(module, name, ours)


def in_language(command: C, lang: str) -> C:
    """A command whose help is in a language; the command itself in English."""
    if lang != "fr":
        return command
    made = copy.copy(command)
    # It keeps its option --help once that is made, in the language of then.
    vars(made).pop("_help_option", None)
    made._help_option = None  # noqa: SLF001 - as click sets it
    texts = french("help")
    made.help = command.help and texts.get(paragraphs(command.help), command.help)
    made.params = [_parameter(each, texts) for each in command.params]
    if isinstance(made, click.Group):
        made.subcommand_metavar = _SUBCOMMAND
        made.commands = {name: in_language(each, lang) for name, each in made.commands.items()}
    return made


def paragraphs(text: str) -> str:
    """A docstring as it stands in the table: one line for each of its paragraphs."""
    blocks = text.split("\n\n")
    return "\n\n".join(" ".join(each.split()) for each in blocks)


def _parameter(parameter: click.Parameter, texts: Mapping[str, str]) -> click.Parameter:
    made = copy.copy(parameter)
    if isinstance(made, click.Option):
        made.help = made.help and texts.get(made.help, made.help)
    named = made.metavar or (made.name or "" if isinstance(made, click.Argument) else made.type.name).upper()
    if named in texts and not isinstance(made.type, click.Choice):
        made.metavar = texts[named]
    return made


def said(message: str) -> str:
    """A text of click's in the language that is spoken."""
    return _table().get(message) or gettext.gettext(message)


def _counted(singular: str, plural: str, count: int) -> str:
    one = singular if count < _SINGULAR_BELOW else plural
    return _table().get(one) or gettext.ngettext(singular, plural, count)


def _table() -> Mapping[str, str]:
    return french("click") if language.current() == "fr" else {}
