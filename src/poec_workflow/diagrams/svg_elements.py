"""The elements of an SVG, as text."""

from __future__ import annotations

from xml.sax.saxutils import escape

from poec_workflow.diagrams.boxes import Box
from poec_workflow.diagrams.svg_paths import number


def text(words: str, x: float, y: float, size: float, class_: str, *, centred: bool = False) -> str:
    """A line of text; y is its base line."""
    anchor = ' text-anchor="middle"' if centred else ""
    place = f'x="{number(x)}" y="{number(y)}" font-size="{number(size)}"{anchor}'
    return f'<text class="{class_}" {place}>{escape(words)}</text>'


def rectangle(box: Box, class_: str, round_: float = 4) -> str:
    """A rectangle with round corners."""
    return (
        f'<rect class="{class_}" x="{number(box.x)}" y="{number(box.y)}" '
        f'width="{number(box.width)}" height="{number(box.height)}" rx="{number(round_)}"/>'
    )


def circle(x: float, y: float, radius: float, class_: str, id_: str = "") -> str:
    """A circle."""
    named = f' id="{id_}"' if id_ else ""
    return f'<circle class="{class_}"{named} cx="{number(x)}" cy="{number(y)}" r="{number(radius)}"/>'
