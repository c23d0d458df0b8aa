"""JSON with one thing changed, at any place: what a form's limits let through, and what they do not."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

LIMIT = 2**31
LONE = "\ud800"
INTEGERS = (0, -0, 1, -1, LIMIT, -LIMIT, LIMIT + 1, -LIMIT - 1, 10**20, 10**400, 1.5, -0.5)
NO_TEXTS: tuple[Any, ...] = (
    None,
    True,
    False,
    [],
    {},
    [None],
    ["2021-01-01"],
    ["x", "x"],
    {"a": "b"},
    {"a": 1},
    {"": ""},
)
TEXTS = (
    "",
    "x",
    " ",
    "\n",
    "a\nb\n",
    "\0",
    "a\0b",
    LONE,
    f"a{LONE}b",
    "\udfff",
    "\ue000\uffff\U0010ffff",
    "é" * 64,
    "é" * 65,
    "😀" * 64,
    "😀" * 65,
    "É",
    "E\u0301" * 32,
    "E\u0301" * 33,
    "é" * 10_000,
    "é" * 10_001,
    "😀" * 10_000,
    "😀" * 10_001,
)
DAYS = (
    "2021-02-29",
    "2020-02-29",
    "1900-02-29",
    "2000-02-29",
    "2100-02-29",
    "2400-02-29",
    "2800-02-29",
    "2996-02-29",
    "2021-02-30",
    "2021-04-31",
    "2021-12-31",
    "2021-12-32",
    "2021-00-10",
    "2021-13-01",
    "2021-01-00",
    "1899-12-31",
    "1900-01-01",
    "2999-12-31",
    "3000-01-01",
    "9999-12-31",
    "2021-1-01",
    "20210101",
    "2021-W01-1",
    "2021-01-01\n",
    " 2021-01-01",
    "٢٠٢١-٠١-٠١",
    "2021-01-01T00:00:00Z",
)
TIMES = ("00:00", "23:59", "24:00", "12:60", "9:30", "09:30:00", "09:30\n", "٠٩:٣٠", "0930", "09:30Z", "T09:30")
INSTANTS = (
    "2021-11-02T09:00:00Z",
    "2021-11-02t09:00:00z",
    "2021-11-02 09:00:00Z",
    "2021-11-02T09:00:00",
    "2021-11-02T09:00Z",
    "2021-11-02T09:00:00.123456789+01:00",
    "2021-11-02T09:00:00.+01:00",
    "2021-11-02T09:00:00,5+01:00",
    "2021-11-02T09:00:00+0100",
    "2021-11-02T09:00:00+01",
    "2021-11-02T09:00:00-00:00",
    "2021-11-02T09:00:00+23:59",
    "2021-11-02T09:00:00+24:00",
    "2021-11-02T09:00:00+01:60",
    "2021-11-02T23:59:60Z",
    "2021-11-02T24:00:00Z",
    "2021-02-29T09:00:00Z",
    "2020-02-29T09:00:00Z",
    "1899-12-31T23:59:59Z",
    "1900-01-01T00:00:00Z",
    "3000-12-31T23:59:59Z",
    "3000-02-29T00:00:00Z",
    "3001-01-01T00:00:00Z",
    "2021-11-02T09:00:00Z\n",
    "٢٠٢١-11-02T09:00:00Z",
)
DECIMALS = (
    "35",
    "30.5",
    "-0",
    "0000",
    "9999.99",
    "10000",
    "1.234",
    "1.",
    ".5",
    "+1",
    "1e2",
    "35\n",
    "٣٥",
    "0x1",
    "1,5",
    "NaN",
)
WORDS = (
    "organization",
    "candidate",
    "funder",
    "platform",
    "application",
    "session",
    "pending",
    "cancelled",
    "convoke",
    "retained",
)
ODD: tuple[Any, ...] = (*INTEGERS, *NO_TEXTS, *TEXTS, *DAYS, *TIMES, *INSTANTS, *DECIMALS, *WORDS)
"""Values about every limit of the wire format."""

_KEYS = ("unknown", "", "é", "type", "version", "reference", "state", "from_", "data", "organization", "$ref")


def places(data: Any, way: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every place of some JSON but its root."""
    items = data.items() if isinstance(data, Mapping) else enumerate(data) if isinstance(data, list) else ()
    for step, each in items:
        yield (*way, step)
        yield from places(each, (*way, step))


def changed(data: Any) -> st.SearchStrategy[Any]:
    """The same JSON with one thing changed: a value, a key gone, a key more; sometimes with several."""
    return st.lists(_changes(data), min_size=1, max_size=2).map(lambda changes: _applied(data, changes))


def _changes(data: Any) -> st.SearchStrategy[tuple[tuple[str | int, ...], str, Any]]:
    found = list(places(data))
    value = st.tuples(st.sampled_from(found), st.just("value"), st.sampled_from(ODD))
    gone = st.tuples(st.sampled_from(found), st.just("gone"), st.none())
    more = st.tuples(st.sampled_from([(), *found]), st.sampled_from(_KEYS), st.sampled_from(ODD))
    return st.one_of(value, value, value, gone, more)


def _applied(data: Any, changes: list[tuple[tuple[str | int, ...], str, Any]]) -> Any:
    copy = deepcopy(data)
    for way, what, value in changes:
        try:
            _apply(copy, way, what, value)
        except (LookupError, TypeError):
            continue
    return copy


def _apply(data: Any, way: tuple[str | int, ...], what: str, value: Any) -> None:
    inner = data
    for step in way if what not in ("value", "gone") else way[:-1]:
        inner = inner[step]
    if what == "value":
        inner[way[-1]] = value
    elif what == "gone":
        del inner[way[-1]]
    elif isinstance(inner, dict):
        inner[what] = value


def as_data(text: str) -> Any:
    """What any reader of JSON makes of a text."""
    return json.loads(text)
