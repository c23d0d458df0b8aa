"""Values ⇄ JSON, strictly as the wire format says; all faults are reported at once, each with its place.

`to_dict` and `from_dict` are for JSON-ready data, `to_json` and `from_json` for text. Dates are `YYYY-MM-DD` with
years 1900 to 2999, instants RFC 3339 with an offset, decimals strings, integers within ±2³¹.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import fields_dict

from poec_workflow.commands import Command, CreateAction, CreateSession, Request
from poec_workflow.errors import Fault, Malformed
from poec_workflow.history import HistoryEntry
from poec_workflow.model import Actor
from poec_workflow.serialization.conformance import conforms
from poec_workflow.serialization.object_writer import WriteText, members_of, text_writer, text_writers
from poec_workflow.serialization.parsing import duplicates, parse
from poec_workflow.serialization.scalars import ANY_TEXT, read_text

if TYPE_CHECKING:
    from cattrs import Converter

T = TypeVar("T")

_read_text = read_text(ANY_TEXT)

LONGEST_LINE = 2 * 1_048_576
"""Bytes of a journal line: the longest texts of any command, each character escaped, take some 1.2 million."""


def from_json(text: str | bytes, cls: type[T]) -> T:
    """The value that a JSON text says; a page says of what, as in `from_json(text, Page[ApplicationRow])`.

    Raises:
        Malformed: with every fault.
    """
    data = parse(text)
    return _structured(data, cls, duplicates(data))


def from_dict(data: object, cls: type[T]) -> T:
    """The value that JSON-ready data says.

    Raises:
        Malformed: with every fault.
    """
    if cls is not str:
        return _structured(data, cls, ())
    # What a reading names is a text, and reading figures needs no more of cattrs than this.
    try:
        return cast("T", _read_text(data, str))
    except ValueError as error:
        raise Malformed.at("$", str(error)) from None


def journal_line(line: str | bytes, *, dated: bool = True) -> Request:
    """One line of a journal; `dated` requires its `at`.

    Raises:
        Malformed: with every fault.
    """
    if len(line.rstrip()) > LONGEST_LINE:
        raise Malformed.at("$", f"longer than {LONGEST_LINE} bytes")
    data = parse(line)
    undated = dated and isinstance(data, dict) and data.get("at") is None
    missing = [Fault("$.at", "required")] if undated else []
    return _structured(data, Request, [*missing, *duplicates(data)])


def well_formed(value: T, cls: type[T]) -> T:
    """A value as it is, if it certainly conforms to the wire format; else as it is written and read back.

    Raises:
        Malformed: it could not be written as JSON and read back.
    """
    if type(value) is cls and conforms(value):
        return value
    return _read_back(value, cls)


def checked(request: Request) -> Request:
    """Check a request against the wire format, unless it was read from it or certainly conforms to it.

    Raises:
        Malformed: it is no request, or a value of it could not be written as JSON and read back.
    """
    given: object = request
    if not isinstance(given, Request):
        from poec_workflow.serialization.python_faults import shown  # noqa: PLC0415 - for who gave a wrong value

        raise Malformed.at("$", f"expected Request, not {shown(given)}")
    if getattr(request, "well_formed", False) or conforms(request):
        return request
    return _read_back(request, Request)


def _read_back(value: object, cls: type[T]) -> T:
    """A value as it is written and read back.

    Raises:
        Malformed: it can't be, said in Python's words.
    """
    try:
        return from_dict(to_dict(value), cls)
    except RecursionError:
        raise Malformed.at("$", "nested too deeply") from None
    except Malformed as error:
        from poec_workflow.serialization.python_faults import in_python  # noqa: PLC0415 - for who gave a wrong value

        raise in_python(error, value, cls) from None


# cattrs is loaded at the first value: a service that starts, or a command that only reads figures, needs none.


@cache
def _converter() -> Converter:
    from poec_workflow.serialization.converter import make_converter  # noqa: PLC0415

    return make_converter()


def _structured(data: object, cls: type[T], known: Iterable[Fault]) -> T:
    from poec_workflow.serialization.converter import structured  # noqa: PLC0415

    value = structured(_converter(), data, cls, known)
    if type(value) is Request:
        object.__setattr__(value, "well_formed", True)
    return value


def to_json(value: object) -> str:
    """A value as JSON text."""
    return _text_writers()[type(value)](value)


@cache
def _text_writers() -> Mapping[type, WriteText]:
    from poec_workflow.serialization.history_entries import entry_writer  # noqa: PLC0415

    writers = text_writers(to_dict)
    writers[HistoryEntry] = entry_writer(lambda members: text_writer(members, writers))
    return writers


def to_dict(value: object) -> Any:  # noqa: ANN401 - JSON
    """A value as JSON-ready data: null for what is absent."""
    return _converter().unstructure(value)


def digest(command: Command, actor: Actor) -> str:
    """What a key stands for: the command with its defaults, and the actor's kind and organisation.

    Fields that the first release did not have are left out where all have their defaults: its receipts stay valid.
    """
    import hashlib  # noqa: PLC0415

    data = (command, actor.kind, actor.organization)
    return hashlib.sha256(_canonical_writers()[tuple](data).encode()).hexdigest()


@cache
def _canonical_writers() -> Mapping[type, WriteText]:
    writers = text_writers(to_dict, canonical=True)
    for cls, names in _ADDED.items():
        writers[cls] = _without_defaults(writers[cls], cls, names, writers)
    return writers


_ADDED: Mapping[type[Command], tuple[str, ...]] = {
    CreateAction: ("kind",),
    CreateSession: ("session_type", "market", "measure"),
}


def _without_defaults(
    whole: WriteText, cls: type[Any], names: tuple[str, ...], writers: Mapping[type, WriteText]
) -> WriteText:
    before = {name: each for name, each in sorted(members_of(cls).items()) if name not in names}
    short = text_writer(before, writers)
    defaults = tuple(fields_dict(cls)[name].default for name in names)
    return lambda value: short(value) if tuple(getattr(value, name) for name in names) == defaults else whole(value)
