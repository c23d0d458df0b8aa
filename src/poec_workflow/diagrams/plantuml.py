"""PlantUML: a state diagram."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from poec_workflow.diagrams.graph import Graph, Node
from poec_workflow.diagrams.labels import identifier, label_texts
from poec_workflow.diagrams.outcomes import PAINTS
from poec_workflow.diagrams.statechart import FRAME, FRAME_TITLE, Arc, Statechart, statechart
from poec_workflow.diagrams.svg_style import LIGHT

# What PlantUML would take for markup; a doubled sign begins a style.
_SPECIAL = re.compile(r'["<>\\~\[\]]|(?<=-)-|(?<=\*)\*|(?<=/)/|(?<=_)_')


def render(graph: Graph, show: Collection[str]) -> str:
    """The diagram's text."""
    return "".join(f"{line}\n" for line in _lines(statechart(graph), show))


def _lines(chart: Statechart, show: Collection[str]) -> Iterator[str]:
    graph = chart.graph
    yield "@startuml"
    yield f"title {_escaped(graph.title)}"
    yield from (f"caption {_escaped(each)}" for each in graph.imported)
    yield "hide empty description"
    if graph.coloured:
        yield from _skin(graph)
    if chart.framed:
        yield from _frame(chart, show)
    for node in graph.nodes:
        if node.state not in chart.framed:
            yield from _state(chart, node, show)
    for arc in chart.arcs:
        if not chart.inside(arc):
            yield _arc(arc, show)
    for node in graph.nodes:
        if node.final:
            yield f"{identifier(node.state)} --> [*]"
    yield "@enduml"


def _skin(graph: Graph) -> Iterator[str]:
    yield "skinparam state {"
    for outcome in dict.fromkeys(node.outcome for node in graph.nodes):
        paint = PAINTS[outcome]
        yield f"  BackgroundColor<<{outcome}>> {paint.tint}"
        yield f"  BorderColor<<{outcome}>> {paint.line}"
        yield f"  FontColor<<{outcome}>> {LIGHT['ink']}"
    yield "}"


def _frame(chart: Statechart, show: Collection[str]) -> Iterator[str]:
    title = chart.graph.word(FRAME_TITLE)
    yield f'state "{_joined([title, *label_texts(chart.frame_internal, show)])}" as {FRAME} {{'
    for node in chart.graph.nodes:
        if node.state in chart.framed:
            yield from (f"  {line}" for line in _state(chart, node, show))
    for arc in chart.arcs:
        if chart.inside(arc):
            yield f"  {_arc(arc, show)}"
    yield "}"


def _state(chart: Statechart, node: Node, show: Collection[str]) -> Iterator[str]:
    name = identifier(node.state)
    outcome = f" <<{node.outcome}>>" if chart.graph.coloured else ""
    yield f'state "{_joined([node.label])}" as {name}{outcome}'
    yield from (f"{name} : {_escaped(line)}" for line in label_texts(chart.internal.get(node.state, ()), show))


def _arc(arc: Arc, show: Collection[str]) -> str:
    source = FRAME if arc.framed else identifier(arc.source)
    line = f"-[{LIGHT['path']},bold]->" if arc.taken else "-->"
    return f"{source} {line} {identifier(arc.target)} : {_joined(label_texts(arc.rows, show))}"


def _joined(texts: Iterable[str]) -> str:
    return r"\n".join(map(_escaped, texts))


def _escaped(text: str) -> str:
    return _SPECIAL.sub(lambda found: f"<U+{ord(found.group()):04X}>", text)
