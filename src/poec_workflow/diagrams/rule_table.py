"""A Markdown table of the rows: for each its states, command, conditions and refusals."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from poec_workflow import locales
from poec_workflow.diagrams.graph import Edge, Graph
from poec_workflow.diagrams.labels import count_suffix
from poec_workflow.model import State


def render(graph: Graph, show: Collection[str]) -> str:
    """The table's text."""
    labels = {node.state: node.label for node in graph.nodes}
    columns = ["rule", "from", "command", *(["when"] if "conditions" in show else []), "to"]
    columns += ["actors"] if "actors" in show else []
    columns += ["unless"] if "codes" in show else []
    rows = [
        {
            "rule": f"**{edges[0].rule.id}**" if any(edge.taken for edge in edges) else edges[0].rule.id,
            "from": ", ".join(_state(labels, each, graph.lang) for each in edges),
            "command": f"{edges[0].command} (`{edges[0].rule.command.type}`){count_suffix(edges)}",
            "when": ", ".join(edges[0].conditions),
            "to": labels[edges[0].target] if len({each.target for each in edges}) == 1 else _same(graph),
            "actors": "<br/>".join(edges[0].actors),
            "unless": ", ".join(f"`{code}`" for code in edges[0].codes),
        }
        for edges in _by_rule(graph.edges)
    ]
    lines = [
        [locales.label("words", name, graph.lang) for name in columns],
        ["---"] * len(columns),
        *([row[name] for name in columns] for row in rows),
    ]
    return "".join(f"| {' | '.join(each)} |\n" for each in lines)


def _by_rule(edges: Sequence[Edge]) -> Iterator[list[Edge]]:
    for rule in dict.fromkeys(edge.rule.id for edge in edges):
        yield [edge for edge in edges if edge.rule.id == rule]


def _state(labels: dict[State, str], edge: Edge, lang: str) -> str:
    return locales.label("words", "nothing", lang) if edge.source is None else labels[edge.source]


def _same(graph: Graph) -> str:
    return locales.label("words", "same", graph.lang)
