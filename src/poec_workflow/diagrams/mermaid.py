"""Mermaid: a `stateDiagram-v2`, which Mermaid 10, 11 and 12 draw with every row.

Rows that keep a state are written inside its box, and a frame's title is one line: Mermaid 11 draws only the last of a
state's arcs to itself, and lays the second line of a frame's title over what is in the frame.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from poec_workflow.diagrams.graph import Edge, Graph, Node
from poec_workflow.diagrams.labels import compact_lines, identifier
from poec_workflow.diagrams.outcomes import PAINTS, Outcome, Paint
from poec_workflow.diagrams.statechart import FRAME, FRAME_TITLE, Arc, Statechart, statechart
from poec_workflow.diagrams.svg_style import LIGHT

_SPECIAL = re.compile(r"[:;#\"<>{}*_`]")
_STEP = "    "
_LAID_OUT = ("config:", "  flowchart:", "    curve: linear", "  state:", "    rankSpacing: 80")
"""Mermaid 11 moves a label along a curve, and over its neighbour; 10 needs the room for the label of a frame's arc."""


def render(graph: Graph, show: Collection[str]) -> str:
    """The diagram's text."""
    return "\n".join(_lines(statechart(graph), show)) + "\n"


def _lines(chart: Statechart, show: Collection[str]) -> Iterator[str]:
    graph = chart.graph
    yield from ("---", f"title: {graph.title}", *_LAID_OUT, "---", "stateDiagram-v2")
    yield from (f"{_STEP}%% {each}" for each in graph.imported)
    if chart.framed:
        yield from (f"{_STEP}{line}" for line in _frame(chart, show))
    for node in graph.nodes:
        if node.state not in chart.framed:
            yield from (f"{_STEP}{line}" for line in _declared(graph, node, show))
    for arc in _outside(chart):
        yield f"{_STEP}{_arc(arc, show)}"
    for node in graph.nodes:
        if node.final:
            yield f"{_STEP}{identifier(node.state)} --> [*]"
    if graph.coloured:
        yield from (f"{_STEP}{line}" for line in _classes(graph))


def _outside(chart: Statechart) -> Iterator[Arc]:
    """The arcs that are not within the frame, those of a frame last.

    Before them the last comes first: else Mermaid 10 and 11 write one of the frame's labels over another arc's.
    """
    arcs = [arc for arc in chart.arcs if not chart.inside(arc) and not arc.stays]
    if not chart.framed:
        return iter(arcs)
    return iter([*(arc for arc in reversed(arcs) if not arc.framed), *(arc for arc in arcs if arc.framed)])


def _frame(chart: Statechart, show: Collection[str]) -> Iterator[str]:
    yield f'state "{_escaped(chart.graph.word(FRAME_TITLE))}" as {FRAME} {{'
    for node in chart.graph.nodes:
        if node.state in chart.framed:
            yield from (f"{_STEP}{line}" for line in _declared(chart.graph, node, show))
    for arc in chart.arcs:
        if chart.inside(arc):
            yield f"{_STEP}{_arc(arc, show)}"
    yield "}"


def _declared(graph: Graph, node: Node, show: Collection[str]) -> Iterator[str]:
    """A state, and the rows that keep it, the frame's among them, under its name."""
    yield f'state "{_escaped(node.label)}" as {identifier(node.state)}'
    kept = [(edge,) for edge in graph.edges if edge.source == edge.target == node.state]
    if kept:
        yield f"{identifier(node.state)} : {_rows(kept, show)}"


def _arc(arc: Arc, show: Collection[str]) -> str:
    source = FRAME if arc.framed else identifier(arc.source)
    return f"{source} --> {identifier(arc.target)} : {_rows(arc.rows, show)}"


def _rows(rows: Iterable[Sequence[Edge]], show: Collection[str]) -> str:
    return "<br/>".join(_escaped(line) for row in rows for line in compact_lines(row, show))


def _escaped(text: str) -> str:
    return _SPECIAL.sub(lambda found: f"#{ord(found.group())};", text)


def _classes(graph: Graph) -> Iterator[str]:
    """Light boxes with dark text, which are readable on a dark page too: Mermaid knows no two colours of one class."""
    for outcome in Outcome:
        of = [node for node in graph.nodes if node.outcome is outcome]
        if of:
            yield f"classDef {outcome} {_look(PAINTS[outcome])}"
            yield f"class {','.join(identifier(node.state) for node in of)} {outcome}"
    if visited := [node for node in graph.nodes if node.visited]:
        yield "classDef visited stroke-width:4px"
        yield f"class {','.join(identifier(node.state) for node in visited)} visited"


def _look(paint: Paint) -> str:
    dashes = f",stroke-dasharray:{' '.join(map(str, paint.dashes))}" if paint.dashes else ""
    return f"fill:{paint.tint},stroke:{paint.line},color:{LIGHT['ink']},stroke-width:2px{dashes}"
