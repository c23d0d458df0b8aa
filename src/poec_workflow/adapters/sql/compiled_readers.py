"""Compile, for each class, what reads a value of it from parsed JSON.

It takes exactly the keys that `to_json` writes, in their order, and values within the limits of the wire format; for
everything else it raises.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from datetime import time as clock_time
from decimal import Decimal
from enum import Enum
from functools import cache, lru_cache
from types import NoneType
from typing import Annotated, Any, cast, get_args, get_origin, get_type_hints

from attrs import fields

from poec_workflow.construction import constructor
from poec_workflow.events import ENVELOPE, EVENTS
from poec_workflow.frozen_map import FrozenMap
from poec_workflow.history import HistoryEntry, Position
from poec_workflow.model import REQUIRED_OF_ACTORS, STATE_TYPES, Actor, Reference, Text, TextLength
from poec_workflow.serialization.scalars import read_date, read_decimal, read_time

Read = Callable[..., Any]

_REMEMBERED = 4_096
_LARGEST = 2**31
REFERENCE_LENGTH, TEXT_LENGTH = (cast("TextLength", get_args(each)[1]) for each in (Reference, Text))
INSTANT = r"(?:19|2[0-9])[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{6})?[+-][0-9]{2}:[0-9]{2}"
"""The pattern of an instant as it is written; `datetime.fromisoformat` takes more."""
_is_instant = re.compile(INSTANT).fullmatch
_decode = json.JSONDecoder().raw_decode


def load(text: str) -> Any:  # noqa: ANN401 - JSON
    """Parse JSON whose texts contain neither NUL nor lone surrogates.

    Raises:
        ValueError: it is no JSON, or may contain one of these.
    """
    # Of all characters only control characters are written with an escape of this kind.
    if "\\u" in text:
        raise ValueError(text)
    if not text.isascii():
        text.encode()
    value, end = _decode(text)
    if end != len(text):
        raise ValueError(text)
    return value


@cache
def reader(cls: type[Any]) -> Read:
    """Compile a function that reads a value of a class from the object that `to_dict` makes of it."""
    if cls is HistoryEntry:
        return _entry
    return _compiled(cls, tuple(each.name for each in fields(cls)), ())


def _compiled(cls: type[Any], names: tuple[str, ...], given: tuple[str, ...]) -> Read:
    """Compile a reader of some fields; the others are its further arguments."""
    hints = get_type_hints(cls, include_extras=True)
    scope: dict[str, Any] = {"names": list(names), "make": constructor(cls, (*names, *given))}
    parts = [_expressions(name, hints[name], scope) for name in names]
    checks = [check for check, _ in parts if check]
    if cls is Actor:
        scope["required"] = REQUIRED_OF_ACTORS
        checks.append("(kind not in required or data[required[kind]] is not None)")
    lines = (
        f"def read({', '.join(('data', *given))}):",
        " if type(data) is not dict or [*data] != names: raise ValueError(data)",
        f" {''.join(f'{name}, ' for name in names)}= data.values()" if names else " pass",
        f" if not ({' and '.join(checks) or 'True'}): raise ValueError(data)",
        f" return make({', '.join((*(value for _, value in parts), *given))})",
    )
    exec("\n".join(lines), scope)  # noqa: S102 - of the names of fields
    made: Read = scope["read"]
    return made


def _expressions(name: str, hint: Any, scope: dict[str, Any]) -> tuple[str, str]:  # noqa: ANN401 - an annotation
    """A condition that a field's JSON must meet, and an expression for its value; empty where there is no condition."""
    (kind, *others), origin = [each for each in get_args(hint) if each is not NoneType] or [None], get_origin(hint)
    if NoneType in get_args(hint):
        check, value = _expressions(name, kind, scope)
        check = f"({name} is None or {check})" if check else ""
        return check, value if value == name else f"None if {name} is None else {value}"
    if origin is Annotated or hint is str:
        limits: TextLength = others[0] if others else TEXT_LENGTH
        return f"type({name}) is str and {limits.least} <= len({name}) <= {limits.most}", name
    if hint is int:
        return f"type({name}) is int and {-_LARGEST} <= {name} <= {_LARGEST}", name
    if origin is tuple:
        scope[f"as_{name}"] = _conversion(kind)
        return f"type({name}) is list", f"tuple([as_{name}(each) for each in {name}])"
    scope[f"as_{name}"] = _conversion(hint)
    return "", f"as_{name}({name})"


def _conversion(hint: Any) -> Read:  # noqa: ANN401 - an annotation
    if hint in SCALARS:
        return SCALARS[hint]
    if isinstance(hint, type) and issubclass(hint, Enum):
        return {each.value: each for each in hint}.__getitem__
    return _changes if get_origin(hint) is Mapping else reader(hint)


def _changes(data: Mapping[str, str]) -> Mapping[str, str]:
    if type(data) is not dict or not _are_texts(*data, *data.values()):
        raise ValueError(data)
    return FrozenMap(data)


def _instant(text: str) -> datetime:
    if not _is_instant(text):
        raise ValueError(text)
    return datetime.fromisoformat(text)


def _remembering(read: Callable[[object, object], Any], cls: type[Any]) -> Read:
    return lru_cache(maxsize=_REMEMBERED)(lambda text: read(text, cls))


SCALARS: Mapping[Any, Read] = {
    date: _remembering(read_date, date),
    datetime: _instant,
    clock_time: _remembering(read_time, clock_time),
    Decimal: _remembering(read_decimal, Decimal),
}

_ENTRY = [
    *("kind", "reference", "version", "type", "effective", "recorded", "actor", "from", "to"),
    *("rule", "command", "decision", "fingerprint", "advisories", "data"),
]
STATES: Mapping[str, Mapping[str, Any]] = {
    kind: {each.value: each for each in cast("type[Enum]", states)} for kind, states in STATE_TYPES.items()
}
_make_entry = constructor(HistoryEntry)


@cache
def _event_reader(name: str) -> Read:
    event = EVENTS[name]
    own = tuple(each.name for each in fields(event) if each.name not in ENVELOPE)
    return _compiled(event, own, ENVELOPE)


def _entry(data: Mapping[str, Any]) -> HistoryEntry:
    """Read a history entry without advisories: the flat form of `serialization.history_entries`."""
    if [*data] != _ENTRY or data["advisories"] != []:
        raise ValueError(data)
    kind, reference, version, type_, effective, recorded, actor, before, after, *others, own = data.values()
    rule, command, decision, fingerprint, _ = others
    states, as_event = STATES[kind], _event_reader(type_)
    if (
        EVENTS[type_].subject_kind != kind
        or not _are_texts(rule, command, fingerprint)
        or not _is_key(reference, version)
    ):
        raise ValueError(data)
    return _make_entry(
        event=as_event(own, reference, version, states[after], _instant(effective)),
        recorded_at=_instant(recorded),
        actor=reader(Actor)(actor),
        rule=rule,
        command=command,
        decision=reader(Position)(decision),
        from_state=None if before is None else states[before],
        fingerprint=fingerprint,
        advisories=(),
    )


def _are_texts(*values: object) -> bool:
    return all(type(each) is str and len(each) <= TEXT_LENGTH.most for each in values)


def _is_key(reference: object, version: object) -> bool:
    return (
        type(reference) is str
        and REFERENCE_LENGTH.least <= len(reference) <= REFERENCE_LENGTH.most
        and type(version) is int
        and abs(version) <= _LARGEST
    )
