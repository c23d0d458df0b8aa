"""Patterns of texts, in what ECMA 262 (flag `u`), Python and Rust read alike: without look-around and classes by name.

Python's `$` also matches before a last newline: what has a pattern and no one length is told `NO_NEWLINE` besides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from poec_workflow.model import FIRST_YEAR, LAST_YEAR
from poec_workflow.serialization.scalars import DECIMAL, LAST_INSTANT_YEAR

_CENTURY = 100
_FOUR_CENTURIES = 400

SOUND = "^[\\u0001-\\ud7ff\\ue000-\\uffff\U00010000-\U0010ffff]*$"
"""Text without NUL and lone surrogates, said by what is allowed: Rust has no name for a surrogate."""
DECIMAL_TEXT = f"^{DECIMAL.pattern}$"
TIME = "^(?:[01][0-9]|2[0-3]):[0-5][0-9]$"
NO_NEWLINE: Mapping[str, Any] = {"not": {"pattern": "\\n"}}

_CLOCK = "(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_OFFSET = f"(?:[Zz]|[+-]{_CLOCK})"


def _days(first: int, last: int) -> str:
    """The days of some years as `YYYY-MM-DD`, each of them real: 29 February in leap years alone."""
    centuries = [
        each
        for each in range(first // _CENTURY, last // _CENTURY + 1)
        if first <= each * _CENTURY and each * _CENTURY + _CENTURY - 1 <= last
    ]
    others = [each for each in range(first, last + 1) if each // _CENTURY not in centuries]
    years = _any(_any(f"{each:02}" for each in centuries) + "[0-9]{2}", *(f"{each:04}" for each in others))
    leap = _any(
        _any(f"{each:02}" for each in centuries) + "(?:0[48]|[2468][048]|[13579][26])",
        *(f"{each:02}00" for each in centuries if each * _CENTURY % _FOUR_CENTURIES == 0),
        *(f"{each:04}" for each in others if _is_leap(each)),
    )
    months = _any(
        "(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])",
        "(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)",
        "02-(?:0[1-9]|1[0-9]|2[0-8])",
    )
    return _any(f"{years}-{months}", f"{leap}-02-29")


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % _CENTURY != 0 or year % _FOUR_CENTURIES == 0)


def _any(*texts: str | Iterable[str]) -> str:
    alternatives = [one for each in texts for one in ((each,) if isinstance(each, str) else each)]
    return f"(?:{'|'.join(alternatives)})"


DAY = f"^{_days(FIRST_YEAR, LAST_YEAR)}$"
INSTANT = f"^{_days(FIRST_YEAR, LAST_INSTANT_YEAR)}[Tt]{_CLOCK}:[0-5][0-9](?:\\.[0-9]+)?{_OFFSET}$"
