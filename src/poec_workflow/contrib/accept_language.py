"""`Accept-Language` (RFC 9110, 12.5.4): which of the package's languages a caller would rather read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from poec_workflow.locales import DEFAULT_LANGUAGE, LANGUAGES

_RANGE = re.compile(
    r"\s*(?P<tag>\*|[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)\s*(?:;\s*[Qq]\s*=\s*(?P<q>0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)\s*)?"
)
_MOST_RANGES = 50
"""No browser sends more; the rest of a longer header is not read."""


def preferred_language(header: str | None, default: str = DEFAULT_LANGUAGE) -> str:
    """The language with the highest weight; of several the one that is named first, the default where none is named.

    What can't be read names nothing. `q=0` excludes a language, unless nothing else is left.
    """
    ranges = list(_ranges(header or ""))
    order = [default, *(each for each in LANGUAGES if each != default)]
    best = max(order, key=lambda language: _weight(language, ranges))
    return best if _weight(best, ranges)[0] > 0 else default


def _ranges(header: str) -> Iterator[tuple[str, float]]:
    """Yield each language of a header, without its region, and its weight."""
    for part in header.split(",", _MOST_RANGES)[:_MOST_RANGES]:
        if found := _RANGE.fullmatch(part):
            yield found["tag"].lower().partition("-")[0], float(found["q"] or 1)


def _weight(language: str, ranges: Iterable[tuple[str, float]]) -> tuple[float, int]:
    """The weight of a language, and how early it is named; `*` stands for those that are not named."""
    named = [(weight, -place) for place, (tag, weight) in enumerate(ranges) if tag == language]
    others = [(weight, -_MOST_RANGES) for tag, weight in ranges if tag == "*"]
    return max(named or others, default=(0.0, -_MOST_RANGES))
