"""Values ⇄ JSON-ready data, by cattrs: objects, arrays and tags. Single values stand in `scalars`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from datetime import time as clock_time
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, TypeVar, get_args, get_origin

from attrs import NOTHING, fields, has
from cattrs import BaseValidationError, Converter, StructureHandlerNotFoundError
from cattrs.gen import make_dict_structure_fn

from poec_workflow.commands import COMMANDS, Command, CreateSession
from poec_workflow.errors import Fault, Malformed
from poec_workflow.frozen_map import FrozenMap
from poec_workflow.history import HistoryEntry, Position
from poec_workflow.messages import DIGEST, About, DigestPosition
from poec_workflow.model import REQUIRED_OF_ACTORS, Actor, TextLength
from poec_workflow.serialization.conversion_faults import faults_of
from poec_workflow.serialization.history_entries import entry_writer, read_entry
from poec_workflow.serialization.object_writer import Write, Writers, members_of, object_writer
from poec_workflow.serialization.parsing import below
from poec_workflow.serialization.scalars import (
    ANY_TEXT,
    read_boolean,
    read_date,
    read_decimal,
    read_enum,
    read_instant,
    read_integer,
    read_text,
    read_time,
    write_decimal,
    write_time,
)

Read = Callable[[object, object], Any]
T = TypeVar("T")

_MOST_FAULTS = 100
"""After these, the rest of an array is not read: each fault costs, and nobody reads a thousand."""
_SCALARS: Mapping[type, Callable[..., Any]] = {
    str: read_text(ANY_TEXT),
    StrEnum: read_enum,
    int: read_integer,
    bool: read_boolean,
    date: read_date,
    datetime: read_instant,
    clock_time: read_time,
    Decimal: read_decimal,
}


def make_converter() -> Converter:
    """The converter of the wire format."""
    converter = Converter(detailed_validation=True)
    _teach_reading(converter)
    _teach_writing(converter)
    return converter


def structured(converter: Converter, data: object, cls: type[T], known: Iterable[Fault]) -> T:
    """The value that JSON-ready data says.

    Raises:
        Malformed: with every fault, those that are known already first.
        TypeError: the class does not say what it is of.
    """
    faults = list(known)
    try:
        value = converter.structure(data, cls)
    except (BaseValidationError, ValueError, TypeError) as error:
        faults.extend(faults_of(error, "$"))
    except StructureHandlerNotFoundError as error:
        raise TypeError(f"{cls} can't be read: name what it is of, as in Page[ApplicationRow]") from error
    except RecursionError:
        faults.append(Fault("$", "nested too deeply"))
    if faults:
        raise Malformed(faults)
    return value


def _teach_reading(converter: Converter) -> None:
    for cls, read in _SCALARS.items():
        converter.register_structure_hook(cls, read)
    # Those that come later are asked first.
    converter.register_structure_hook_factory(has, lambda cls: _object_reader(cls, converter))
    converter.register_structure_hook_factory(_is_text, lambda cls: read_text(cls.__metadata__[0]))
    converter.register_structure_hook_factory(_is_array, lambda cls: _array_reader(cls, converter))
    converter.register_structure_hook_func(_is_texts, _read_texts)
    converter.register_structure_hook_func(lambda cls: cls is Command, _tag_reader(COMMANDS, converter))
    converter.register_structure_hook_func(lambda cls: cls == About, lambda value, _: _read_about(value, converter))
    converter.register_structure_hook_func(
        lambda cls: cls is HistoryEntry, lambda value, _: read_entry(value, converter)
    )
    converter.register_structure_hook_func(lambda cls: cls is Actor, _actor_reader(converter.get_structure_hook(Actor)))


def _teach_writing(converter: Converter) -> None:
    writers: Writers[Write] = Writers(converter.get_unstructure_hook)
    converter.register_unstructure_hook_factory(has, lambda cls: object_writer(members_of(cls), writers))
    converter.register_unstructure_hook(HistoryEntry, entry_writer(lambda members: object_writer(members, writers)))
    converter.register_unstructure_hook(FrozenMap, lambda value: converter.unstructure(dict(value)))
    converter.register_unstructure_hook(date, date.isoformat)
    converter.register_unstructure_hook(datetime, datetime.isoformat)
    converter.register_unstructure_hook(clock_time, write_time)
    converter.register_unstructure_hook(Decimal, write_decimal)
    converter.register_unstructure_hook(tuple, lambda value: [writers[each.__class__](each) for each in value])


def _is_text(cls: Any) -> bool:  # noqa: ANN401 - any annotation
    return get_origin(cls) is Annotated and isinstance(cls.__metadata__[0], TextLength)


def _is_array(cls: Any) -> bool:  # noqa: ANN401 - any annotation
    origin: object = get_origin(cls)
    return origin is tuple


def _is_texts(cls: Any) -> bool:  # noqa: ANN401 - any annotation
    origin: object = get_origin(cls)
    return origin is Mapping and get_args(cls)[1] is not Any


def _read_texts(value: object, _: object) -> dict[str, str]:
    if not isinstance(value, Mapping):
        raise ValueError("expected an object of texts")
    read, faults, texts = read_text(ANY_TEXT), [], {}
    for name, text in value.items():
        try:
            texts[read(name, str)] = read(text, str)
        except ValueError as error:
            faults.append(Fault(below("$", str(name)), str(error)))
    if faults:
        raise Malformed(faults)
    return texts


def _array_reader(cls: Any, converter: Converter) -> Read:  # noqa: ANN401 - a tuple's annotation
    inner = get_args(cls)[0]

    def read(value: object, _: object) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise ValueError("expected an array")
        items: list[Any] = []
        faults: list[Fault] = []
        for index, each in enumerate(value):
            try:
                items.append(converter.structure(each, inner))
            except (BaseValidationError, ValueError, TypeError) as error:
                faults.extend(faults_of(error, f"$[{index}]"))
            if len(faults) >= _MOST_FAULTS:
                break
        if faults:
            raise Malformed(faults)
        return tuple(items)

    return read


IGNORED_KEYS: Mapping[type[Any], tuple[str, ...]] = {CreateSession: ("version",)}
"""Keys that are read over: journals made from exported sessions carry the version that the session had there."""


def _object_reader(cls: type[Any], converter: Converter) -> Read:
    inner = make_dict_structure_fn(cls, converter, _cattrs_forbid_extra_keys=True)
    plain = get_origin(cls) or cls  # Page[Application] is read like Page, its items as applications
    optional = {each.name for each in fields(plain) if each.default is not NOTHING}
    tag = plain.type if issubclass(plain, Command) else None
    ignored = IGNORED_KEYS.get(plain, ())

    def read(value: object, _: object) -> Any:  # noqa: ANN401 - the class
        if not isinstance(value, Mapping):
            raise ValueError("expected an object")
        # An optional field that is null is absent.
        given = {name: each for name, each in value.items() if each is not None or name not in optional}
        for name in ignored:
            given.pop(name, None)
        if tag is not None and given.get("type") == tag:
            del given["type"]
        return inner(given, cls)

    return read


def _read_about(value: object, converter: Converter) -> Any:  # noqa: ANN401 - one of the two
    """What a message is about: the number of an organisation's digest, or else a position."""
    of_digest = isinstance(value, Mapping) and value.get("kind") == DIGEST
    return converter.structure(value, DigestPosition if of_digest else Position)


def _actor_reader(inner: Read) -> Read:
    """Says what an actor's kind requires beside every other fault of it."""

    def read(value: object, cls: object) -> Any:  # noqa: ANN401 - an Actor
        try:
            return inner(value, cls)
        except BaseValidationError as error:
            faults = list(faults_of(error, "$"))
        kind = value.get("kind") if isinstance(value, Mapping) else None
        required = REQUIRED_OF_ACTORS.get(kind) if isinstance(kind, str) else None
        if required and isinstance(value, Mapping) and value.get(required) is None:
            faults.append(Fault(f"$.{required}", f"required for an actor of the kind {kind}"))
        raise Malformed(dict.fromkeys(faults))

    return read


def _tag_reader(registry: Mapping[str, type[Any]], converter: Converter) -> Read:
    def read(value: object, _: object) -> Any:  # noqa: ANN401 - one of the registry
        if not isinstance(value, Mapping):
            raise ValueError("expected an object")
        tag = value.get("type")
        if not isinstance(tag, str) or tag not in registry:
            raise Malformed.at("$.type", "required" if tag is None else "unknown type")
        return converter.structure(value, registry[tag])

    return read
