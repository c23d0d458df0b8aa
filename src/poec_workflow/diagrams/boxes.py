"""Points, sizes and boxes of a drawing, in pixels; y grows downwards."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

Point = tuple[float, float]
Size = tuple[float, float]


@frozen(kw_only=True)
class Box:
    """A rectangle: its corner at the top left, and its size."""

    x: float
    y: float
    width: float
    height: float

    @property
    def corners(self) -> tuple[Point, Point]:
        """The upper left and the lower right one."""
        return ((self.x, self.y), (self.x + self.width, self.y + self.height))

    def overlaps(self, other: Box) -> bool:
        """Whether they share more than an edge."""
        (left, top), (right, low) = self.corners
        (other_left, other_top), (other_right, other_low) = other.corners
        return left < other_right and other_left < right and top < other_low and other_top < low


def bounding_box(points: Sequence[Point]) -> Box:
    """The rectangle around some points; it contains the Bézier curves of these points."""
    left, top = (min(point[axis] for point in points) for axis in (0, 1))
    right, low = (max(point[axis] for point in points) for axis in (0, 1))
    return Box(x=left, y=top, width=right - left, height=low - top)
