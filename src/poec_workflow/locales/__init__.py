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

from poec_workflow.locales.elision import elided

LANGUAGES = ("fr", "en")
DEFAULT_LANGUAGE = "fr"
"""Of the command line where the environment says nothing, and of `diagrams.render`."""
_LISTED = 8
_LONGEST = 80
_SECTIONS = {"command": "commands", "accepted": "commands", "possible": "commands", "actor": "words"}
"""Details that are codes with labels of their own."""
_NUMBERS = (int, float, Decimal)
_WIDE = re.compile("[0-9]{4}")
_PLURAL = 2
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


def word(name: str, lang: str, **values: object) -> str:
    """A word of what people see, its `{names}` filled in."""
    return filled(label("words", name, lang), values, lang)


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
        template = (templates or {}).get(lang) or _own_template(ours[section], code, details)
        if template is not None:
            return "".join(_filled(template, details, lang))
    except Exception:  # noqa: BLE001, S110 - a service's own template and details must not break a refusal
        pass
    return ours["problems"]["own-rule"].format(code=code)


def _own_template(section: Mapping[str, str], code: str, details: Mapping[str, Any]) -> str | None:
    """The package's sentence of a code; where a list in its details is empty, the one for that, if there is one."""
    empty = (name for name, each in details.items() if isinstance(each, (list, tuple)) and not each)
    without = (section.get(f"{code}.no-{name}") for name in empty)
    return next(filter(None, without), None) or section.get(code)


def filled(template: str, details: Mapping[str, Any], lang: str) -> str:
    """A text of ours with its `{names}` filled in; texts stand in it as they are, however long."""
    return "".join(_filled(template, details, lang, whole=True))


def _filled(template: str, details: Mapping[str, Any], lang: str, *, whole: bool = False) -> Iterator[str]:
    """Yield the pieces of a sentence; a placeholder without a detail is left as it is.

    `{seats:seat|seats}` is one word or the other, as the number, or the length of a list, wants it.
    """
    for text, name, spec, conversion in Formatter().parse(template):
        if name is None:
            yield text
            continue
        value = details.get(name, "{" + name + "}")
        if spec and "|" in spec:
            yield text + spec.split("|")[not _is_singular(value, lang)]
            continue
        word = _written(value, name, spec or "", conversion, lang, whole=whole)
        yield (elided(text, word) if lang == "fr" else text) + word


def _written(
    value: Any,  # noqa: ANN401 - any detail
    name: str,
    spec: str,
    conversion: str | None,
    lang: str,
    *,
    whole: bool,
) -> str:
    formatted = type(value) in _NUMBERS or ("%" in spec and isinstance(value, date | time))
    if conversion or not spec or not formatted:
        said = value if whole and isinstance(value, str) else shown(value, lang, _SECTIONS.get(name))
        value = Formatter().convert_field(said, conversion)
    return format(value, spec)


def _is_singular(value: object, lang: str) -> bool:
    """In French 0 and 1,5 are singular too."""
    count = len(value) if isinstance(value, (list, tuple, set, frozenset)) else value
    if not isinstance(count, (int, float, Decimal)):
        return False
    return abs(float(count)) < _PLURAL if lang == "fr" else count == 1


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
    if spec.count("|") == 1 or ("%" in spec and _DAY_FORMAT.fullmatch(spec)):
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


def labelled(name: str, text: str, lang: str) -> str:
    """A name, a colon and a text, with the space that French has before a colon."""
    colon = "\u00a0:" if lang == "fr" else ":"
    return f"{name}{colon} {text}"


def state(value: Enum, lang: str) -> str:
    """The label of a state: an `ApplicationState`, `SessionState` or `ActionState`."""
    kind = type(value).__name__.removesuffix("State").lower()
    return label("states", f"{kind}.{value.value}", lang)


def shown(value: object, lang: str, section: str | None = None) -> str:
    """A value as people write it: 25/03/2022 and 30,5 in French, times as 09:30, long lists and texts cut short.

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
    if isinstance(value, Decimal) and lang == "fr":
        text = text.replace(".", ",")
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
