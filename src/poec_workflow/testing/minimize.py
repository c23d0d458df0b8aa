"""Minimize a failing list: leave out what can be left out, and simplify the rest, as long as it fails."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

T = TypeVar("T")


def minimized(
    items: Sequence[T], fails: Callable[[Sequence[T]], bool], simpler: Callable[[Sequence[T]], Iterable[Sequence[T]]]
) -> Sequence[T]:
    """Shorten a failing list, take the first simpler list that still fails, and begin again.

    Args:
        items: they fail.
        fails: whether a list does.
        simpler: what a list may be replaced by, the simplest first; none of what it leads to leads back.

    >>> minimized([7, 5, 9], lambda part: sum(part) > 6, lambda part: [[each - 1 for each in part]])
    [7]
    """
    kept = shortened(items, fails)
    return next((minimized(each, fails, simpler) for each in simpler(kept) if fails(each)), kept)


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
