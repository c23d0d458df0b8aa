"""Mermaid: a `stateDiagram-v2`."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from poec_workflow.diagrams.graph import Graph, Node
from poec_workflow.diagrams.labels import compact_lines, identifier
from poec_workflow.diagrams.outcomes import PAINTS, Outcome, Paint
from poec_workflow.diagrams.statechart import FRAME, FRAME_TITLE, Arc, Rows, Statechart, statechart
from poec_workflow.diagrams.svg_style import LIGHT

_SPECIAL = re.compile(r"[:;#\"<>{}*_`]")
_STEP = "    "


def render(graph: Graph, show: Collection[str]) -> str:
    """The diagram's text."""
    return "\n".join(_lines(statechart(graph), show)) + "\n"


def _lines(chart: Statechart, show: Collection[str]) -> Iterator[str]:
    graph = chart.graph
    yield from ("---", f"title: {graph.title}", "---", "stateDiagram-v2")
    if chart.framed:
        yield from (f"{_STEP}{line}" for line in _frame(chart, show))
    for node in graph.nodes:
        if node.state not in chart.framed:
            yield f"{_STEP}{_declared(chart, node, show)}"
    for arc in chart.arcs:
        if not chart.inside(arc):
            yield f"{_STEP}{_arc(arc, show)}"
    for node in graph.nodes:
        if node.final:
            yield f"{_STEP}{identifier(node.state)} --> [*]"
    if graph.coloured:
        yield from (f"{_STEP}{line}" for line in _classes(graph))


def _frame(chart: Statechart, show: Collection[str]) -> Iterator[str]:
    title = chart.graph.word(FRAME_TITLE)
    yield f'state "{_joined((_escaped(title), _rows(chart.frame_internal, show)))}" as {FRAME} {{'
    for node in chart.graph.nodes:
        if node.state in chart.framed:
            yield f"{_STEP}{_declared(chart, node, show)}"
    for arc in chart.arcs:
        if chart.inside(arc):
            yield f"{_STEP}{_arc(arc, show)}"
    yield "}"


def _declared(chart: Statechart, node: Node, show: Collection[str]) -> str:
    label = _joined((_escaped(node.label), _rows(chart.internal.get(node.state, ()), show)))
    return f'state "{label}" as {identifier(node.state)}'


def _arc(arc: Arc, show: Collection[str]) -> str:
    source = FRAME if arc.framed else identifier(arc.source)
    return f"{source} --> {identifier(arc.target)} : {_rows(arc.rows, show)}"


def _rows(rows: Rows, show: Collection[str]) -> str:
    return _joined(_escaped(line) for row in rows for line in compact_lines(row, show))


def _joined(lines: Iterable[str]) -> str:
    return "<br/>".join(line for line in lines if line)


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
