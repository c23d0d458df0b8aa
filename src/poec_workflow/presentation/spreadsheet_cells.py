"""Cells of CSV: no text in them is taken for a formula, whichever separator a spreadsheet splits lines at."""

from __future__ import annotations

import json
import re
import unicodedata

_SEPARATORS = frozenset(";,|\t\n\v\f\r\x1c\x1d\x1e\x85\u2028\u2029")
_SIGNS = frozenset("=+-@＝＋－＠﹦﹢﹣﹫⁼⁺⁻₌₊₋−")
"""What a formula begins with, and what is like it in another width."""

_SPACES = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf"})
_FIRST = frozenset("\t\n\r")
"""A text that begins with one of these is another cell, or another line, to some programs."""

_AMBIGUOUS = re.compile(
    r"0[0-9]+"  # leading zeros
    r"|[0-9]{12,}"  # shown as 2.02111E+11, and from the sixteenth digit on not even kept
    r"|[0-9]+[eE][0-9]+"
    r"|[0-9]{1,2}[-/.][0-9]{1,4}(?:[-/.][0-9]{1,4})?"  # a day of this or another year
)


def guarded(text: str) -> str:
    """A text with an apostrophe where a spreadsheet would see a formula.

    That is at its beginning, and after whatever may separate cells or lines: of « Zoé;=1+1 » a program that splits at
    semicolons makes two cells. Blanks, quotes and characters without a width do not hide a sign.
    """
    if _SIGNS.isdisjoint(text) and text[:1] not in _FIRST:
        return text
    pieces = ["'"] if text[0] in _FIRST else []
    blanks: str | None = ""
    for character in text:
        if blanks is not None and character in _SIGNS:
            # Before the blanks, for they may be taken off.
            pieces.append("'")
        if character in _SEPARATORS or blanks is None or not _is_blank(character):
            pieces.append((blanks or "") + character)
            blanks = "" if character in _SEPARATORS else None
        else:
            blanks += character
    return "".join(pieces) + (blanks or "")


def for_programs(value: object) -> object:
    """A cell of `csv`: objects and arrays as JSON, texts `guarded`, numbers as they are."""
    if isinstance(value, (dict, list)):
        return json.dumps(_guarded_texts(value), ensure_ascii=False)
    return guarded(value) if isinstance(value, str) else value


def for_people(value: object) -> object:
    """A cell of `csv-excel`: objects and arrays as people write them, and texts kept as they are read.

    A reference like 00301234 keeps its zeros, as `="00301234"`, the one formula that is ever written.
    """
    if isinstance(value, (dict, list)):
        return guarded(_read_aloud(value))
    if isinstance(value, str):
        return f'="{value}"' if _AMBIGUOUS.fullmatch(value) else guarded(value)
    return value


def _read_aloud(value: object) -> str:
    """What an object or an array says in one line, without its names and marks."""
    if isinstance(value, dict):
        return " · ".join(_read_aloud(each) for each in value.values() if each is not None)
    return " / ".join(map(_read_aloud, value)) if isinstance(value, list) else str(value)


def _guarded_texts(value: object) -> object:
    """A JSON value, each text in it guarded."""
    if isinstance(value, dict):
        return {name: _guarded_texts(each) for name, each in value.items()}
    if isinstance(value, list):
        return list(map(_guarded_texts, value))
    return guarded(value) if isinstance(value, str) else value


def _is_blank(character: str) -> bool:
    return character == '"' or unicodedata.category(character) in _SPACES
