"""Sentences of exceptions in a language: exceptions speak English, for logs; here they are found again, and told.

A sentence that the table does not have is told as it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pkgutil import get_data

from poec_workflow import locales

_OPTION = re.compile(r"(--[\w-]+(?: \S+)?|\$\S*|'.*?'): (.*)", re.DOTALL)


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
