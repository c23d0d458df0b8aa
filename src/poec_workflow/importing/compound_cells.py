"""Cells that say several fields: a span of days, a prescriber, convocations, an ending, as lists and exports have them.

Each function gives field ▸ text, as if the fields had columns of their own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from poec_workflow import locales
from poec_workflow.catalogue import Catalogue
from poec_workflow.importing.cell_cleaning import folded, stemmed
from poec_workflow.importing.import_fields import CONVOCATIONS, MOST_CONVOCATIONS
from poec_workflow.importing.value_cells import word_of, yes_or_no
from poec_workflow.locales import LANGUAGES
from poec_workflow.model import Origin, Outcome

_ENROLLED = re.compile(r"([0-9]+)\s*/\s*([0-9]+)")
_PARTS = re.compile(r"\s+·\s+")
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T.+")
_CLOCK = re.compile(r"[0-9]{2}:[0-9]{2}")


def parts_of(name: str, text: str) -> dict[str, str]:
    """The fields that a cell says.

    Raises:
        ValueError: it can't be taken apart.
    """
    match name:
        case "period":
            return _filled_in(
                text, "span", {"start": "start", "end": "end"}, "expected two days, as from 1/9/2025 to 31/12/2025"
            )
        case "enrolled":
            if found := _ENROLLED.fullmatch(text):
                return {"capacity": found[2]}
            raise ValueError("expected the retained and the capacity, as 3 / 12")
        case "prescriber":
            return prescriber_parts(text)
        case "ending":
            return _ending(text)
        case "convocations":
            return dict(_convocations(text))
    raise ValueError(f"{name} is no field")


def prescriber_parts(text: str) -> dict[str, str]:
    """Who sent the candidate: JSON, `france-travail · FT-AGEN · A. Martin`, or `A. Martin, FT-AGEN, France Travail`."""
    if text.startswith("{"):
        return {f"prescriber.{name}": str(each) for name, each in _json(text, dict).items() if each is not None}
    by_points, by_commas = _PARTS.split(text), [each.strip() for each in text.split(",")]
    first, last = _origin(by_points[0]), _origin(by_commas[-1])
    if first is not None:
        rest = dict(zip(("organization", "name"), by_points[1:], strict=False))
        return {"prescriber.origin": first, **{f"prescriber.{name}": each for name, each in rest.items()}}
    if last is None or len(by_commas) > 3:  # noqa: PLR2004 - a name, an organisation, and of which kind
        raise ValueError(
            f"who sent the candidate? {text:.40} says no origin: say it in the mapping file, as prescriber.origin"
        )
    names = dict(zip(("organization", "name"), reversed(by_commas[:-1]), strict=False))
    return {"prescriber.origin": last, **{f"prescriber.{name}": each for name, each in names.items()}}


def _origin(text: str) -> str | None:
    try:
        return word_of(text, Origin)
    except ValueError:
        return None


def _json(text: str, expected: type[Any]) -> Any:  # noqa: ANN401 - JSON
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, expected):
        raise ValueError("expected JSON, as an export writes it")
    return data


def _convocations(text: str) -> Iterator[tuple[str, str]]:
    """All convocations in one cell, as both CSV formats write them."""
    if text.startswith("["):
        listed: list[Mapping[str, Any]] = [each if isinstance(each, dict) else {} for each in _json(text, list)]
    else:
        listed = [_read_aloud(each) for each in text.split(" / ")]
    if len(listed) > MOST_CONVOCATIONS:
        raise ValueError(f"expected at most {MOST_CONVOCATIONS} convocations")
    for number, each in enumerate(listed, 1):
        for name, value in each.items():
            if value is not None:
                yield f"{CONVOCATIONS}.{number}.{name}", str(value)


def _read_aloud(text: str) -> Mapping[str, str]:
    """`2021-09-28 · 09:30 · Agen · 2021-09-26T00:32:20+02:00 · present`, each part but the day there or not."""
    on, *rest = _PARTS.split(text.strip())
    known = {"on": on}
    if rest and rest[-1] in set(Outcome):
        known["outcome"] = rest.pop()
    if rest and _INSTANT.fullmatch(rest[-1]):
        known["entered_at"] = rest.pop()
    if rest and _CLOCK.fullmatch(rest[0]):
        known["time"] = rest.pop(0)
    if rest:
        known["place"] = " · ".join(rest)
    return known


def _ending(text: str) -> dict[str, str]:
    """How it ended, as a list says it: days and hours, or a motive and its reason."""
    try:
        return _filled_in(text, "training", {"entry": "entry", "exit": "exit", "hours": "weekly_hours"}, "")
    except ValueError:
        return _filled_in(
            text,
            "motive-and-reason",
            {"motive": "motive", "reason": "reason"},
            "expected how it ended, as a list says it",
        )


def _filled_in(text: str, word: str, names: Mapping[str, str], otherwise: str) -> dict[str, str]:
    """What stands in the places of one of our words, in any language."""
    for lang in LANGUAGES:
        if found := _word_pattern(word, lang).fullmatch(text):
            return {names[name]: value.strip() for name, value in found.groupdict().items()}
    raise ValueError(otherwise)


@cache
def _word_pattern(word: str, lang: str) -> re.Pattern[str]:
    pieces = re.split(r"\{(\w+)\}", locales.label("words", word, lang))
    shown = (
        f"(?P<{each}>.+?)" if index % 2 else r"\s*".join(map(re.escape, each.split()))
        for index, each in enumerate(pieces)
    )
    return re.compile(r"\s*".join(shown), re.DOTALL | re.IGNORECASE)


def outcome_of(present: str | None, notified: str | None) -> str | None:
    """What came of a convocation, of one column that says whether the candidate came, and one whether they gave notice.

    Raises:
        ValueError: who did not come gave notice or not, and nothing says so.
    """
    came = yes_or_no(present) if present else None
    if came:
        return Outcome.PRESENT
    if notified:
        return (
            Outcome.ABSENT_WITH_NOTICE
            if yes_or_no(notified)
            else (Outcome.ABSENT_WITHOUT_NOTICE if came is False else None)
        )
    if came is False:
        raise ValueError("did who was absent give notice? Say it in a column of its own")
    return None


def motive_code(text: str, catalogue: Catalogue) -> str:
    """The code of a motive that stands there by its label; else the text."""
    return _code(text, {each.code: tuple(each.labels.values()) for each in catalogue.motives})


def reason_code(text: str, motive: str | None, catalogue: Catalogue) -> str:
    """The code of a motive's reason that stands there by its label; else the text."""
    reasons = (each for one in catalogue.motives if motive in {None, one.code} for each in one.reasons)
    return _code(text, {each.code: tuple(each.labels.values()) for each in reasons})


def _code(text: str, known: Mapping[str, tuple[str, ...]]) -> str:
    if text in known:
        return text
    asked = stemmed(text) or folded(text)
    found = {code for code, labels in known.items() if asked in map(stemmed, (code, *labels))}
    return found.pop() if len(found) == 1 else text
