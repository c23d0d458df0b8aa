"""JSON text ▸ data, and its faults, each with its place."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from poec_workflow.errors import Fault, Malformed

_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")
_MOST_DIGITS = 12
_MOST_STEPS = 6
_LONGEST_KEY = 40


def parse(text: str | bytes) -> Any:  # noqa: ANN401 - JSON
    """Parse JSON; objects remember the keys that stand twice.

    Raises:
        Malformed: it is no JSON, or no UTF-8.
    """
    try:
        decoded = text.decode("utf-8") if isinstance(text, bytes) else text
        return json.loads(decoded, object_pairs_hook=_Object, parse_int=_integer)
    except UnicodeDecodeError as error:
        raise Malformed.at("$", f"not UTF-8 at byte {error.start + 1}") from None
    except json.JSONDecodeError as error:
        raise Malformed.at("$", f"not JSON at character {error.pos + 1}: {error.msg}") from None
    except RecursionError:
        raise Malformed.at("$", "nested too deeply") from None


class _Object(dict[str, Any]):
    """A JSON object that remembers which keys stood twice."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        seen: set[str] = set()
        self.doubles = [name for name, _ in pairs if name in seen or seen.add(name)]  # type: ignore[func-returns-value]


def _integer(digits: str) -> int | float:
    """An int, or infinity where it has too many digits to be within any limit."""
    return int(digits) if len(digits) <= _MOST_DIGITS else float("inf")


def duplicates(data: object) -> Iterator[Fault]:
    """Every key that stands twice in its object."""
    # A place is made only where one is needed: a deep line has many, and each is long.
    todo: list[tuple[_Steps, object]] = [((), data)]
    while todo:
        steps, value = todo.pop()
        if isinstance(value, _Object):
            for name in value.doubles:
                yield Fault(_place((steps, name)), "stands twice")
            todo.extend(((steps, name), each) for name, each in value.items() if isinstance(each, (dict, list)))
        elif isinstance(value, list):
            todo.extend(((steps, index), each) for index, each in enumerate(value) if isinstance(each, (dict, list)))


_Steps = tuple[()] | tuple["_Steps", str | int]


def _place(steps: _Steps) -> str:
    """The place as `$.command.changes`; of a deep one only the last steps."""
    names: list[str | int] = []
    while steps and len(names) < _MOST_STEPS:
        steps, name = steps
        names.append(name)
    place = "$…" if steps else "$"
    for name in reversed(names):
        place = f"{place}[{name}]" if isinstance(name, int) else below(place, name)
    return place


def below(place: str, name: str) -> str:
    """The place of a key below a place: `$.command`, or `$["odd key"]`."""
    if _PLAIN_KEY.fullmatch(name):
        return f"{place}.{name}"
    shown = json.dumps(name[:_LONGEST_KEY])
    return f"{place}[{shown}{'…' if len(name) > _LONGEST_KEY else ''}]"
