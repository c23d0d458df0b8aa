"""SVG: the statechart as a picture, whose text can be selected.

Every state has the id `LIFECYCLE-state-STATE` and the attribute `data-state`; every arc the id
`LIFECYCLE-arc-SOURCE-TARGET`, with `data-sources` and `data-target`; every row on an arc or in a box `data-rule`,
`data-command` and `data-sources`. Colours suit a light page and, where the reader prefers it, a dark one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from math import ceil, floor
from xml.sax.saxutils import escape

from attrs import evolve, frozen

from poec_workflow.diagrams import svg_style
from poec_workflow.diagrams.boxes import Box, Size, bounding_box
from poec_workflow.diagrams.frames import Frame
from poec_workflow.diagrams.graph import Graph, Node
from poec_workflow.diagrams.label_boxes import LEADING, SIZES, SMALL, Block, RowBlock, block
from poec_workflow.diagrams.layout import Layout, Link, lay_out
from poec_workflow.diagrams.statechart import FRAME_STATES, START, Arc, Statechart, statechart
from poec_workflow.diagrams.svg_elements import circle, rectangle, text
from poec_workflow.diagrams.svg_legend import Key, drawn, keys, placed
from poec_workflow.diagrams.svg_paths import arrowhead, curve
from poec_workflow.diagrams.text_metrics import width, wrapped
from poec_workflow.model import State

_MARGIN = 10.0
_NAME = 14.0
"""The size of a state's name, in pixels."""
_PADDING = 10.0
_TOGETHER = "\N{NO-BREAK SPACE}"
_ROUND = 9.0
_START_SIZE = (12.0, 12.0)
_GAP = 6.0
"""Between an arc and its label."""
_NAME_WIDEST = 115.0
"""A state's name is broken where it would be wider."""
_INSIDE_WIDEST = 190.0
_HEADER_WIDEST = 190.0
_UNDER_TITLE = 3.0
_ABOVE_LEGEND = 16.0
_LEGEND_WIDEST = 260.0
"""As wide as a legend may be under a picture that is not."""


@frozen(kw_only=True)
class _Picture:
    """What is written, with its layout."""

    chart: Statechart
    layout: Layout
    labels: Mapping[str, Block]
    inside: Mapping[State, Block]
    header: Block
    legend: tuple[tuple[Key, Box], ...]


def render(graph: Graph, show: Collection[str]) -> str:
    """The picture's text.

    Raises:
        ImportError: the extra `diagrams` is not installed.
    """
    chart = statechart(evolve(graph, grouped=True))
    labels = {arc.name: block(arc.rows, show) for arc in chart.arcs}
    inside = {state: block(rows, show, _INSIDE_WIDEST) for state, rows in chart.internal.items()}
    header = block(chart.frame_internal, show, _HEADER_WIDEST)
    boxes = {START: _START_SIZE} | {node.state.value: _box_size(node, inside[node.state]) for node in graph.nodes}
    frame = Frame(chart.framed, _header_size(chart, header)) if chart.framed else None
    ends = [node.state.value for node in graph.nodes if graph.ends(node)]
    layout = lay_out(boxes, frame, [ends], [_link(arc, chart, labels[arc.name].size) for arc in chart.arcs])
    legend = _legend(graph, show, layout.bounds)
    picture = _Picture(chart=chart, layout=layout, labels=labels, inside=inside, header=header, legend=legend)
    return "".join(f"{line}\n" for line in _document(picture))


def _legend(graph: Graph, show: Collection[str], bounds: Box) -> tuple[tuple[Key, Box], ...]:
    """The legend, under everything else."""
    top = bounds.y + bounds.height + _ABOVE_LEGEND
    return placed(tuple(keys(graph, show)), bounds.x, top, max(bounds.width, _LEGEND_WIDEST))


def _title(chart: Statechart) -> tuple[str, ...]:
    """What the frame stands for, with the names of its states."""
    states = ", ".join(chart.graph.label(state).replace(" ", _TOGETHER) for state in chart.framed)
    return tuple(wrapped(chart.graph.word(FRAME_STATES).format(states=states), SMALL, _HEADER_WIDEST))


def _header_size(chart: Statechart, header: Block) -> Size:
    wide, high = header.size
    title = _title(chart)
    return (max(wide, *(width(line, SMALL) for line in title)), len(title) * SMALL * LEADING + _UNDER_TITLE + high)


def _box_size(node: Node, inside: Block) -> Size:
    wide, high = inside.size
    name = _name(node)
    height = len(name) * _NAME * LEADING + (high + _PADDING / 2 if high else 0)
    return (max(wide, *(width(line, _NAME) for line in name)) + 2 * _PADDING, height + _PADDING)


def _name(node: Node) -> tuple[str, ...]:
    return tuple(wrapped(node.label, _NAME, _NAME_WIDEST))


def _link(arc: Arc, chart: Statechart, label: Size) -> Link:
    # From the frame's last state, which stands lowest: dot cuts the arc where it leaves the frame.
    source = chart.framed[-1] if arc.framed else arc.source or START
    wide, high = label
    return Link(
        name=arc.name,
        ends=(source, arc.target.value),
        label=(wide + 2 * _GAP, high),
        framed=arc.framed,
        inside=_leaves_early(arc, chart),
    )


def _leaves_early(arc: Arc, chart: Statechart) -> bool:
    """Whether it leaves the frame from a state that has successors in the frame."""
    order = [node.state for node in chart.graph.nodes]
    return (
        not arc.framed
        and arc.target not in chart.framed
        and any(
            other.sources == arc.sources and other.target in chart.framed
            for other in chart.arcs
            if other.sources and order.index(other.target) > order.index(other.sources[0])
        )
    )


