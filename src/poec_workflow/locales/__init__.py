"""Words for people: labels and sentences by language, from `fr.json` and `en.json` beside this file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from functools import cache
from pkgutil import get_data
from string import Formatter
from typing import Any

LANGUAGES = ("fr", "en")
_LISTED = 8
_LONGEST = 80
_SECTIONS = {"command": "commands", "accepted": "commands", "possible": "commands", "actor": "words"}
"""Details that are codes with labels of their own."""
_LISTS = ("possible",)
"""Details that are lists, which may be empty."""
_NUMBERS = (int, float, Decimal)
_WIDE = re.compile("[0-9]{4}")
_DAY_FORMAT = re.compile(r"(?:[^%]|%[-0_]?[aAwdbBmyYHIMSfpzZjUWcxXGuV%])*")


@cache
def words(lang: str) -> Mapping[str, Mapping[str, str]]:
    """The whole table of a language: section ▸ name ▸ text.

    Raises:
        ValueError: not one of `LANGUAGES`.
    """
    if lang not in LANGUAGES:
        raise ValueError(f"unknown language {lang!r}: one of {', '.join(LANGUAGES)}")
    table: Mapping[str, Mapping[str, str]] = json.loads(get_data(__name__, f"{lang}.json") or b"")
    return table


def label(section: str, name: str, lang: str) -> str:
    """The label of a code; the code itself where it is not one of ours."""
    return words(lang)[section].get(name, name)


def sentence(
    section: str,
    code: str,
    details: Mapping[str, Any],
    lang: str,
    templates: Mapping[str, str] | None = None,
) -> str:
    """The sentence of a code, its `{names}` filled in from the details.

    Without a sentence, or when filling it in fails, a sentence that names the code.
    """
    ours = words(lang)
    try:
        template = (templates or {}).get(lang) or _own_template(ours, section, code, details)
        if template is not None:
            return "".join(_filled(template, details, lang))
    except Exception:  # noqa: BLE001, S110 - a service's own template and details must not break a refusal
        pass
    return ours["problems"]["own-rule"].format(code=code)


def _own_template(
    ours: Mapping[str, Mapping[str, str]], section: str, code: str, details: Mapping[str, Any]
) -> str | None:
    """The package's sentence of a code: the one without a list, where there is nothing in the list."""
    template = ours[section].get(code)
    without = ours.get(f"{section}-without-list", {}).get(code)
    if template is None or without is None or any(details.get(name) for name in _LISTS if f"{{{name}}}" in template):
        return template
    return without


def _filled(template: str, details: Mapping[str, Any], lang: str) -> Iterator[str]:
    """Yield the pieces of a sentence; a placeholder without a detail is left as it is."""
    for text, name, spec, conversion in Formatter().parse(template):
        yield text
        if name is None:
            continue
        value = details.get(name, "{" + name + "}")
        formatted = type(value) in _NUMBERS or ("%" in (spec or "") and isinstance(value, date | time))
        if conversion or not spec or not formatted:
            value = Formatter().convert_field(shown(value, lang, _SECTIONS.get(name)), conversion)
        yield format(value, spec or "")


def fault_of_template(template: object) -> str | None:
    """The fault of a template, as far as it shows without details; None if there is none."""
    if not isinstance(template, str) or not template.strip():
        return "expected a sentence"
    try:
        pieces = list(Formatter().parse(template))
    except ValueError as error:
        return f"not a sentence with {{names}} in braces: {error}"
    for _, name, spec, conversion in pieces:
        if name is None:
            continue
        if not name.isidentifier():
            return f"a placeholder is the name of a detail, not {{{name:.40}}}"
        if conversion not in {None, "r", "s", "a"} or not _is_format(spec or ""):
            return f"{{{name:.40}}} has a format that nothing can be written in"
    return None


def placeholders(template: str) -> frozenset[str]:
    """The names of the placeholders of a sound template."""
    return frozenset(name for _, name, _, _ in Formatter().parse(template) if name is not None)


def _is_format(spec: str) -> bool:
    if "%" in spec and _DAY_FORMAT.fullmatch(spec):
        return True
    return not _WIDE.search(spec) and any(_formats(each, spec) for each in ("", 0, Decimal(0)))


def _formats(value: object, spec: str) -> bool:
    try:
        format(value, spec)
    except ValueError:
        return False
    return True


def number(value: int, lang: str) -> str:
    """A number with its thousands set apart: 1 234 in French, 1,234 in English."""
    return f"{value:,}".replace(",", "\xa0" if lang == "fr" else ",")


def state(value: Enum, lang: str) -> str:
    """The label of a state: an `ApplicationState`, `SessionState` or `ActionState`."""
    kind = type(value).__name__.removesuffix("State").lower()
    return label("states", f"{kind}.{value.value}", lang)


def shown(value: object, lang: str, section: str | None = None) -> str:
    """A value as people write it: 25/03/2022 in French, times as 09:30, long lists and texts cut short.

    Args:
        value: a detail.
        lang: `"fr"` or `"en"`.
        section: where its label stands, if it is a code that has one.
    """
    if isinstance(value, Enum) and type(value).__name__.endswith("State"):
        return state(value, lang)
    if isinstance(value, datetime):
        return f"{shown(value.date(), lang)} {value:%H:%M}"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}" if lang == "fr" else value.isoformat()
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, (list, tuple)):
        some = [shown(each, lang, section) for each in value[:_LISTED]]
        return ", ".join(some) + (", …" if len(value) > _LISTED else "") or label("words", "none", lang)
    text = label(section, str(value), lang) if section else str(value)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
