"""The layout of a statechart, by Graphviz's `dot` from the wheel of pygraphviz; no program is installed.

Graphviz gets boxes of known sizes and no text, so the layout does not depend on the machine's fonts. It needs the extra
`diagrams`, which is loaded when an SVG is drawn.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from threading import Lock
from typing import Any

from attrs import frozen

from poec_workflow.diagrams.boxes import Box, Point, Size, bounding_box
from poec_workflow.diagrams.frames import MARGIN, Frame, Surroundings, placed

_LOCK = Lock()  # Graphviz keeps its state in the process.
_SCALE = 72  # Graphviz measures nodes in inches, and everything else in points: our pixels.


@frozen(kw_only=True)
class Link:
    """An arc before the layout.

    Attributes:
        name: its identifier.
        ends: the names of two boxes.
        label: the size of its label.
        framed: whether it starts at the frame's border.
        inside: whether it goes through a waypoint at the bottom of the frame.
    """

    name: str
    ends: tuple[str, str]
    label: Size
    framed: bool = False
    inside: bool = False


@frozen(kw_only=True)
class Layout:
    """A layout.

    Attributes:
        bounds: the rectangle around everything.
        boxes: each one's, by its name.
        frame: the frame's, where there is one.
        header: that of what stands in the frame's upper corner.
        paths: each arc's: a start, then three points for every Bézier curve; the last is the arrow's tip.
        labels: each arc's label.
    """

    bounds: Box
    boxes: Mapping[str, Box]
    frame: Box | None
    header: Box | None
    paths: Mapping[str, tuple[Point, ...]]
    labels: Mapping[str, Box]


def lay_out(
    boxes: Mapping[str, Size], frame: Frame | None, levels: Sequence[Sequence[str]], links: Sequence[Link]
) -> Layout:
    """Lay out boxes, a frame around some of them, and arcs, from top to bottom.

    Args:
        boxes: the size of each, by its name.
        frame: what stands around some of the boxes; None is no frame.
        levels: boxes outside the frame that stand side by side, in this order.
        links: the arcs.

    Raises:
        ImportError: the extra `diagrams` is not installed.
    """
    try:
        # An extra, and one that takes its time to load; it has no types.
        import pygraphviz  # type: ignore[import-untyped]  # noqa: PLC0415
    except ImportError as error:
        raise ImportError("an SVG needs pygraphviz: pip install 'poec-workflow[diagrams]'") from error
    with _LOCK:
        drawing = pygraphviz.AGraph(string="\n".join(_dot(boxes, frame, levels, links)))
        answer = json.loads(drawing.draw(format="json0", prog="dot"))
    return _parsed(answer, frame, links)


def _dot(
    boxes: Mapping[str, Size], frame: Frame | None, levels: Sequence[Sequence[str]], links: Sequence[Link]
) -> Iterator[str]:
    yield "digraph { compound=true nodesep=0.22 ranksep=0.3"
    yield 'node [shape=box fixedsize=true label=""]'
    if frame:
        yield f"subgraph cluster_frame {{ margin={MARGIN:.0f} labeljust=l label={_spacer(frame.header)}"
        yield from (f'"{name}"' for name in frame.around)
        yield from (f'"{_waypoint(link)}" [width=0.01 height=0.01]' for link in links if link.inside)
        yield "}"
    yield from (_level(names) for names in levels)
    for name, (width, height) in boxes.items():
        yield f'"{name}" [width={width / _SCALE:.4f} height={height / _SCALE:.4f}]'
    for link in links:
        yield from _arc(link)
    yield "}"


def _level(names: Sequence[str]) -> str:
    quoted = " -> ".join(f'"{name}"' for name in names)
    return f"{{ rank=same edge [style=invis class=order] {quoted} }}"


def _arc(link: Link) -> Iterator[str]:
    source, target = link.ends
    label = f"label={_spacer(link.label)}"
    if link.inside:
        yield f'"{source}" -> "{_waypoint(link)}" [class="{link.name}" {label} dir=none]'
        yield f'"{_waypoint(link)}" -> "{target}" [class="{link.name}"]'
    else:
        tail = "ltail=cluster_frame" if link.framed else ""
        yield f'"{source}" -> "{target}" [class="{link.name}" {label} {tail}]'


def _waypoint(link: Link) -> str:
    """The waypoint of an arc that would else leave the frame too early."""
    return f"turn {link.name}"


def _spacer(size: Size) -> str:
    width, height = size
    return (
        f'<<TABLE BORDER="0" CELLBORDER="0" CELLPADDING="0" CELLSPACING="0" FIXEDSIZE="TRUE" '
        f'WIDTH="{width:.0f}" HEIGHT="{height:.0f}"><TR><TD></TD></TR></TABLE>>'
    )


def _parsed(answer: Mapping[str, Any], frame: Frame | None, links: Sequence[Link]) -> Layout:
    """Graphviz's answer, with y turned: it counts from the bottom."""
    top = float(answer["bb"].split(",")[3])
    boxes, border = {}, None
    for each in answer["objects"]:
        if each["name"] == "cluster_frame":
            left, low, right, high = (float(value) for value in each["bb"].split(","))
            border = Box(x=left, y=top - high, width=right - left, height=high - low)
        elif "pos" in each:
            size = (float(each["width"]) * _SCALE, float(each["height"]) * _SCALE)
            boxes[each["name"]] = _box_around(each["pos"], size, top)
    parts = {link.name: [each for each in answer["edges"] if each["class"] == link.name] for link in links}
    labels = {link.name: _box_around(parts[link.name][0]["lp"], link.label, top) for link in links}
    paths = {name: tuple(_concatenated([_path(each["pos"], top) for each in edges])) for name, edges in parts.items()}
    points = [point for path in paths.values() for point in path]
    points += [corner for box in (*boxes.values(), *labels.values()) for corner in box.corners]
    header = None
    if frame and border:
        within = [link.name for link in links if link.inside or {*link.ends} <= {*frame.around}]
        others = Surroundings(boxes=boxes, paths=paths, labels=labels, within=within)
        border, header = placed(frame, border, others)
        points += border.corners
    return Layout(bounds=bounding_box(points), boxes=boxes, frame=border, header=header, paths=paths, labels=labels)


def _concatenated(paths: Sequence[Sequence[Point]]) -> Iterator[Point]:
    """One path of several consecutive ones."""
    yield from paths[0]
    for path in paths[1:]:
        yield from path[1:]


def _box_around(at: str, size: Size, top: float) -> Box:
    x, y = (float(each) for each in at.split(","))
    width, height = size
    return Box(x=x - width / 2, y=top - y - height / 2, width=width, height=height)


def _path(text: str, top: float) -> Sequence[Point]:
    """`e,TIP START CONTROL CONTROL POINT …`, where an arrow has a tip, which goes to the end."""
    points = text.split()
    if points[0].startswith("e,"):
        points = [*points[1:], points[0].removeprefix("e,")]
    return [(float(x), top - float(y)) for x, y in (point.split(",") for point in points)]
