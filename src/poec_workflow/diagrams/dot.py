"""Graphviz DOT: a digraph with a node for each state, and a point for the creation."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from poec_workflow.diagrams.graph import Graph, Node
from poec_workflow.diagrams.labels import label_texts
from poec_workflow.diagrams.outcomes import PAINTS, Outcome
from poec_workflow.diagrams.statechart import FRAME, FRAME_TITLE, START, Arc, Statechart, statechart
from poec_workflow.diagrams.svg_style import LIGHT

_STYLES = {Outcome.UNFAVOURABLE: ",dashed", Outcome.LAPSED: ",dotted", Outcome.CLOSED: ",dashed,bold"}
"""The border's line; what has none here is full."""


def render(graph: Graph, show: Collection[str]) -> str:
    """The digraph's text."""
    return "".join(f"{line}\n" for line in _lines(statechart(graph), show))


def _lines(chart: Statechart, show: Collection[str]) -> Iterator[str]:
    graph = chart.graph
    yield f"digraph {_quoted(graph.name)} {{"
    yield f'    graph [label={_quoted(graph.title, *graph.imported)} labelloc=t fontname="Helvetica" compound=true]'
    yield '    node [shape=box style=rounded fontname="Helvetica"]'
    yield f'    edge [fontname="Helvetica" fontsize=10 color="{LIGHT["quiet"]}"]'
    if chart.framed:
        yield from (f"    {line}" for line in _frame(chart, show))
    else:
        yield f"    {_start()}"
    for node in graph.nodes:
        if node.state not in chart.framed:
            yield f"    {_node(chart, node, show)}"
    for arc in chart.arcs:
        yield f"    {_edge(chart, arc, show)}"
    yield "}"


def _frame(chart: Statechart, show: Collection[str]) -> Iterator[str]:
    title = chart.graph.word(FRAME_TITLE)
    label = _left(title, *label_texts(chart.frame_internal, show))
    yield f"subgraph cluster_{FRAME} {{"
    yield f'    label={label} labeljust=l style="rounded,dotted" fontsize=11'
    yield f"    {_start()}"
    for node in chart.graph.nodes:
        if node.state in chart.framed:
            yield f"    {_node(chart, node, show)}"
    yield "}"


def _start() -> str:
    return f'{START} [shape=point width=0.15 label=""]'


def _node(chart: Statechart, node: Node, show: Collection[str]) -> str:
    style = "rounded"
    looks = [f"label={_quoted(node.label, *label_texts(chart.internal.get(node.state, ()), show))}"]
    if node.final:
        looks.append("peripheries=2")
    if chart.graph.coloured:
        paint = PAINTS[node.outcome]
        style += f",filled{_STYLES.get(node.outcome, '')}"
        looks.append(f'color="{paint.line}" fillcolor="{paint.tint}" fontcolor="{LIGHT["ink"]}"')
    if node.visited:
        looks.append("penwidth=3")
    return f'{_quoted(node.state)} [{" ".join(looks)} style="{style}"]'


def _edge(chart: Statechart, arc: Arc, show: Collection[str]) -> str:
    # An arc from the frame starts at its last state, and is cut at its border.
    source = chart.framed[-1] if arc.framed else arc.source or START
    looks = [f"label={_left(*label_texts(arc.rows, show))}"]
    if arc.framed:
        looks.append(f"ltail=cluster_{FRAME}")
    if arc.taken:
        looks.append(f'penwidth=3 color="{LIGHT["path"]}"')
    return f"{_quoted(source)} -> {_quoted(arc.target)} [{' '.join(looks)}]"


def _quoted(*texts: str) -> str:
    return '"' + r"\n".join(map(_escaped, texts)) + '"'


def _left(*texts: str) -> str:
    """Lines that begin under one another."""
    return '"' + "".join(rf"{_escaped(text)}\l" for text in texts) + '"'


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
