"""A property that is computed once, without the lock of `functools.cached_property`, which costs more than most do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar, cast

T = TypeVar("T")


class lazy_property(Generic[T]):  # noqa: N801 - a decorator
    """Computed when it is first read, then kept in the instance, which must not be slotted."""

    def __init__(self, compute: Callable[[Any], T]) -> None:
        self._compute, self._name = compute, compute.__name__
        self.__doc__ = compute.__doc__

    def __get__(self, instance: object, owner: object = None) -> T:
        if instance is None:
            return cast("T", self)
        value = instance.__dict__[self._name] = self._compute(instance)
        return value