def _document(picture: _Picture) -> Iterator[str]:
    graph = picture.chart.graph
    left, top, wide, high = _view([picture.layout.bounds, *(box for _, box in picture.legend)])
    name = f"{graph.name}-lifecycle"
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" id="{name}" role="img" lang="{graph.lang}" '
        f'aria-labelledby="{name}-title {name}-desc" width="{wide}" height="{high}" '
        f'viewBox="{left} {top} {wide} {high}">'
    )
    yield f'<title id="{name}-title">{escape(graph.title)}</title>'
    yield f'<desc id="{name}-desc">{escape(" ".join(description(graph)))}</desc>'
    yield f"<style>\n{svg_style.sheet(f'#{name}', coloured=graph.coloured)}</style>"
    yield f'<rect class="page" x="{left}" y="{top}" width="{wide}" height="{high}"/>'
    yield from _frame(picture)
    for arc in picture.chart.arcs:
        yield from _arc(picture, arc)
    yield from _start(graph, picture.layout.boxes[START])
    for node in graph.nodes:
        yield from _state(picture, node)
    yield from drawn(picture.legend)
    yield "</svg>"


def _view(boxes: Sequence[Box]) -> tuple[int, int, int, int]:
    """The view box in whole pixels: around some boxes, with a margin."""
    bounds = bounding_box([corner for box in boxes for corner in box.corners])
    left, top = floor(bounds.x - _MARGIN), floor(bounds.y - _MARGIN)
    right, low = ceil(bounds.x + bounds.width + _MARGIN), ceil(bounds.y + bounds.height + _MARGIN)
    return (left, top, right - left, low - top)


def description(graph: Graph) -> Iterator[str]:
    """The picture in words: each row with its states."""
    for edge in graph.edges:
        yield f"{edge.rule.id} {edge.command}: {graph.label(edge.source)} → {graph.label(edge.target)}."
    yield from (f"{each}." for each in graph.imported)


def _frame(picture: _Picture) -> Iterator[str]:
    frame, slot, graph = picture.layout.frame, picture.layout.header, picture.chart.graph
    if frame is None or slot is None:
        return
    yield f'<g class="frame" id="{graph.name}-frame" data-states="{_joined(picture.chart.framed)}">'
    yield rectangle(frame, "border")
    yield rectangle(slot, "slot")
    top = slot.y
    for line in _title(picture.chart):
        yield text(line, slot.x, top + SMALL, SMALL, "title")
        top += SMALL * LEADING
    yield from _rows(picture.header, slot.x, top + _UNDER_TITLE)
    yield "</g>"


def _arc(picture: _Picture, arc: Arc) -> Iterator[str]:
    name, box = picture.chart.graph.name, picture.layout.labels[arc.name]
    path = picture.layout.paths[arc.name]
    yield (
        f'<g class="arc{" taken" if arc.taken else ""}" id="{name}-arc-{arc.name}" '
        f'data-sources="{_joined(arc.sources)}" data-target="{arc.target}">'
    )
    yield f'<path d="{curve(path)}"/>'
    yield f'<polygon class="head" points="{arrowhead(path)}"/>'
    yield rectangle(Box(x=box.x + _GAP, y=box.y, width=box.width - 2 * _GAP, height=box.height), "slot")
    yield from _rows(picture.labels[arc.name], box.x + _GAP, box.y)
    yield "</g>"


def _start(graph: Graph, box: Box) -> Iterator[str]:
    x, y = box.x + box.width / 2, box.y + box.height / 2
    yield circle(x, y, box.width / 2, "start", f"{graph.name}-start")


def _state(picture: _Picture, node: Node) -> Iterator[str]:
    box, name = picture.layout.boxes[node.state.value], picture.chart.graph.name
    having = {"final": node.final, "visited": node.visited, "current": node.current}
    marks = ["state", node.outcome, *(name for name, has in having.items() if has)]
    yield f'<g class="{" ".join(marks)}" id="{name}-state-{node.state}" data-state="{node.state}">'
    yield rectangle(box, "border", _ROUND)
    if node.final:
        inner = Box(x=box.x + 3, y=box.y + 3, width=box.width - 6, height=box.height - 6)
        yield rectangle(inner, "inner", _ROUND - 3)
    top = box.y + _PADDING / 2
    for line in _name(node):
        yield text(line, box.x + box.width / 2, top + _NAME, _NAME, "name", centred=True)
        top += _NAME * LEADING
    yield from _rows(picture.inside[node.state], box.x + _PADDING, top + _PADDING / 2)
    yield "</g>"


def _rows(rows: Block, left: float, top: float) -> Iterator[str]:
    for row, at in zip(rows.rows, rows.tops(top), strict=True):
        yield _row(row, left, at)


def _row(row: RowBlock, left: float, top: float) -> str:
    rule = row.edges[0].rule
    taken = " taken" if any(edge.taken for edge in row.edges) else ""
    sources = _joined(edge.source for edge in row.edges if edge.source is not None)
    texts = []
    for line in row.lines:
        size = SIZES[line.part]
        texts.append(text(line.text, left, top + size, size, line.part))
        top += size * LEADING
    return (
        f'<g class="row{taken}" data-rule="{rule.id}" data-command="{rule.command.type}" '
        f'data-sources="{sources}">{"".join(texts)}</g>'
    )


def _joined(states: Iterable[State]) -> str:
    return " ".join(state.value for state in states)
