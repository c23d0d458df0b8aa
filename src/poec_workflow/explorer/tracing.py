"""Values that note which facts were looked at.

A *situation* chooses one option of every dimension. Made of it, a lazy subject, facts and command answer like real
ones, and read the situation only where a policy looks. So a policy itself says what it depends on, and where it
looks at something that the page does not vary.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeVar, cast

from attrs import fields_dict

T = TypeVar("T")


class Situation:
    """An option of every dimension, and what was looked at.

    Attributes:
        seen: the dimensions that were looked at.
        aside: what was looked at and is the same in every situation, as `TrainingSession.place`.
    """

    def __init__(self, options: Mapping[str, Any]) -> None:
        self.options = options
        self.seen: set[str] = set()
        self.aside: set[str] = set()

    def __getitem__(self, dimension: str) -> Any:  # noqa: ANN401 - each dimension has a type of its own
        self.seen.add(dimension)
        return self.options[dimension]


class _Lazy:
    """A value whose slots stay empty: whatever is looked at is worked out then."""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - any field
        lazily: Mapping[str, Callable[[], Any]] = self.__dict__["lazily"]
        if name not in lazily:
            raise AttributeError(f"{type(self).__name__} has no {name}")
        return lazily[name]()

    def __eq__(self, other: object) -> bool:
        return bool(solid(self) == solid(other))  # which looks at everything

    def __hash__(self) -> int:
        return hash(solid(self))


@cache
def _lazy_class(cls: Any) -> Any:  # noqa: ANN401 - a class, of a kind that is known at run time only
    return type(cls.__name__, (_Lazy, cls), {"__doc__": cls.__doc__, "real": cls})


def lazy(
    cls: type[T],
    situation: Situation,
    varied: Mapping[str, Callable[[], Any]],
    *,
    shown: Mapping[str, Any] | None = None,
    still: Mapping[str, Any] | None = None,
) -> T:
    """A value of an attrs class.

    Args:
        cls: its class.
        situation: what notes.
        varied: fields that are read off the situation when they are looked at.
        shown: fields that are the same in every situation, and that the page shows.
        still: fields that are the same and not shown: looking at one is noted as aside, as for those that are not
            given and have their default.
    """

    def known(value: object) -> Callable[[], Any]:
        return lambda: value

    def aside(name: str, attribute: Any) -> Callable[[], Any]:  # noqa: ANN401 - an attrs attribute
        def look() -> object:
            situation.aside.add(f"{cls.__name__}.{name}")
            return still[name] if still and name in still else _default(attribute)

        return look

    fields = {
        **{name: aside(name, attribute) for name, attribute in fields_dict(cast("Any", cls)).items()},
        **{name: known(value) for name, value in (shown or {}).items()},
        **varied,
    }
    kind = _lazy_class(cast("Any", cls))
    made: T = kind.__new__(kind)
    object.__setattr__(made, "lazily", fields)
    return made


def _default(attribute: Any) -> Any:  # noqa: ANN401 - an attrs attribute
    default = attribute.default
    return default.factory() if hasattr(default, "factory") else default


def solid(value: Any) -> Any:  # noqa: ANN401 - any value
    """The real value that a lazy one stands for, everything looked at."""
    if isinstance(value, _Lazy):
        lazily: Mapping[str, Callable[[], Any]] = value.__dict__["lazily"]
        return type(value).real(**{name: solid(look()) for name, look in lazily.items()})  # type: ignore[attr-defined]
    return tuple(map(solid, value)) if isinstance(value, tuple) else value
