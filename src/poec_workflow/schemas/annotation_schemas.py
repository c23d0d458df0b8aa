"""An annotation ▸ its schema: what the wire format's reader takes there, and nothing else.

Fields, defaults and lengths are read off the classes, as the reader does. What has a reader of its own has a maker of
its own, by annotation, in `SPECIAL` of `wire_components`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from datetime import time as clock_time
from decimal import Decimal
from enum import StrEnum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

from attrs import NOTHING, Attribute, Factory, fields, has

from poec_workflow.model import REFERENCE_LENGTH, TextLength
from poec_workflow.schemas import text_patterns
from poec_workflow.schemas.component_table import PREFIX, ComponentTable, Schema
from poec_workflow.schemas.schema_descriptions import Describe
from poec_workflow.serialization import to_dict
from poec_workflow.serialization.scalars import ANY_TEXT, MOST
from poec_workflow.serialization.written_as import WrittenAs

Make = Callable[["SchemaMaker", Any], Mapping[str, Any]]
NULL: Mapping[str, Any] = {"type": "null"}


class SchemaMaker:
    """Schemas of annotations, with the components that they refer to.

    Attributes:
        table: the components.
    """

    def __init__(self, table: ComponentTable, special: Mapping[Any, Make]) -> None:
        self.table = table
        self._special = special

    @property
    def describe(self) -> Describe:
        """What describes them."""
        return self.table.describe

    def schema(self, hint: Any) -> Schema:  # noqa: ANN401, PLR0911 - any annotation; each shape has its answer
        """The schema of an annotation.

        Raises:
            TypeError: nothing is known of such an annotation.
        """
        if hint in self._special:
            return dict(self._special[hint](self, hint))
        origin, arguments = get_origin(hint), get_args(hint)
        if origin is Annotated:
            return self._annotated(arguments)
        if origin in (Union, UnionType):
            return _any_of([self.schema(each) for each in sorted(arguments, key=lambda each: each is NoneType)])
        if origin is Literal:
            return {"enum": list(arguments)} if len(arguments) > 1 else constant(arguments[0])
        if origin in (tuple, list):
            return {"type": "array", "items": self.schema(arguments[0])}
        if isinstance(origin, type) and issubclass(origin, Mapping):
            return {"type": "object", "propertyNames": self.schema(arguments[0]), **self._values(arguments[1])}
        if hint is NoneType:
            return dict(NULL)
        return self.named(hint)

    def named(self, hint: Any) -> Schema:  # noqa: ANN401 - any annotation
        """A reference to the component of a class, made if need be.

        Raises:
            TypeError: see `schema`.
        """
        kind = get_origin(hint) or hint
        if not isinstance(kind, type):
            raise TypeError(f"no schema of {hint!r}")
        name = name_of(hint)
        make = _SCALARS.get(hint)
        if make is not None:
            return self.table.reference(name, hint, lambda: {**make, **self.describe.thing(name)})
        if issubclass(kind, StrEnum):
            return self.table.reference(name, hint, lambda: self._enumeration(kind))
        if has(kind) or is_typeddict(kind):
            return self.table.reference(name, hint, lambda: self.object_schema(hint, name))
        raise TypeError(f"no schema of {hint!r}")

    def object_schema(
        self,
        cls: Any,  # noqa: ANN401 - a class
        name: str,
        *,
        only: tuple[str, ...] | None = None,
        but: tuple[str, ...] = (),
    ) -> Schema:
        """The object that a class is written as.

        Args:
            cls: an attrs class or a `TypedDict`.
            name: of the component, for descriptions.
            only: the fields that it has; None is all.
            but: fields that it has not.
        """
        members = self.typed_members(cls, name) if is_typeddict(cls) else self.members(cls, name)
        kept = {each: one for each, one in members.items() if (only is None or each in only) and each not in but}
        return closed_object(kept, self.describe.thing(name))

    def members(self, cls: Any, owner: str) -> Mapping[str, tuple[Schema, bool]]:  # noqa: ANN401 - a class
        """The fields of an attrs class: the schema of each, and whether it is required."""
        plain = get_origin(cls) or cls
        hints = get_type_hints(plain, include_extras=True)
        parameters = dict(zip(getattr(plain, "__parameters__", ()), get_args(cls), strict=False))
        found = {}
        for each in fields(plain):
            if each.init:
                schema = self.schema(_filled_in(hints[each.name], parameters))
                found[each.name] = self._field(each, schema, owner), each.default is NOTHING
        return found

    def typed_members(self, cls: Any, owner: str) -> Mapping[str, tuple[Schema, bool]]:  # noqa: ANN401 - a class
        """The members of a `TypedDict`, which is written only: its texts have no limits of their own."""
        hints = get_type_hints(cls, include_extras=True)
        return {
            name: (
                {**self._written(_without_marks(hint)), **self.describe.member(owner, name)},
                get_origin(hint) is not NotRequired,
            )
            for name, hint in hints.items()
        }

    def _written(self, hint: Any) -> Schema:  # noqa: ANN401 - any annotation
        if hint is Any:
            return self.table.reference("Detail", Any, lambda: _detail(self.describe))
        if (plain := _PLAIN.get(hint)) is not None:
            return dict(plain)
        if get_origin(hint) is list:
            return {"type": "array", "items": self._written(get_args(hint)[0])}
        if get_origin(hint) is dict:
            return {"type": "object", "additionalProperties": self._written(get_args(hint)[1])}
        return self.schema(hint)

    def _field(self, each: Attribute[Any], schema: Schema, owner: str) -> Schema:
        if each.default is not NOTHING:
            # An optional field that is null is absent.
            schema = _any_of([schema, dict(NULL)])
            if (default := _default(each.default)) is not None:
                schema["default"] = default
        return {**schema, **self.describe.member(owner, each.name)}

    def _annotated(self, arguments: tuple[Any, ...]) -> Schema:
        limits = arguments[1]
        if isinstance(limits, WrittenAs):
            return self.schema(limits.of)
        if not isinstance(limits, TextLength):
            return self.schema(arguments[0])
        if limits == REFERENCE_LENGTH:
            return self.table.reference(
                "Reference", limits, lambda: {**_text(limits), **self.describe.thing("Reference")}
            )
        return self.named(str) if limits == ANY_TEXT else _text(limits)

    def _values(self, hint: Any) -> Schema:  # noqa: ANN401 - any annotation
        return {} if hint is Any else {"additionalProperties": self.schema(hint)}

    def _enumeration(self, kind: type[StrEnum]) -> Schema:
        section, prefix = _LABELS.get(kind.__name__, (None, ""))
        codes = [each.value for each in kind]
        describe = self.describe
        said = describe.thing(kind.__name__)
        if section is not None:
            said = describe.codes(kind.__name__, section, {each: f"{prefix}{each}" for each in codes})
        return {"type": "string", "enum": codes, **said}


def name_of(hint: Any) -> str:  # noqa: ANN401 - any annotation
    """The name of the component of a class: `Application`, `ApplicationRowPage` of `Page[ApplicationRow]`."""
    if hint in _NAMES:
        return _NAMES[hint]
    inner = "".join(name_of(each) for each in get_args(hint))
    name: str = (get_origin(hint) or hint).__name__
    return inner + name.removesuffix("Document")


def closed_object(members: Mapping[str, tuple[Schema, bool]], more: Mapping[str, Any]) -> Schema:
    """An object of some members, and no other."""
    return {
        "type": "object",
        **more,
        "properties": {name: schema for name, (schema, _) in members.items()},
        "required": [name for name, (_, required) in members.items() if required],
        "additionalProperties": False,
    }


def one_of(tag: str, options: Mapping[str, Schema], more: Mapping[str, Any]) -> Schema:
    """One of some objects, told apart by a member of each.

    Args:
        tag: the member.
        options: its value ▸ a reference to the component.
        more: members of the schema.
    """
    mapping = {value: each["$ref"] for value, each in options.items()}
    return {**more, "oneOf": [*options.values()], "discriminator": {"propertyName": tag, "mapping": mapping}}


def without_null(schema: Mapping[str, Any]) -> Schema:
    """The schema of an optional field, where absent is said by its absence alone."""
    rest = {name: each for name, each in schema.items() if name != "anyOf"}
    kept = [each for each in schema.get("anyOf", ()) if each != NULL]
    return {**rest, **kept[0]} if len(kept) == 1 else {**rest, "anyOf": kept} if kept else rest


def constant(value: str | bool) -> Schema:  # noqa: FBT001 - a value
    """One text, or one truth."""
    return {"type": "boolean" if isinstance(value, bool) else "string", "const": value}


def _any_of(schemas: list[Schema]) -> Schema:
    alternatives: list[Schema] = []
    for each in schemas:
        for one in each["anyOf"] if each.keys() == {"anyOf"} else [each]:
            if one not in alternatives:
                alternatives.append(one)
    return alternatives[0] if len(alternatives) == 1 else {"anyOf": alternatives}


def _filled_in(hint: Any, parameters: Mapping[Any, Any]) -> Any:  # noqa: ANN401 - any annotation
    """An annotation with a generic class's parameters replaced by what it is of."""
    if hint in parameters:
        return parameters[hint]
    own = getattr(hint, "__parameters__", ())
    return hint[tuple(parameters.get(each, each) for each in own)] if own else hint


