"""A cell's text ▸ the text of the wire format, by the type of the field: numbers, decimals, words, references."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any

from poec_workflow import locales
from poec_workflow.importing.cell_cleaning import BLANK, folded, stemmed
from poec_workflow.importing.day_cells import day_text, instant_text, time_text
from poec_workflow.importing.mapping import DateMapping
from poec_workflow.locales import LANGUAGES
from poec_workflow.model import ActionState, ApplicationState, Origin, Outcome, SessionState
from poec_workflow.policies.settings import Settings

_SCIENTIFIC = re.compile(r"[0-9](?:[.,][0-9]+)?[eE]\+?[0-9]{1,3}")
_INTEGER = re.compile(r"(-?[0-9]+)(?:[.,]0+)?")
_DECIMAL = re.compile(r"(-?[0-9]+)(?:[.,]([0-9]+))?\s*(?:h|heures?|hours?)?", re.IGNORECASE)
_HOURS = re.compile(r"([0-9]+)\s*h\s*([0-5][0-9])", re.IGNORECASE)
_DIGITS = 9
_BETWEEN_DAYS = re.compile(r"\s*(?: / |;|,|\||\n|\bet\b|\band\b)\s*")
YES, NO = frozenset({"oui", "yes", "vrai", "true", "o", "y", "x", "1"}), frozenset(
    {"non", "no", "faux", "false", "n", "0"}
)  # fmt: skip

_SECTIONS: Mapping[type[Any], tuple[str, str]] = {
    ApplicationState: ("states", "application."),
    SessionState: ("states", "session."),
    ActionState: ("states", "action."),
    Outcome: ("outcomes", ""),
    Origin: ("words", ""),
}
"""Words ▸ where their labels stand, and what their names begin with there."""
_FORMER: Mapping[type[Any], Mapping[str, str]] = {Origin: {"Pôle emploi": Origin.FRANCE_TRAVAIL}}
"""Words ▸ the labels that they had once, which what is imported still has."""


def wire_value(text: str, type_: type[Any], settings: Settings, dates: DateMapping) -> object:
    """The value of a field as the wire format has it.

    Raises:
        ValueError: it is none of this type, or could be several.
    """
    if type_ is str:
        return text
    if issubclass(type_, StrEnum):
        return word_of(text, type_)
    if type_ is datetime:
        return instant_text(text, dates, settings.zone)
    if type_ is date:
        return day_text(text, dates, settings.zone)
    if type_ is tuple:
        return [day_text(each, dates, settings.zone) for each in _BETWEEN_DAYS.split(text) if each]
    return _PLAIN[type_](text)


def reference_text(text: str) -> str:
    """A reference, unless a spreadsheet made a number of it.

    Raises:
        ValueError: it is written as a power of ten: its last digits are lost.
    """
    if _SCIENTIFIC.fullmatch(text):
        raise ValueError(f"a spreadsheet made a number of this reference ({text}): export the column as text")
    return text


def word_of(text: str, kind: type[StrEnum]) -> str:
    """A word of the wire format, by itself or by its label in any language, gender and number.

    Raises:
        ValueError: it is none; it says which there are.
    """
    known = _words(kind)
    if (word := known.get(stemmed(text))) is not None:
        return word
    labels = ", ".join(dict.fromkeys(known.values()))
    raise ValueError(f"{text:.40} is none of these: {labels}; say in the mapping file what it means")


@cache
def _words(kind: type[StrEnum]) -> Mapping[str, str]:
    section, before = _SECTIONS[kind]
    known: dict[str, str] = {}
    for each in kind:
        for label in (each.value, *(locales.label(section, before + each.value, lang) for lang in LANGUAGES)):
            known.setdefault(stemmed(label), each.value)
    for label, word in _FORMER.get(kind, {}).items():
        known.setdefault(stemmed(label), word)
    return known


def yes_or_no(text: str) -> bool:
    """Whether a cell says yes.

    Raises:
        ValueError: it says neither.
    """
    said = folded(text)
    if said in YES:
        return True
    if said in NO:
        return False
    raise ValueError("expected yes or no")


def integer(text: str) -> int:
    """A whole number: 12, 1 200, 12,0.

    Raises:
        ValueError: it is none.
    """
    found = _INTEGER.fullmatch(BLANK.sub("", text))
    if found is None or len(found[1]) > _DIGITS:
        raise ValueError("expected a whole number")
    return int(found[1])


def decimal_text(text: str) -> str:
    """A decimal as the wire format has it: of 35, 35,5, 35.50, 35 h, 35h30.

    Raises:
        ValueError: it is none, or has more digits than can be kept.
    """
    joined = BLANK.sub("", text)
    if found := _HOURS.fullmatch(joined):
        value = Decimal(found[1]) + Decimal(found[2]) / 60
        if value != round(value, 2):
            raise ValueError('expected a decimal as text, as "30.5"')
        return f"{value:f}"
    found = _DECIMAL.fullmatch(joined)
    if found is None:
        raise ValueError("expected a number, as 30,5 or 30.5")
    digits = (found[2] or "").rstrip("0")
    return f"{found[1]}.{digits}" if digits else found[1]


_PLAIN: Mapping[type[Any], Callable[[str], object]] = {time: time_text, int: integer, Decimal: decimal_text}
