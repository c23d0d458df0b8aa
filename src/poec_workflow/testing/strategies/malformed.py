"""What can't be read, each with the place where: well-formed data with one fault in it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any, TypeVar, cast

import attrs
from attrs import frozen
from hypothesis import strategies as st

from poec_workflow.commands import Command
from poec_workflow.serialization import to_dict
from poec_workflow.testing.strategies.values import requests, values

T = TypeVar("T")
NEVER = 7.5
"""Neither text nor integer, boolean, object, array or null: nothing of the wire format."""


@frozen
class Wrong:
    """Data that can't be read.

    Attributes:
        data: JSON-ready, or, for a line of a journal, its text.
        place: where the fault is, as `$.command.on`.
    """

    data: Any
    place: str


Spoil = Callable[[Any], None]
_Way = tuple[str | int, ...]


def malformed(cls: type[T]) -> st.SearchStrategy[Wrong]:
    """JSON-ready data of a value with one fault: a field of a wrong type, a missing one, an unknown one."""
    return values(cls).flatmap(_spoilt)


def malformed_lines() -> st.SearchStrategy[Wrong]:
    """Lines of a journal with one fault: as in `malformed`, or no object, no JSON at all, a key that stands twice."""
    spoilt = requests().flatmap(_spoilt).map(lambda wrong: attrs.evolve(wrong, data=json.dumps(wrong.data)))
    whole = requests().map(lambda each: json.dumps(to_dict(each)))
    cut = whole.map(lambda line: Wrong(line[:-1], "$"))
    twice = whole.map(lambda line: Wrong(f'{line[:-1]}, "key": null}}', "$.key"))
    other = st.sampled_from(["[]", "7", "null", '"text"', "{", "nothing"]).map(lambda line: Wrong(line, "$"))
    undated = requests().map(lambda each: Wrong(json.dumps({**to_dict(each), "at": None}), "$.at"))
    return other | undated | twice | cut | spoilt


def _spoilt(value: object) -> st.SearchStrategy[Wrong]:
    return st.sampled_from(list(_ways(value, ()))).map(lambda spoiling: _with(value, *spoiling))


def _with(value: object, way: _Way, spoil: Spoil | None) -> Wrong:
    """The value's data, spoilt at one place; without a way to spoil, by a key that is not known."""
    data = deepcopy(to_dict(value))
    inner = data
    for step in way[:-1]:
        inner = inner[step]
    if spoil is None:
        inner[way[-1]] = NEVER
    else:
        spoil(inner)
    return Wrong(data, "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in way))


def _ways(value: object, before: _Way) -> Iterator[tuple[_Way, Spoil | None]]:
    """Every way to spoil a value: each field wrong, each required field gone, and a key too many."""
    for each in attrs.fields(cast("Any", type(value))):
        if not each.init:
            continue
        way = (*before, each.name)
        yield way, None
        if each.default is attrs.NOTHING:
            yield way, _without(each.name)
        inner = getattr(value, each.name)
        for number, one in enumerate(inner if isinstance(inner, tuple) else ()):
            if attrs.has(type(one)):
                yield from _ways(one, (*way, number))
        if attrs.has(type(inner)):
            yield from _ways(inner, way)
    if isinstance(value, Command):
        yield (*before, "type"), None
        yield (*before, "type"), _without("type")
    yield (*before, "unknown"), None


def _without(name: str) -> Spoil:
    def spoil(data: dict[str, Any]) -> None:
        del data[name]

    return spoil
