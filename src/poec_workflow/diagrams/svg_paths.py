"""SVG paths of arcs: a curve and an arrowhead."""

from __future__ import annotations

from collections.abc import Sequence
from math import hypot

from poec_workflow.diagrams.boxes import Point

_LENGTH = 8.0
"""Of an arrow's head, in pixels."""
_SLOPE = 0.4


def number(value: float) -> str:
    """To a tenth of a pixel, the same on every machine."""
    return f"{round(value, 1) + 0.0:.1f}".removesuffix(".0")  # + 0.0: there is no minus zero


def curve(path: Sequence[Point]) -> str:
    """Bézier curves, and a straight line into the arrow's head.

    Args:
        path: a start, three points for every curve, and the tip.
    """
    (x, y), (along_x, along_y) = _direction(path)
    end = (x - along_x * _LENGTH / 2, y - along_y * _LENGTH / 2)
    return f"M{_at(path[0])} C{' '.join(map(_at, path[1:-1]))} L{_at(end)}"


def arrowhead(path: Sequence[Point]) -> str:
    """The arrowhead, as the points of a triangle."""
    (x, y), (along_x, along_y) = _direction(path)
    base = (x - along_x * _LENGTH, y - along_y * _LENGTH)
    across = (along_y * _LENGTH * _SLOPE, -along_x * _LENGTH * _SLOPE)
    corners = ((x, y), (base[0] - across[0], base[1] - across[1]), (base[0] + across[0], base[1] + across[1]))
    return " ".join(map(_at, corners))


def _direction(path: Sequence[Point]) -> tuple[Point, Point]:
    """The tip, and the unit vector that leads to it."""
    (x, y), (tip_x, tip_y) = path[-2:]
    length = hypot(tip_x - x, tip_y - y)
    return (tip_x, tip_y), ((tip_x - x) / length, (tip_y - y) / length)


def _at(point: Point) -> str:
    return f"{number(point[0])},{number(point[1])}"
