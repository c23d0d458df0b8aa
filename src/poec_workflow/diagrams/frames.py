"""The frame around some states, and its header: placed after the layout, for dot knows nothing of what is written."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from attrs import frozen

from poec_workflow.diagrams.boxes import Box, Point, Size, bounding_box
from poec_workflow.diagrams.free_place import free_places

MARGIN = 12.0
"""Between the border and what is in it, in pixels."""


@frozen
class Frame:
    """A frame before the layout.

    Attributes:
        around: the names of its boxes.
        header: the size of what stands in its upper left corner, or beside the arcs that come in there.
    """

    around: Collection[str]
    header: Size


@frozen(kw_only=True)
class Surroundings:
    """What is drawn besides the frame, as in `Layout`, and the names of the arcs that belong into it."""

    boxes: Mapping[str, Box]
    paths: Mapping[str, Sequence[Point]]
    labels: Mapping[str, Box]
    within: Collection[str]


def placed(frame: Frame, border: Box, others: Surroundings) -> tuple[Box, Box]:
    """The frame's border and its header.

    Args:
        frame: which.
        border: what dot drew around its boxes, with room for the header on top.
        others: what is drawn besides.
    """
    labels = others.labels.values()
    border = _widened(border, others)
    at = (border.x + MARGIN, border.y + MARGIN / 2)
    places = free_places(frame.header, at, others.paths.values(), (*others.boxes.values(), *labels), MARGIN)
    borders = [(_around(border, [place]), place) for place in places]
    return min(borders, key=lambda each: _cut(each[0], labels))


def _widened(border: Box, others: Surroundings) -> Box:
    """The frame, widened to the arcs in it and their labels, which dot does not count; it cuts no label in two."""
    labels = [others.labels[name] for name in others.within]
    border = _around(border, labels, [x for name in others.within for x, _ in others.paths[name]])
    return _around(border, [label for label in others.labels.values() if border.overlaps(label)])


def _cut(border: Box, labels: Collection[Box]) -> int:
    """How many labels a frame would cut in two."""
    return sum(border.overlaps(label) and bounding_box([*border.corners, *label.corners]) != border for label in labels)


def _around(border: Box, boxes: Collection[Box], sides: Collection[float] = ()) -> Box:
    """The frame, widened to some boxes and places, and a margin."""
    sides = [*sides, *(x for box in boxes for x, _ in box.corners)]
    left = min([border.x, *(each - MARGIN / 2 for each in sides)])
    right = max([border.x + border.width, *(each + MARGIN / 2 for each in sides)])
    return Box(x=left, y=border.y, width=right - left, height=border.height)
