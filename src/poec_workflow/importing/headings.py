"""What a column is called ▸ what it says: wire names, the labels of lists and screens, and names that others give.

Labels are read where people's lists have them; `other_headings.json` has what other programs write.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pkgutil import get_data
from typing import Any

from attrs import fields

from poec_workflow import locales
from poec_workflow.importing.cell_cleaning import folded, stemmed
from poec_workflow.importing.import_fields import IMPORTS, MOST_CONVOCATIONS, columns_of
from poec_workflow.locales import LANGUAGES
from poec_workflow.model import SubjectKind
from poec_workflow.views import ActionRow, ApplicationRow, SessionRow

READ_OVER = ""
"""What a column says that follows from others: a list shows it, and no row keeps it."""
REFERENCE = "reference"
"""The row's own reference, where the column says of nothing whose."""

_ROWS: Mapping[SubjectKind, type[Any]] = {
    SubjectKind.APPLICATION: ApplicationRow,
    SubjectKind.SESSION: SessionRow,
    SubjectKind.ACTION: ActionRow,
}
_LISTED: Mapping[SubjectKind, Mapping[str, str]] = {
    SubjectKind.APPLICATION: {"registered": "registered_at"},
    SubjectKind.SESSION: {"dates": "period", "enrolled": "enrolled", "preregistered": READ_OVER, "place": "place"},
    SubjectKind.ACTION: {"funding": "funder", "dates": READ_OVER, "sessions": READ_OVER},
}
"""Columns of the lists whose word is another one than the field's."""
_BARE_NUMBER = re.compile(r"\bn\s*°", re.IGNORECASE)


def heading_key(heading: str) -> str:
    """A heading to be compared: whatever its accents, case and marks; `N°` is a number."""
    return folded(_BARE_NUMBER.sub("numero ", heading))


def said_by(heading: str, kind: SubjectKind) -> str | None:
    """What a column says: a field, what says several, or nothing that is kept; None: it is not known."""
    exact, alike = _headings(kind)
    key = heading_key(heading)
    return exact.get(key, alike.get(stemmed(key)))


@cache
def _headings(kind: SubjectKind) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Heading ▸ what the column says; and the same of its words without gender and number, for who writes others.

    The earlier win: wire names, then labels of lists and fields, then what others write.
    """
    exact: dict[str, str] = {}
    for heading, name in (*_wire_names(kind), *_labels(kind), *_others(kind)):
        exact.setdefault(heading_key(heading), name)
    alike: dict[str, str] = {}
    for key, name in exact.items():
        alike.setdefault(stemmed(key), name)
    return exact, alike


def _wire_names(kind: SubjectKind) -> Iterator[tuple[str, str]]:
    yield REFERENCE, str(kind)
    for name in columns_of(kind):
        yield name, name
    for each in fields(_ROWS[kind]):
        if each.name not in columns_of(kind):
            yield each.name, {"reference": str(kind), "candidate_name": "candidate.name"}.get(each.name, READ_OVER)


def _labels(kind: SubjectKind) -> Iterator[tuple[str, str]]:
    command: type[Any] = IMPORTS[kind]
    names = {each.name for each in fields(command)}
    for lang in LANGUAGES:
        yield locales.word(REFERENCE, lang), str(kind)
        for name in sorted(names):
            if (label := locales.words(lang)["fields"].get(name)) is not None:
                yield label, name
        for word, name in _LISTED[kind].items():
            yield locales.word(word, lang), name
    for lang in LANGUAGES:
        for each in fields(_ROWS[kind]):
            if (label := locales.words(lang)["fields"].get(each.name)) is not None and each.name not in names:
                yield label, READ_OVER


def _others(kind: SubjectKind) -> Iterator[tuple[str, str]]:
    table: Mapping[str, Any] = json.loads(get_data(__package__, "other_headings.json") or b"")
    for name, headings in table[kind].items():
        for number in range(1, MOST_CONVOCATIONS + 1) if "{n}" in name else (0,):
            for each in headings:
                yield each.replace("{n}", str(number)), name.replace("{n}", str(number))
    for each in table["derived"][kind]:
        yield each, READ_OVER


def similar(heading: str, kind: SubjectKind) -> str | None:
    """What a heading that is not known was perhaps meant as."""
    from difflib import get_close_matches  # noqa: PLC0415 - for who misspelt one

    exact, _ = _headings(kind)
    kept = [key for key, name in exact.items() if name != READ_OVER]
    found = get_close_matches(heading_key(heading), kept, n=1, cutoff=0.8)
    return exact[found[0]] if found else None
