"""The fields of a command's form, read off the command's class, and what was typed into them as the wire has it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from datetime import time as clock_time
from decimal import Decimal
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Union, cast, get_args, get_origin, get_type_hints

from attrs import NOTHING, fields_dict, frozen, has

from poec_workflow.commands import COMMANDS, Command
from poec_workflow.machines import LIFECYCLES
from poec_workflow.model import TextLength
from poec_workflow.policies.action_content import EDITABLE

MOST_DAYS = 3
"""As many information dates as the source's form has fields for."""


@frozen(kw_only=True)
class CommandField:
    """One field of a command.

    Attributes:
        name: its place below the command, as `on`, `candidate.name` or `dates.0`.
        widget: `text`, `long-text`, `date`, `time`, `integer`, `decimal`, `boolean`, or `choice` of `members`.
        required: whether the command needs it.
        length: as many characters at most; None where it does not say.
        members: the values of an enumeration.
    """

    name: str
    widget: str
    required: bool
    length: int | None = None
    members: tuple[str, ...] = ()


def fields_of(command: type[Command]) -> tuple[CommandField, ...]:
    """The fields of a command, in their order; the reference of its subject only where the command creates it."""
    return _fields_of(command.type)


@cache
def _fields_of(name: str) -> tuple[CommandField, ...]:
    command = COMMANDS[name]
    creates = LIFECYCLES[command.subject_kind].creates(command)
    return tuple(_below(command, "", "" if creates else command.subject_kind.value))


def _below(cls: type[Any], prefix: str, left_out: str = "") -> Iterator[CommandField]:
    hints = get_type_hints(cls, include_extras=True)
    for name, attribute in fields_dict(cls).items():
        if name == left_out:
            continue
        kind, optional = _without_none(hints[name])
        required = attribute.default is NOTHING and not optional
        yield from _fields(prefix + name, kind, required=required)


def _fields(name: str, kind: Any, *, required: bool) -> Iterator[CommandField]:  # noqa: ANN401 - a type
    if get_origin(kind) is tuple:
        for index in range(MOST_DAYS):
            yield CommandField(name=f"{name}.{index}", widget="date", required=False)
    elif _is_mapping(kind):
        for each in EDITABLE:
            yield CommandField(name=f"{name}.{each}", widget="long-text", required=False)
    elif isinstance(kind, type) and has(kind):
        yield from _below(kind, f"{name}.")
    else:
        yield _field(name, kind, required=required)


def _field(name: str, kind: Any, *, required: bool) -> CommandField:  # noqa: ANN401 - a type
    length = _length(kind)
    if get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    widgets = {date: "date", clock_time: "time", int: "integer", Decimal: "decimal", bool: "boolean"}
    if kind in widgets:
        return CommandField(name=name, widget=widgets[kind], required=required)
    if kind is str:
        return CommandField(name=name, widget="text", required=required, length=length)
    return CommandField(name=name, widget="choice", required=required, members=tuple(each.value for each in kind))


def _length(kind: Any) -> int | None:  # noqa: ANN401 - a type
    limits = [each.most for each in get_args(kind)[1:] if isinstance(each, TextLength)]
    return limits[0] if limits else None


def _is_mapping(kind: Any) -> bool:  # noqa: ANN401 - a type
    origin = get_origin(kind)
    return isinstance(origin, type) and issubclass(origin, Mapping)


def _without_none(kind: Any) -> tuple[Any, bool]:  # noqa: ANN401 - a type
    if get_origin(kind) not in (Union, UnionType):
        return kind, False
    left = [each for each in get_args(kind) if each is not NoneType]
    return left[0], len(left) < len(get_args(kind))


def as_wire(fields: Sequence[CommandField], typed: Mapping[str, str]) -> dict[str, Any]:
    """What was typed, as the wire has it: empty fields are absent, figures as people write them are figures."""
    data: dict[str, Any] = {}
    for each in fields:
        *parents, name = each.name.split(".")
        text = typed.get(each.name, "")
        if name.isdecimal():
            days = cast("list[Any]", data.setdefault(parents[0], []))
            if text.strip():
                days.append(text.strip())
        elif text.strip() or parents == ["changes"]:
            place = data
            for parent in parents:
                place = place.setdefault(parent, {})
            place[name] = _wire_value(each.widget, text)
    return data


def _wire_value(widget: str, text: str) -> Any:  # noqa: ANN401 - JSON
    """A figure, or the text for the strict reader to refuse."""
    plain = text.strip()
    match widget:
        case "integer":
            return int(plain) if plain.isascii() and plain.lstrip("-").isdecimal() else plain
        case "decimal":
            return plain.replace(",", ".", 1)
        case "boolean":
            return {"true": True, "false": False}.get(plain, plain)
        case "text" | "long-text":
            return text.replace("\r\n", "\n")
    return plain
