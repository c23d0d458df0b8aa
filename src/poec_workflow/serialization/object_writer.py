"""Compile what writes the values of a class as JSON-ready objects, field by field, each by the type that it has."""

from __future__ import annotations

from collections.abc import Callable
from types import NoneType
from typing import Any

from attrs import fields

from poec_workflow.commands import Command

Write = Callable[[Any], Any]

_WRITTEN_AS_THEY_ARE = frozenset({str, int, bool, NoneType})


class Hooks(dict[type, Write]):
    """How values are written, by their type; looked up once."""

    def __init__(self, find: Callable[[type], Write]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, cls: type) -> Write:
        self[cls] = found = self._find(cls)
        return found


def object_writer(cls: type[Any], hooks: Hooks) -> Write:
    """What writes a value of an attrs class; a command's object begins with its type."""
    tag = f"'type': {cls.type!r}, " if issubclass(cls, Command) else ""
    names = [each.name for each in fields(cls)]
    items = "[hooks[each.__class__](each) for each in part] if of is tuple else hooks[of](part)"
    parts = (f"{each!r}: part if (of := (part := value.{each}).__class__) in plain else {items}" for each in names)
    scope: dict[str, Any] = {"plain": _WRITTEN_AS_THEY_ARE, "hooks": hooks}
    exec(f"def write(value): return {{{tag}{', '.join(parts)}}}", scope)  # noqa: S102 - of the names of fields, as attrs does
    made: Write = scope["write"]
    return made
