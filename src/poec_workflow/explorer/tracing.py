"""Values that record which facts a policy reads.

An *assignment* gives each dimension a value. A subject, facts and a command traced from it behave like real ones, but
read the assignment only when a policy reads them. So the policy itself shows what its answer depends on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeVar, cast

from attrs import fields_dict

T = TypeVar("T")


class Assignment:
    """A value for every dimension, and a record of what was read.

    Attributes:
        reads: the dimensions that were read.
        constant_reads: what was read and is the same in every assignment, as `TrainingSession.place`.
    """

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values
        self.reads: set[str] = set()
        self.constant_reads: set[str] = set()

    def __getitem__(self, dimension: str) -> Any:  # noqa: ANN401 - each dimension has a type of its own
        self.reads.add(dimension)
        return self.values[dimension]


class _TracedType(type):
    """A class that is looked up like the one it traces: `decide` finds permissions and rows by the command's class."""

    real: type

    def __eq__(cls, other: object) -> bool:
        return other is cls.real or other is cls

    def __hash__(cls) -> int:
        return hash(cls.real)


class _Traced:
    """A value with empty slots: each field is computed when it is read."""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - any field
        getters: Mapping[str, Callable[[], Any]] = self.__dict__["getters"]
        if name not in getters:
            raise AttributeError(f"{type(self).__name__} has no {name}")
        return getters[name]()

    def __eq__(self, other: object) -> bool:
        return bool(materialized(self) == materialized(other))  # reads every field

    def __hash__(self) -> int:
        return hash(materialized(self))


@cache
def _traced_class(cls: Any) -> Any:  # noqa: ANN401 - a class, of a kind that is known at run time only
    return _TracedType(cls.__name__, (_Traced, cls), {"__doc__": cls.__doc__, "real": cls})


def traced(
    cls: type[T],
    assignment: Assignment,
    varied: Mapping[str, Callable[[], Any]],
    *,
    displayed: Mapping[str, Any] | None = None,
    hidden: Mapping[str, Any] | None = None,
) -> T:
    """A traced value of an attrs class.

    Args:
        cls: its class.
        assignment: records what is read.
        varied: fields that are computed from the assignment when they are read.
        displayed: constants that the page displays; reading one is not recorded.
        hidden: constants that the page does not display. Reading one is recorded in `constant_reads`, and so is
            reading a field that is not given and has its default.
    """

    def constant(value: object) -> Callable[[], Any]:
        return lambda: value

    def recorded(name: str, attribute: Any) -> Callable[[], Any]:  # noqa: ANN401 - an attrs attribute
        def get() -> object:
            assignment.constant_reads.add(f"{cls.__name__}.{name}")
            return hidden[name] if hidden and name in hidden else _default(attribute)

        return get

    getters = {
        **{name: recorded(name, attribute) for name, attribute in fields_dict(cast("Any", cls)).items()},
        **{name: constant(value) for name, value in (displayed or {}).items()},
        **varied,
    }
    traced_class = _traced_class(cast("Any", cls))
    value: T = traced_class.__new__(traced_class)
    object.__setattr__(value, "getters", getters)
    return value


def _default(attribute: Any) -> Any:  # noqa: ANN401 - an attrs attribute
    default = attribute.default
    return default.factory() if hasattr(default, "factory") else default


def materialized(value: Any) -> Any:  # noqa: ANN401 - any value
    """The real value behind a traced one, every field read."""
    if isinstance(value, _Traced):
        getters: Mapping[str, Callable[[], Any]] = value.__dict__["getters"]
        return type(value).real(**{name: materialized(get()) for name, get in getters.items()})  # type: ignore[attr-defined]
    return tuple(map(materialized, value)) if isinstance(value, tuple) else value
