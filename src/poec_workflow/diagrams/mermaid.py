"""Mermaid: a `stateDiagram-v2`."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from poec_workflow.diagrams.graph import Edge, Graph
from poec_workflow.model import State

_SPECIAL = re.compile(r"[:;#\"<>{}]")


def render(graph: Graph, show: Collection[str]) -> str:
    """The diagram's text."""
    return "\n".join(_lines(graph, show)) + "\n"


def _lines(graph: Graph, show: Collection[str]) -> Iterator[str]:
    yield "---"
    yield f"title: {graph.title}"
    yield "---"
    yield "stateDiagram-v2"
    for node in graph.nodes:
        yield f'    state "{_escaped(node.label)}" as {_identifier(node.state)}'
    for edge in graph.edges:
        yield f"    {_identifier(edge.source)} --> {_identifier(edge.target)} : {_label(edge, show)}"
    for node in graph.nodes:
        if node.final:
            yield f"    {_identifier(node.state)} --> [*]"


def _label(edge: Edge, show: Collection[str]) -> str:
    label = f"{edge.rule.id} {edge.command}"
    if "conditions" in show and edge.conditions:
        label += f" [{', '.join(edge.conditions)}]"
    parts = [_escaped(label)]
    if "codes" in show:
        parts.extend(f"− {_escaped(code)}" for code in edge.codes)
    return "<br/>".join(parts)


def _identifier(state: State | None) -> str:
    # A hyphen in an identifier breaks Mermaid's parser.
    return "[*]" if state is None else state.value.replace("-", "_")


def _escaped(text: str) -> str:
    return _SPECIAL.sub(lambda found: f"#{ord(found.group())};", text)
