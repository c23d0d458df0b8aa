"""Faults of values that Python code gave: in Python's words, where those of the wire format would speak of JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from poec_workflow.errors import Fault, Malformed

_WORDS = {
    "expected a decimal": "expected a Decimal of up to four digits before the point and two after it",
    "expected a date ": "expected a date",
    "expected an instant ": "expected a datetime that knows its offset",
    "expected a time ": "expected a time of whole minutes",
    "expected an integer ": "expected an int within ±2³¹",
    "expected true ": "expected True or False",
    "expected text": "expected a str",
    "expected an array": "expected a tuple",
    "expected one of ": None,
}
"""How a problem begins ▸ what Python calls it; None: as it is."""

_OBJECTS = {"command": "a command", "actor": "an Actor", "candidate": "a Candidate", "prescriber": "a Prescriber"}
"""The fields that are objects, and what is expected there."""

_STEP = re.compile(r"\.([^.\[]+)|\[([0-9]+)\]")


def in_python(error: Malformed, given: object, cls: type) -> Malformed:
    """The same faults of what should be of a class, each with what was given at its place."""
    return Malformed(Fault(each.place, _problem(each, given, cls)) for each in error.faults)


def shown(value: object) -> str:
    """What was given, short; a class in the place of a value is called one."""
    return f"the class {value.__name__}" if isinstance(value, type) else f"{value!r:.80}"


def _problem(fault: Fault, given: object, cls: type) -> str:
    value = given
    for name, index in _STEP.findall(fault.place):
        try:
            value = _step(value, name, index)
        except LookupError:
            return fault.problem
    if fault.problem == "expected an object":
        expected = cls.__name__ if fault.place == "$" else _OBJECTS.get(fault.place.rpartition(".")[2], "an object")
        return f"expected {expected}, not {shown(value)}"
    for beginning, words in _WORDS.items():
        if fault.problem.startswith(beginning):
            return f"{words or fault.problem}, not {shown(value)}"
    return fault.problem


def _step(value: object, name: str, index: str) -> object:
    """What is at a field or an index of a value.

    Raises:
        LookupError: there is none.
    """
    if index:
        if not isinstance(value, Sequence):
            raise LookupError(index)
        return value[int(index)]
    if isinstance(value, Mapping):
        return value[name]
    if not hasattr(value, name):
        raise LookupError(name)
    return getattr(value, name)
