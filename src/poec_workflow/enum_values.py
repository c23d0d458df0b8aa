"""Members of enums given by their values: `Actor(kind="platform")` means `ActorKind.PLATFORM`; others are refused."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import TypeVar, cast

from poec_workflow.errors import Fault, Malformed

E = TypeVar("E", bound=StrEnum)


def member(kind: type[E], value: object) -> E:
    """The member with a value; any other value is returned unchanged, and `not_a_member` reports it."""
    try:
        return value if type(value) is kind else kind(cast("str", value))
    except ValueError:
        return cast("E", value)


def not_a_member(kind: type[E], value: object, place: str) -> Iterator[Fault]:
    """The fault of a value that is no member."""
    if not isinstance(value, kind):
        yield Fault(place, f"expected one of {', '.join(kind)}")


def must_be(kind: type[E], value: object, place: str) -> E:
    """The member with a value.

    Raises:
        Malformed: at `place`; there is no such member.
    """
    found = member(kind, value)
    if faults := tuple(not_a_member(kind, found, place)):
        raise Malformed(faults)
    return found
