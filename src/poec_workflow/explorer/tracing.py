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


class _Source:
    """Where the fields of a traced value come from; each is computed when it is read."""

    __slots__ = ("assignment", "cls", "displayed", "hidden", "varied")

    def __init__(
        self,
        cls: type[Any],
        assignment: Assignment,
        varied: Mapping[str, Callable[[], Any]],
        displayed: Mapping[str, Any],
        hidden: Mapping[str, Any],
    ) -> None:
        self.cls, self.assignment = cls, assignment
        self.varied, self.displayed, self.hidden = varied, displayed, hidden

    def value(self, name: str) -> Any:  # noqa: ANN401 - any field
        """A field's value; reading a constant that the page does not display is recorded."""
        if name in self.varied:
            return self.varied[name]()
        if name in self.displayed:
            return self.displayed[name]
        attribute = _fields(cast("Any", self.cls)).get(name)
        if attribute is None:
            raise AttributeError(f"{self.cls.__name__} has no {name}")
        self.assignment.constant_reads.add(f"{self.cls.__name__}.{name}")
        return self.hidden[name] if name in self.hidden else _default(attribute)


class _Traced:
    """A value with empty slots: each field is computed when it is read."""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - any field
        source: _Source = self.__dict__["source"]
        return source.value(name)

    def __eq__(self, other: object) -> bool:
        return bool(materialized(self) == materialized(other))  # reads every field

    def __hash__(self) -> int:
        return hash(materialized(self))


@cache
def _fields(cls: Any) -> Mapping[str, Any]:  # noqa: ANN401 - a class, of a kind that is known at run time only
    return fields_dict(cls)


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
    traced_class = _traced_class(cast("Any", cls))
    value: T = traced_class.__new__(traced_class)
    object.__setattr__(value, "source", _Source(cls, assignment, varied, displayed or {}, hidden or {}))
    return value


class RealValues:
    """The real values of what is made from assignments, each made once for the same values of what is read."""

    def __init__(self, make: Callable[[Assignment], Any]) -> None:
        self._make = make
        self._reads: tuple[str, ...] = ()
        self._known: dict[tuple[Any, ...], Any] = {}

    def __call__(self, values: Mapping[str, Any]) -> Any:  # noqa: ANN401 - any value
        """The real value for the dimensions' values."""
        key = tuple(values[name] for name in self._reads)
        if key in self._known:
            return self._known[key]
        assignment = Assignment(values)
        value = materialized(self._make(assignment))
        if more := assignment.reads.difference(self._reads):
            # What was made before may depend on it too.
            self._reads, self._known = (*self._reads, *sorted(more)), {}
            key = tuple(values[name] for name in self._reads)
        self._known[key] = value
        return value


def _default(attribute: Any) -> Any:  # noqa: ANN401 - an attrs attribute
    default = attribute.default
    return default.factory() if hasattr(default, "factory") else default


def materialized(value: Any) -> Any:  # noqa: ANN401 - any value
    """The real value behind a traced one, every field read."""
    if isinstance(value, _Traced):
        source: _Source = value.__dict__["source"]
        return source.cls(**{name: materialized(source.value(name)) for name in _fields(cast("Any", source.cls))})
    return tuple(map(materialized, value)) if isinstance(value, tuple) else value
