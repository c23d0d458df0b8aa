"""Every value of the package, well formed in the sense of the wire format, read off its fields."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from datetime import time as clock_time
from decimal import Decimal
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import attrs
from hypothesis import strategies as st

from poec_workflow.commands import COMMANDS, Command, Request
from poec_workflow.errors import Malformed
from poec_workflow.events import EVENTS, Event
from poec_workflow.history import HistoryEntry
from poec_workflow.model import Actor, TextLength

T = TypeVar("T")
C = TypeVar("C", bound=Command)

_SHORT = 12
"""Texts are short, and for one in some as long as they may be."""
_CHARACTERS = st.characters(codec="utf-8", exclude_characters="\0")
_PLAIN = st.sampled_from("abé-1 Œ'")
_LIMIT = 2**31


def texts(least: int = 0, most: int = 10_000) -> st.SearchStrategy[str]:
    """Texts of a length; the longest ones too."""
    plain = st.text(_PLAIN, min_size=least, max_size=min(_SHORT, most))
    odd = st.text(_CHARACTERS, min_size=least, max_size=min(_SHORT, most))
    longest = st.just(most).map(lambda length: "é" * length)
    return st.one_of(*[plain] * 12, *[odd] * 4, longest)


def references() -> st.SearchStrategy[str]:
    """References: 1 to 64 characters."""
    return texts(1, 64)


def days() -> st.SearchStrategy[date]:
    """Days that the wire format can say, towards the season of the pages."""
    near = st.integers(0, 400).map(lambda ahead: date(2021, 11, 2) + timedelta(days=ahead))
    return near | st.dates(date(1900, 1, 1), date(2999, 12, 31))


def instants() -> st.SearchStrategy[datetime]:
    """Aware instants, with any offset that RFC 3339 has."""
    offsets: st.SearchStrategy[tzinfo] = st.just(UTC) | st.integers(-23 * 60, 23 * 60).map(
        lambda minutes: timezone(timedelta(minutes=minutes))
    )
    # A day from either end, so that no offset leads out of the years that can be written.
    return st.datetimes(datetime(1900, 1, 2), datetime(2999, 12, 30), timezones=offsets)  # noqa: DTZ001 - `timezones`


def hours() -> st.SearchStrategy[Decimal]:
    """Decimals of up to four digits before the point, and two after it."""
    return st.integers(-999_999, 999_999).map(lambda hundredths: Decimal(hundredths) / 100)


def times() -> st.SearchStrategy[clock_time]:
    """Times to the minute."""
    return st.builds(clock_time, st.integers(0, 23), st.integers(0, 59))


_OF: Mapping[object, st.SearchStrategy[Any]] = {
    str: texts(),
    int: st.integers(0, 5) | st.integers(-_LIMIT, _LIMIT),
    bool: st.booleans(),
    date: days(),
    datetime: instants(),
    clock_time: times(),
    Decimal: hours(),
    NoneType: st.none(),
}


def values(cls: type[T]) -> st.SearchStrategy[T]:
    """Values of a class, as `Application`, `commands.Convoke` or `HistoryEntry`.

    Each field is well formed for itself; what a state and its fields have to do with one another is the business of
    `journals`.
    """
    if cls is Actor:
        return cast("st.SearchStrategy[T]", actors())
    return cast("st.SearchStrategy[T]", _of_class(cast("Any", cls)))


def actors() -> st.SearchStrategy[Actor]:
    """Actors of every kind, with what their kind requires."""
    return _of_class(Actor).map(_as_actor)


def commands(*kinds: type[C]) -> st.SearchStrategy[C]:
    """Commands, well formed, of any type or of some; most of them anybody would refuse."""
    chosen: Any = kinds or tuple(COMMANDS.values())
    return st.one_of([values(each) for each in chosen])


def events(*kinds: type[Event[Any]]) -> st.SearchStrategy[Event[Any]]:
    """Events, of any type or of some."""
    return st.one_of([values(each) for each in kinds or tuple(EVENTS.values())])


def requests() -> st.SearchStrategy[Request]:
    """Lines of a journal: a command, an actor, an instant, perhaps a key and an expected version."""
    return st.builds(
        Request,
        command=commands(),
        actor=actors(),
        key=st.none() | texts(),
        expected_version=st.none() | st.integers(0, 9),
        at=instants(),
    )


@cache
def _of_class(cls: type[Any]) -> st.SearchStrategy[Any]:
    if cls is Actor:
        fields = {each.name: _of(hint) for each, hint in _fields(cls)}
        return st.fixed_dictionaries(fields)
    built = st.builds(cls, **{each.name: _of(hint) for each, hint in _fields(cls)})
    return built.map(_of_one_kind) if cls is HistoryEntry else built


def _of_one_kind(entry: HistoryEntry) -> HistoryEntry:
    """The state before is one of the event's own subject."""
    fits = isinstance(entry.from_state, type(entry.event.state))
    return entry if fits else attrs.evolve(entry, from_state=None)


def _as_actor(fields: dict[str, Any]) -> Actor:
    """What its kind requires is there: who nobody was drawn for gets a name."""
    try:
        return Actor(**fields)
    except Malformed:
        return Actor(**{**fields, "organization": "AFEC", "candidate": "P-1"})


def _fields(cls: type[Any]) -> list[tuple[attrs.Attribute[Any], Any]]:
    hints = get_type_hints(cls, include_extras=True)
    return [(each, hints[each.name]) for each in attrs.fields(cls) if each.init]


def _of(hint: Any) -> st.SearchStrategy[Any]:  # noqa: ANN401, PLR0911 - an annotation; each shape has its answer
    """What fits an annotation of the package's values."""
    origin, args = get_origin(hint), get_args(hint)
    if origin is Annotated:
        limits = next(each for each in args if isinstance(each, TextLength))
        return texts(limits.least, limits.most)
    if origin in (Union, UnionType):
        # The simplest first: absent, where a field may be.
        return st.one_of([_of(each) for each in sorted(args, key=lambda each: each is not NoneType)])
    if origin is tuple:
        return st.lists(_of(args[0]), max_size=3).map(tuple)
    if origin is not None and issubclass(origin, Mapping):
        return st.dictionaries(_of(args[0]), _of(args[1]) if args[1] is not Any else texts(), max_size=3)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(hint)
    if isinstance(hint, type) and issubclass(hint, Event):
        return st.one_of([_of_class(cast("Any", each)) for each in EVENTS.values() if issubclass(each, hint)])
    if isinstance(hint, type) and attrs.has(hint):
        return actors() if hint is Actor else _of_class(hint)
    return _OF[hint]
