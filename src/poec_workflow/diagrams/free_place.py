"""A free place for a box, on a strip that arcs and other boxes may cross."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from poec_workflow.diagrams.boxes import Box, Point, Size

_STEPS = 16
"""Points of a Bézier curve, close enough together for nothing to pass between them."""
Span = tuple[float, float]


def free_places(
    size: Size, at: Point, paths: Iterable[Sequence[Point]], boxes: Iterable[Box], gap: float
) -> tuple[Box, Box]:
    """The boxes of a size that are free of everything, as little to the right of a point as can be, and to its left.

    Args:
        size: of the box.
        at: its upper left corner, where that place is free.
        paths: each a start and three points for every Bézier curve, as `Layout.paths`.
        boxes: what else may stand there.
        gap: the distance to keep, in pixels.
    """
    left, top = at
    width, height = size
    high, low = top - gap, top + height + gap
    taken = [span for path in paths for span in _spans(path, high, low)]
    taken += [(box.x, box.x + box.width) for box in boxes if box.y < low and high < box.y + box.height]
    right_of, left_of = left, left
    for start, end in sorted(taken):
        if start - gap < right_of + width and right_of < end + gap:
            right_of = end + gap
    for start, end in sorted(taken, key=lambda span: -span[1]):
        if start - gap < left_of + width and left_of < end + gap:
            left_of = start - gap - width
    return (
        Box(x=right_of, y=top, width=width, height=height),
        Box(x=left_of, y=top, width=width, height=height),
    )


def _spans(path: Sequence[Point], high: float, low: float) -> Iterator[Span]:
    """From where to where each piece of a path is on the strip."""
    for (x, y), (other_x, other_y) in pairwise(_points(path)):
        if min(y, other_y) < low and high < max(y, other_y):
            yield (min(x, other_x), max(x, other_x))


def _points(path: Sequence[Point]) -> Iterator[Point]:
    yield path[0]
    for start in range(0, len(path) - 3, 3):
        a, b, c, d = path[start : start + 4]
        for step in range(1, _STEPS + 1):
            t = step / _STEPS
            weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
            x, y = (sum(w * p[axis] for w, p in zip(weights, (a, b, c, d), strict=True)) for axis in (0, 1))
            yield (x, y)
    yield path[-1]
