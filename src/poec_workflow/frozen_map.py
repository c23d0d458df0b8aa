"""A mapping that nobody can change: a `dict` for reading, hashable where its values are, and it survives pickling."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn, TypeVar

K = TypeVar("K")
V = TypeVar("V")


def frozen_copy(value: Mapping[str, str]) -> Mapping[str, str]:
    """A copy of texts by name that their giver can no longer change; anything else unchanged, for a check to report."""
    given: object = value
    return FrozenMap(given) if isinstance(given, Mapping) and type(given) is not FrozenMap else value


class FrozenMap(dict[K, V]):
    """A copy of a mapping, as a value. Its hash needs hashable values; equality does not."""

    __slots__ = ()

    def _refuse(self, *_arguments: object, **_named: object) -> NoReturn:
        raise TypeError(f"a {type(self).__name__} can't be changed")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))

    def __reduce__(self) -> tuple[type[FrozenMap[K, V]], tuple[dict[K, V]]]:
        return FrozenMap, (dict(self),)
