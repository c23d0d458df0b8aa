"""Labels as blocks of lines, and their sizes."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from attrs import frozen

from poec_workflow.diagrams.graph import Edge
from poec_workflow.diagrams.labels import Line, Part, lines
from poec_workflow.diagrams.statechart import Rows
from poec_workflow.diagrams.text_metrics import width, wrapped

SMALL = 11.0
TINY = 10.0
SIZES = {Part.COMMAND: SMALL, Part.CONDITION: SMALL, Part.ACTOR: TINY, Part.CODE: TINY}
"""The font's size, in pixels, of each part of a label."""
WIDEST = 125.0
"""The width at which a label is wrapped."""
LEADING = 1.35
_BETWEEN = 3.0


@frozen
class RowBlock:
    """One row's label, broken into lines."""

    edges: tuple[Edge, ...]
    lines: tuple[Line, ...]

    @property
    def height(self) -> float:
        """The height of its lines."""
        return sum(SIZES[line.part] * LEADING for line in self.lines)

    @property
    def width(self) -> float:
        """The width of its longest line."""
        return max(width(line.text, SIZES[line.part]) for line in self.lines)


@frozen
class Block:
    """Rows, one below the other."""

    rows: tuple[RowBlock, ...]

    @property
    def size(self) -> tuple[float, float]:
        """Width and height; (0, 0) without rows."""
        if not self.rows:
            return (0.0, 0.0)
        height = sum(row.height for row in self.rows) + _BETWEEN * (len(self.rows) - 1)
        return (max(row.width for row in self.rows), height)

    def tops(self, top: float) -> tuple[float, ...]:
        """Where each row begins, when the block begins at `top`."""
        tops = []
        for row in self.rows:
            tops.append(top)
            top += row.height + _BETWEEN
        return tuple(tops)


def block(rows: Rows, show: Collection[str], widest: float = WIDEST) -> Block:
    """The labels of several rows, one below the other."""
    return Block(
        tuple(
            RowBlock(
                row,
                tuple(Line(line.part, text) for line in lines(row, show) for text in _wrapped(line, widest)),
            )
            for row in rows
        )
    )


def _wrapped(line: Line, widest: float) -> Iterator[str]:
    if line.part is Part.CODE:
        return iter([line.text])
    return wrapped(line.text, SIZES[line.part], widest)
