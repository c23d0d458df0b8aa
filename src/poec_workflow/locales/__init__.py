"""Words for people: labels and sentences by language, from `fr.json` and `en.json` beside this file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from functools import cache
from importlib.resources import files
from typing import Any

LANGUAGES = ("fr", "en")
_LISTED = 8
_LONGEST = 80
_SECTIONS = {"command": "commands", "accepted": "commands", "actor": "words"}
"""Details that are codes with labels of their own."""


@cache
def words(lang: str) -> Mapping[str, Mapping[str, str]]:
    """The whole table of a language: section ▸ name ▸ text.

    Raises:
        ValueError: not one of `LANGUAGES`.
    """
    if lang not in LANGUAGES:
        raise ValueError(f"unknown language {lang!r}: one of {', '.join(LANGUAGES)}")
    text = files("poec_workflow.locales").joinpath(f"{lang}.json").read_text(encoding="utf-8")
    table: Mapping[str, Mapping[str, str]] = json.loads(text)
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
    """The sentence of a code, its `{names}` filled in from the details; the code where there is none."""
    template = (templates or {}).get(lang) or words(lang)[section].get(code)
    if template is None:
        return words(lang)["problems"]["own-rule"].format(code=code)
    return template.format_map(
        _Shown({name: shown(value, lang, _SECTIONS.get(name)) for name, value in details.items()})
    )


class _Shown(dict[str, str]):
    """Details that leave a name without a value as it stands, rather than fail in front of a person."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


def state(value: Enum, lang: str) -> str:
    """The label of a state: an `ApplicationState`, `SessionState` or `ActionState`."""
    kind = type(value).__name__.removesuffix("State").lower()
    return label("states", f"{kind}.{value.value}", lang)


def shown(value: object, lang: str, section: str | None = None) -> str:
    """A value as people write it: dates as 25/03/2022 in French, long lists and texts cut short.

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
    if isinstance(value, (list, tuple)):
        some = [shown(each, lang, section) for each in value[:_LISTED]]
        return ", ".join(some) + (", …" if len(value) > _LISTED else "") or label("words", "none", lang)
    text = label(section, str(value), lang) if section else str(value)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
