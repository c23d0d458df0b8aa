"""Compile constructors of frozen values from expressions: what was checked already is not checked again.

The constructor of a frozen class pays for every field that it sets. The functions made here fill an unfrozen twin of
the class, with the same slots, which then becomes a value of the class: a quarter of the time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar, cast

from attrs import fields

T = TypeVar("T")


def constructor(
    cls: type[T],
    parameters: Sequence[str] | None = None,
    sources: Mapping[str, str] | None = None,
    names: Mapping[str, object] | None = None,
) -> Callable[..., T]:
    """Compile a function that makes a value; it calls no converter, no validator and no `__attrs_post_init__`.

    Args:
        cls: a frozen attrs class with slots, and without a slot for weak references.
        parameters: of the function; the fields of the class where None.
        sources: the expression of each field; that of a field without one is its name.
        names: what the expressions name besides the parameters.
    """
    fields_of = [each.name for each in fields(cast("Any", cls))]
    expressions = sources or {}
    lines = (
        f"def construct({', '.join(fields_of if parameters is None else parameters)}):",
        " value = new(twin)",
        *(f" value.{name} = {expressions.get(name, name)}" for name in fields_of),
        " value.__class__ = cls",
        " return value",
    )
    scope = {**(names or {}), "new": object.__new__, "twin": _unfrozen(cls), "cls": cls}
    exec("\n".join(lines), scope)  # noqa: S102 - of the names of fields, as attrs does
    made: Callable[..., T] = scope["construct"]  # type: ignore[assignment]
    return made


def _unfrozen(cls: Any) -> type[Any]:  # noqa: ANN401 - a class
    alike = {"__slots__": cls.__slots__, "__setattr__": object.__setattr__, "__delattr__": object.__delattr__}
    twin: type[Any] = type(cls)(cls.__name__, cls.__bases__, alike)
    return twin
