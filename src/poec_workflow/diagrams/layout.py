"""Where everything of a statechart goes: Graphviz's `dot`, in the wheel of pygraphviz, which needs no program.

It is given boxes whose sizes are known, never a text, so that no font of the machine changes where things go. It needs
the extra `diagrams`; only the SVG renderer loads it, and only when it draws.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from threading import Lock
from typing import Any

from attrs import frozen

Point = tuple[float, float]
Size = tuple[float, float]

_ONE_AT_A_TIME = Lock()  # Graphviz keeps its state in the process.
_FRAME_MARGIN = 12
_SCALE = 72  # Graphviz measures nodes in inches, and everything else in points: our pixels.


@frozen(kw_only=True)
class Link:
    """An arc to be laid out.

    Attributes:
        name: its own.
        ends: the names of two boxes.
        label: the size of what stands on it.
        framed: whether it starts from the frame's border.
        inside: whether it and its label keep inside the frame as far down as they can.
    """

    name: str
    ends: tuple[str, str]
    label: Size
    framed: bool = False
    inside: bool = False


@frozen(kw_only=True)
class Box:
    """A rectangle: its corner at the top left, and its size."""

    x: float
    y: float
    width: float
    height: float


@frozen(kw_only=True)
class Placed:
    """A layout.

    Attributes:
        size: of the whole.
        boxes: each one's, by its name.
        frame: the frame's, where there is one.
        paths: each arc's: a start, then three points for every Bézier curve; the last is the arrow's tip.
        labels: each arc's label.
    """

    size: Size
    boxes: Mapping[str, Box]
    frame: Box | None
    paths: Mapping[str, tuple[Point, ...]]
    labels: Mapping[str, Box]


def placed(boxes: Mapping[str, Size], frame: Collection[str], header: Size, links: Sequence[Link]) -> Placed:
    """Lay boxes, a frame around some of them, and arcs out, from top to bottom.

    Args:
        boxes: the size of each, by its name.
        frame: the names of those in the frame; none: there is no frame.
        header: the size of what stands in the frame's upper left corner.
        links: the arcs.

    Raises:
        ImportError: the extra `diagrams` is not installed.
    """
    try:
        # An extra, and one that takes its time to load; it has no types.
        import pygraphviz  # type: ignore[import-untyped]  # noqa: PLC0415
    except ImportError as error:
        raise ImportError("an SVG needs pygraphviz: pip install 'poec-workflow[diagrams]'") from error
    with _ONE_AT_A_TIME:
        drawing = pygraphviz.AGraph(string="\n".join(_asked(boxes, frame, header, links)))
        found = json.loads(drawing.draw(format="json0", prog="dot"))
    return _read(found, frame, links)


def _asked(boxes: Mapping[str, Size], frame: Collection[str], header: Size, links: Sequence[Link]) -> Iterator[str]:
    yield "digraph { compound=true nodesep=0.22 ranksep=0.3"
    yield 'node [shape=box fixedsize=true label=""]'
    if frame:
        yield f"subgraph cluster_frame {{ margin={_FRAME_MARGIN} labeljust=l label={_blank(header)}"
        yield from (f'"{name}"' for name in frame)
        yield from (f'"{_turn(link)}" [width=0.01 height=0.01]' for link in links if link.inside)
        yield "}"
    for name, (width, height) in boxes.items():
        yield f'"{name}" [width={width / _SCALE:.4f} height={height / _SCALE:.4f}]'
    for link in links:
        yield from _arc(link)
    yield "}"


def _arc(link: Link) -> Iterator[str]:
    source, target = link.ends
    label = f"label={_blank(link.label)}"
    if link.inside:
        yield f'"{source}" -> "{_turn(link)}" [class="{link.name}" {label} dir=none]'
        yield f'"{_turn(link)}" -> "{target}" [class="{link.name}"]'
    else:
        tail = "ltail=cluster_frame" if link.framed else ""
        yield f'"{source}" -> "{target}" [class="{link.name}" {label} {tail}]'


def _turn(link: Link) -> str:
    """The point through which an arc goes that would leave the frame too early."""
    return f"turn {link.name}"


def _blank(size: Size) -> str:
    width, height = size
    return (
        f'<<TABLE BORDER="0" CELLBORDER="0" CELLPADDING="0" CELLSPACING="0" FIXEDSIZE="TRUE" '
        f'WIDTH="{width:.0f}" HEIGHT="{height:.0f}"><TR><TD></TD></TR></TABLE>>'
    )


def _read(found: Mapping[str, Any], frame: Collection[str], links: Sequence[Link]) -> Placed:
    """The answer, turned upside down: Graphviz counts from the bottom."""
    _, _, width, top = (float(each) for each in found["bb"].split(","))
    boxes, border = {}, None
    for each in found["objects"]:
        if "bb" in each:
            left, low, right, high = (float(value) for value in each["bb"].split(","))
            border = Box(x=left, y=top - high, width=right - left, height=high - low)
        else:
            size = (float(each["width"]) * _SCALE, float(each["height"]) * _SCALE)
            boxes[each["name"]] = _centred(each["pos"], size, top)
    parts = {link.name: [each for each in found["edges"] if each["class"] == link.name] for link in links}
    labels = {link.name: _centred(parts[link.name][0]["lp"], link.label, top) for link in links}
    paths = {name: tuple(_joined([_path(each["pos"], top) for each in edges])) for name, edges in parts.items()}
    within = [link.name for link in links if link.inside or {*link.ends} <= {*frame}]
    sides = [x for name in within for x in (labels[name].x, labels[name].x + labels[name].width)]
    sides += [x for name in within for x, _ in paths[name]]
    return Placed(size=(width, top), boxes=boxes, frame=border and _around(border, sides), paths=paths, labels=labels)


def _around(border: Box, sides: Collection[float]) -> Box:
    """The frame, made as wide as the arcs in it and their labels: dot leaves them out of its reckoning."""
    left = min(border.x, *(each - _FRAME_MARGIN / 2 for each in sides))
    right = max(border.x + border.width, *(each + _FRAME_MARGIN / 2 for each in sides))
    return Box(x=left, y=border.y, width=right - left, height=border.height)


def _joined(paths: Sequence[Sequence[Point]]) -> Iterator[Point]:
    """One path of several that follow one another."""
    yield from paths[0]
    for path in paths[1:]:
        yield from path[1:]


def _centred(at: str, size: Size, top: float) -> Box:
    x, y = (float(each) for each in at.split(","))
    width, height = size
    return Box(x=x - width / 2, y=top - y - height / 2, width=width, height=height)


def _path(text: str, top: float) -> Sequence[Point]:
    """`e,TIP START CONTROL CONTROL POINT …`, where an arrow has a tip, which goes to the end."""
    points = text.split()
    if points[0].startswith("e,"):
        points = [*points[1:], points[0].removeprefix("e,")]
    return [(float(x), top - float(y)) for x, y in (point.split(",") for point in points)]
