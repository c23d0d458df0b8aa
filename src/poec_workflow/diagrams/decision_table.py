"""A Markdown decision table: a line for each command, a column for each state that is not final."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from poec_workflow import locales
from poec_workflow.diagrams.graph import Edge, Graph
from poec_workflow.diagrams.labels import count_suffix
from poec_workflow.model import State

_NONE = "—"


def render(graph: Graph, show: Collection[str]) -> str:
    """The table's text, with a note on its empty cells."""
    states = (None, *(node.state for node in graph.nodes if not node.final))
    columns = ["command", *(["actors"] if "actors" in show else [])]
    head = [*(_word(graph, name) for name in columns), *(_label(graph, state) for state in states)]
    lines = [head, ["---"] * len(head), *(_line(graph, states, edges, show) for edges in by_command(graph))]
    table = "".join(f"| {' | '.join(each)} |\n" for each in lines)
    return f"{table}\n{_note(graph, show)}\n"


def by_command(graph: Graph) -> Iterator[list[Edge]]:
    """The edges of each command, in the order of the rows."""
    for command in dict.fromkeys(edge.rule.command for edge in graph.edges):
        yield [edge for edge in graph.edges if edge.rule.command is command]


def _line(graph: Graph, states: Sequence[State | None], edges: list[Edge], show: Collection[str]) -> Iterator[str]:
    yield f"{edges[0].command} (`{edges[0].rule.command.type}`)"
    if "actors" in show:
        yield "<br/>".join(edges[0].actors)
    for state in states:
        rows = [edge for edge in edges if edge.source == state]
        yield "<br/>".join(part for edge in rows for part in _row(graph, edge, show)) or _NONE


def _row(graph: Graph, edge: Edge, show: Collection[str]) -> Iterator[str]:
    target = _word(graph, "same") if edge.target == edge.source else _label(graph, edge.target)
    outcome = f"{edge.rule.id} → {target}{count_suffix([edge])}"
    yield f"**{outcome}**" if edge.taken else outcome
    if "conditions" in show and edge.conditions:
        yield f"[{', '.join(edge.conditions)}]"
    if "codes" in show:
        yield from (f"− `{code}`" for code in edge.codes)


def _note(graph: Graph, show: Collection[str]) -> str:
    final = ", ".join(node.label for node in graph.nodes if node.final)
    kind = graph.edges[0].rule.command.kind
    refused = _word(graph, "no-row-codes").format(unknown=f"unknown-{kind}") if "codes" in show else ""
    return f"{_NONE} {_word(graph, 'no-row')}{refused}. {_word(graph, 'final-states').format(states=final)}"


def _label(graph: Graph, state: State | None) -> str:
    if state is None:
        return _word(graph, "nothing")
    return next(node.label for node in graph.nodes if node.state is state)


def _word(graph: Graph, name: str) -> str:
    return locales.label("words", name, graph.lang)
