"""A failing list is made short: whatever can be left out is left out, and it still fails in the same way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

T = TypeVar("T")


def minimized(items: Sequence[T], fails: Callable[[Sequence[T]], bool], simpler: Callable[[T], Iterable[T]]) -> list[T]:
    """Shorten a failing list, replace each item by the simplest that still fails, and shorten again.

    Args:
        items: they fail.
        fails: whether a part of them does.
        simpler: what an item may be replaced by, the simplest first.

    >>> minimized([7, 5, 9], lambda part: sum(part) > 6, lambda number: range(number))
    [7]
    """
    kept = shortened(items, fails)
    for index, item in enumerate(kept):
        for each in simpler(item):
            changed = [*kept[:index], each, *kept[index + 1 :]]
            if fails(changed):
                return minimized(changed, fails, simpler)
    return kept


def shortened(items: Sequence[T], fails: Callable[[Sequence[T]], bool]) -> list[T]:
    """Return a part of a failing list, in order, that fails and of which no single item can be left out.

    Chunks are left out from the end, where what is left out matters least; half of the list first, single items last.

    >>> shortened(list("needle in a haystack"), lambda part: "n" in part and "k" in part)
    ['n', 'k']
    """
    kept, size = list(items), max(len(items) // 2, 1)
    while True:
        length = len(kept)
        for end in range(length, 0, -size):
            part = kept[: max(end - size, 0)] + kept[end:]
            if len(part) < len(kept) and fails(part):
                kept = part
        if size == 1 and len(kept) == length:
            return kept
        size = max(size // 2, 1)
