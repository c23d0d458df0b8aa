"""Compile what writes the values of a class as JSON-ready objects, and what writes them as JSON text at once.

Both are compiled from the same members, and write each member by the type that its value has.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import StrEnum
from json.encoder import encode_basestring, encode_basestring_ascii
from operator import attrgetter
from types import NoneType
from typing import Any, TypeVar, cast

from attrs import fields, has

from poec_workflow.commands import Command

Members = Mapping[str, "str | Members"]
"""The members of an object, in order: each an expression of `value`, which is what is written, or an object in it."""
Write = Callable[[Any], Any]
WriteText = Callable[[Any], str]
W = TypeVar("W", bound=Write)

_WRITTEN_AS_THEY_ARE = frozenset({str, int, bool, NoneType})


class Writers(dict[type, W]):
    """How values are written, by their type; looked up once."""

    def __init__(self, find: Callable[[type], W]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, cls: type) -> W:
        self[cls] = found = self._find(cls)
        return found


def members_of(cls: type[Any]) -> Members:
    """The members of a value of an attrs class: its fields; before those of a command stands its type."""
    tag = {"type": "value.type"} if issubclass(cls, Command) else {}
    return {**tag, **{each.name: f"value.{each.name}" for each in fields(cls)}}


def object_writer(members: Members, writers: Mapping[type, Write]) -> Write:
    """What writes a value as an object."""
    items = "[writers[each.__class__](each) for each in part] if of is tuple else writers[of](part)"

    def written(member: str | Members) -> str:
        if isinstance(member, str):
            return f"part if (of := (part := {member}).__class__) in plain else {items}"
        parts = ", ".join(f"{name!r}: {written(each)}" for name, each in member.items())
        return f"{{{parts}}}"

    made: Write = _compiled(written(members), {"plain": _WRITTEN_AS_THEY_ARE, "writers": writers})
    return made


def text_writer(members: Members, writers: Mapping[type, WriteText]) -> WriteText:
    """What writes a value as the text of the same object."""

    def written(member: str | Members) -> str:
        if isinstance(member, str):
            return f"{{'null' if (part := {member}) is None else writers[part.__class__](part)}}"
        parts = ", ".join(f'"{name}": {written(each)}' for name, each in member.items())
        return f"{{{{{parts}}}}}"

    made: WriteText = _compiled(f"f'''{written(members)}'''", {"writers": writers})
    return made


def writer_by_type_of(member: str, find: Callable[[type], W]) -> W:
    """What writes values of one class, in a way that the type of a member decides; looked up once for each type."""
    writers, member_of = Writers(find), attrgetter(member)
    return cast("W", lambda value: writers[member_of(value).__class__](value))


def _compiled(expression: str, scope: dict[str, Any]) -> Any:  # noqa: ANN401 - one of the two
    exec(f"def write(value): return {expression}", scope)  # noqa: S102 - of the names of fields, as attrs does
    return scope["write"]


def text_writers(to_dict: Write, *, canonical: bool = False) -> Writers[WriteText]:
    """How any value is written as text: as that of what `to_dict` makes of it; `canonical` sorts names, in ASCII."""
    encode = json.JSONEncoder(ensure_ascii=canonical, sort_keys=canonical).encode
    quoted = encode_basestring_ascii if canonical else encode_basestring

    def found(cls: type) -> WriteText:
        if issubclass(cls, StrEnum):
            return quoted
        if not has(cls):
            return lambda value: encode(to_dict(value))
        members = members_of(cls)
        return text_writer(dict(sorted(members.items())) if canonical else members, writers)

    writers = Writers(found)
    writers[str] = quoted
    writers[int] = int.__repr__
    writers[NoneType] = lambda _: "null"
    writers[date] = writers[datetime] = lambda value: f'"{value.isoformat()}"'
    writers[tuple] = lambda value: f"[{', '.join([writers[each.__class__](each) for each in value])}]"
    return writers
