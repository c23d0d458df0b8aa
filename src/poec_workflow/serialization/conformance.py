"""Recognise a value that the wire format can write and read back, without writing and reading it.

Only what is certain is recognised: any other value is written and read, which says what is wrong with it, if anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta, timezone
from datetime import time as clock_time
from decimal import Decimal
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from attrs import NOTHING, fields, has

from poec_workflow.commands import COMMANDS, Command
from poec_workflow.frozen_map import FrozenMap
from poec_workflow.model import FIRST_YEAR, LAST_YEAR, Text, TextLength
from poec_workflow.serialization.scalars import ANY_TEXT, DECIMAL, MOST, NOT_TEXT, write_decimal

Test = Callable[[Any], bool]

_MINUTE = timedelta(minutes=1)


def conforms(value: object) -> bool:
    """Whether a value of an attrs class certainly comes back the same, once written as JSON and read."""
    return _test_of(type(value))(value)


def _test_of(cls: type[Any]) -> Test:
    known = _TESTS.get(cls)
    if known is None:
        known = _TESTS[cls] = _compiled(cls) if has(cls) else _never
    return known


def _compiled(cls: type[Any]) -> Test:
    """One expression of all fields of a class: a command has fifteen, and each call costs as much as a comparison."""
    hints = get_type_hints(cls, include_extras=True)
    scope: dict[str, Any] = {"cls": cls, "search": NOT_TEXT.search}
    conditions = ["value.__class__ is cls"]
    for each in fields(cls):
        condition = _condition(hints[each.name], each.name, scope)
        # A field that is None is read as absent: as its default.
        if each.default not in (None, NOTHING):
            condition = f"{each.name} is not None and {condition}"
        conditions.append(f"(({each.name} := value.{each.name}), {condition})[1]")
    test: Test = eval(f"lambda value: {' and '.join(conditions)}", scope)  # noqa: S307 - of the names of fields
    return test


def _condition(annotation: Any, name: str, scope: dict[str, Any]) -> str:  # noqa: ANN401 - any annotation
    """The expression that is true of a variable's conforming values; what it calls is added to the scope."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if annotation is NoneType:
        return f"{name} is None"
    if origin is Annotated and isinstance(arguments[1], TextLength):
        length: TextLength = arguments[1]
        return (
            f"{name}.__class__ is str and {length.least} <= len({name}) <= {length.most}"
            f" and ({name}.isprintable() or not search({name}))"
        )
    if origin in (Union, UnionType):
        return f"({' or '.join(f'({_condition(each, name, scope)})' for each in reversed(arguments))})"
    scope[f"test_{name}"] = _test(annotation)
    return f"test_{name}({name})"


def _test(annotation: Any) -> Test:  # noqa: ANN401 - any annotation
    if annotation in _TESTS:
        return _TESTS[annotation]
    if get_origin(annotation) is tuple and get_args(annotation)[1:] == (...,):
        return _tuple(_test(get_args(annotation)[0]))
    if not isinstance(annotation, type):
        return _never
    return _member_of(annotation) if issubclass(annotation, Enum) else _test_of(annotation)


def _member_of(cls: type[Enum]) -> Test:
    return lambda value: value.__class__ is cls


def _tuple(inner: Test) -> Test:
    return lambda value: type(value) is tuple and all(map(inner, value))


def _is_text(value: object) -> bool:
    return type(value) is str and len(value) <= ANY_TEXT.most and not NOT_TEXT.search(value)


def _is_map_of_texts(value: object) -> bool:
    return type(value) is FrozenMap and all(_is_text(key) and _is_text(text) for key, text in value.items())


def _is_command(value: Any) -> bool:  # noqa: ANN401 - any value
    cls = type(value)
    return COMMANDS.get(getattr(cls, "type", "")) is cls and _test_of(cls)(value)


def _is_integer(value: object) -> bool:
    return type(value) is int and -MOST <= value <= MOST


def _is_boolean(value: object) -> bool:
    return value is True or value is False


def _is_date(value: object) -> bool:
    return type(value) is date and FIRST_YEAR <= value.year <= LAST_YEAR


def _is_instant(value: object) -> bool:
    """In a zone of whole minutes that does not change: others come back in such a one."""
    if type(value) is not datetime or type(value.tzinfo) is not timezone or value.fold:
        return False
    return FIRST_YEAR <= value.year <= LAST_YEAR and not value.tzinfo.utcoffset(None) % _MINUTE


def _is_time(value: object) -> bool:
    return type(value) is clock_time and value == clock_time(value.hour, value.minute) and not value.fold


def _is_decimal(value: object) -> bool:
    return type(value) is Decimal and write_decimal(value) == str(value) and bool(DECIMAL.fullmatch(str(value)))


def _never(_value: object) -> bool:
    """What is not known here is written and read."""
    return False


_TESTS: dict[Any, Test] = {
    str: _is_text,
    int: _is_integer,
    bool: _is_boolean,
    date: _is_date,
    datetime: _is_instant,
    clock_time: _is_time,
    Decimal: _is_decimal,
    Command: _is_command,
    Mapping[Text, Text]: _is_map_of_texts,
}
"""By annotation; those of attrs classes are made at their first value."""