def _without_marks(hint: Any) -> Any:  # noqa: ANN401 - any annotation
    return get_args(hint)[0] if get_origin(hint) is NotRequired else hint


def _default(default: Any) -> Any:  # noqa: ANN401 - any default
    if isinstance(default, Factory):  # type: ignore[arg-type]
        return None if default.takes_self else to_dict(default.factory())
    return to_dict(default)


def _detail(describe: Describe) -> Schema:
    """What `errors.plain` makes of a value."""
    plain: list[Schema] = [{"type": each} for each in ("null", "boolean", "integer", "string")]
    return {"anyOf": [*plain, {"type": "array", "items": {"$ref": f"{PREFIX}Detail"}}], **describe.thing("Detail")}


def _text(limits: TextLength) -> Schema:
    least = {"minLength": limits.least} if limits.least else {}
    return {"type": "string", **least, "maxLength": limits.most, "pattern": text_patterns.SOUND}


def _of_one_length(pattern: str, length: int, **more: Any) -> Schema:  # noqa: ANN401 - members of a schema
    return {"type": "string", **more, "minLength": length, "maxLength": length, "pattern": pattern}


_WHOLE = "The reader takes integers as they are written: 2.0 and 1e2 are none. JSON Schema can't tell 2.0 from 2."

_SCALARS: Mapping[Any, Schema] = {
    str: _text(ANY_TEXT),
    bool: {"type": "boolean"},
    int: {"type": "integer", "minimum": -MOST, "maximum": MOST, "$comment": _WHOLE},
    date: _of_one_length(text_patterns.DAY, 10, format="date"),
    datetime: {
        "type": "string",
        "format": "date-time",
        "pattern": text_patterns.INSTANT,
        **text_patterns.NO_NEWLINE,
    },
    clock_time: _of_one_length(text_patterns.TIME, 5),
    Decimal: {"type": "string", "pattern": text_patterns.DECIMAL_TEXT, **text_patterns.NO_NEWLINE},
}
_NAMES: Mapping[Any, str] = {
    str: "Text",
    bool: "Boolean",
    int: "Integer",
    date: "Day",
    datetime: "Instant",
    clock_time: "Time",
    Decimal: "Decimal",
}
_PLAIN: Mapping[Any, Schema] = {str: {"type": "string"}, int: {"type": "integer"}, bool: {"type": "boolean"}}
"""What is written, not read: it has no limits."""

_LABELS: Mapping[str, tuple[str, str]] = {
    "ApplicationState": ("states", "application."),
    "SessionState": ("states", "session."),
    "ActionState": ("states", "action."),
    "ActorKind": ("actors", ""),
    "Origin": ("words", ""),
    "Role": ("words", ""),
    "Outcome": ("outcomes", ""),
    "AlertReason": ("alerts", ""),
    "SubjectKind": ("words", ""),
    "StreamKind": ("words", ""),
    "AddresseeKind": ("words", ""),
    "Tab": ("tabs", ""),
    "ActionTab": ("tabs", ""),
}
"""Where the labels of an enumeration stand: the section, and what their names begin with."""
