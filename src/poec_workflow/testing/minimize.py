"""A failing list made short: whatever can be left out is left out, and it still fails in the same way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

T = TypeVar("T")


def simplified(
    items: Sequence[T], fails: Callable[[Sequence[T]], bool], simpler: Callable[[T], Iterable[T]]
) -> list[T]:
    """A failing part, shortened, with each item the simplest that still fails, and shortened again.

    Args:
        items: they fail.
        fails: whether a part does.
        simpler: what an item may be replaced by, the simplest first.

    >>> simplified([7, 5, 9], lambda part: sum(part) > 6, lambda number: range(number))
    [7]
    """
    kept = shortened(items, fails)
    for index, item in enumerate(kept):
        for each in simpler(item):
            changed = [*kept[:index], each, *kept[index + 1 :]]
            if fails(changed):
                return simplified(changed, fails, simpler)
    return kept


def shortened(items: Sequence[T], fails: Callable[[Sequence[T]], bool]) -> list[T]:
    """A part of the items, in order, that fails and of which no single one can be left out.

    Args:
        items: they fail.
        fails: whether a part does.

    >>> shortened(list("needle in a haystack"), lambda part: "n" in part and "k" in part)
    ['n', 'k']
    """
    kept = list(items)
    size = max(len(kept) // 2, 1)
    while True:
        shorter = _without_chunks(kept, size, fails)
        if size == 1 and len(shorter) == len(kept):
            return kept
        kept = shorter
        size = max(size // 2, 1)


def _without_chunks(items: list[T], size: int, fails: Callable[[Sequence[T]], bool]) -> list[T]:
    """The items without the chunks that it fails without, from the end, where what is left out matters least."""
    kept = items
    for end in range(len(items), 0, -size):
        part = kept[: max(end - size, 0)] + kept[end:]
        if len(part) < len(kept) and fails(part):
            kept = part
    return kept
