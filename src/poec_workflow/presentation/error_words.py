"""Errors in the user's language: exceptions speak English, for logs; here their sentences are found again, and told.

A sentence that the table does not have is told as it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pkgutil import get_data

from poec_workflow import locales
from poec_workflow.errors import CommandRefused, Fault, Malformed
from poec_workflow.frozen_map import FrozenMap
from poec_workflow.presentation.cell_texts import coded

_SHOWN_FAULTS = 8
_OPTION = re.compile(r"(--[\w-]+(?: \S+)?|\$\S*|'.*?'): (.*)", re.DOTALL)


def error_text(error: Exception, lang: str, options: Mapping[str, str] = FrozenMap({})) -> str:
    """What an exception says; `options`: what fields are called on the command line."""
    if isinstance(error, CommandRefused):
        return "; ".join(coded(each, lang) for each in error.refusals)
    if isinstance(error, Malformed):
        return faults_text(error.faults, lang, options)
    return sentence(str(error), lang)


def faults_text(faults: Iterable[Fault], lang: str, options: Mapping[str, str] = FrozenMap({})) -> str:
    """Where what can't be read, and why."""
    places = ((options.get(each.place.removeprefix("$."), each.place), each.problem) for each in faults)
    return between(lang).join(locales.labelled(place, sentence(problem, lang), lang) for place, problem in places)


def short_faults(faults: tuple[Fault, ...], lang: str) -> str:
    """A line's faults, the first few of them."""
    some = faults_text(faults[:_SHOWN_FAULTS], lang)
    more = len(faults) - _SHOWN_FAULTS
    return f"{some}{between(lang)}{locales.word('more', lang, count=more)}" if more > 0 else some


def between(lang: str) -> str:
    """What stands between two faults."""
    return "\u00a0; " if lang == "fr" else "; "


def sentence(text: str, lang: str) -> str:
    """An English sentence of an exception, in a language."""
    if lang != "fr":
        return text
    for pattern, template in _patterns():
        if found := pattern.fullmatch(text):
            told = {
                name: sentence(value, lang) if name in _SENTENCES else value
                for name, value in found.groupdict().items()
            }
            return locales.filled(template, told, lang)
    named = _OPTION.fullmatch(text)
    return locales.labelled(named[1], sentence(named[2], lang), lang) if named else text


_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_SENTENCES = frozenset({"why", "error", "url"})
"""Placeholders that stand for another sentence."""


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """What each English sentence looks like, and the French one; those that say most themselves come first."""
    table: Mapping[str, str] = json.loads(get_data(locales.__name__, "errors.fr.json") or b"")
    said = sorted(table.items(), key=lambda each: -len(_PLACEHOLDER.sub("", each[0])))
    return tuple((_pattern(english), told) for english, told in said)


def _pattern(template: str) -> re.Pattern[str]:
    pieces = _PLACEHOLDER.split(template)
    named = (f"(?P<{each}>.+?)" if index % 2 else re.escape(each) for index, each in enumerate(pieces))
    return re.compile("".join(named), re.DOTALL)
