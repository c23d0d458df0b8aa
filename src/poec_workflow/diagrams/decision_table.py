"""A Markdown decision table: a line for each command, a column for each state in which a row starts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from poec_workflow.diagrams.graph import Edge, Graph, Import
from poec_workflow.diagrams.labels import count_suffix
from poec_workflow.model import State

_NONE = "—"


def render(graph: Graph, show: Collection[str]) -> str:
    """The table's text, with a note on its empty cells."""
    states = (None, *(node.state for node in graph.nodes if not graph.ends(node)))
    columns = ["command", *(["actors"] if "actors" in show else [])]
    head = (*map(graph.word, columns), *map(graph.label, states))
    lines = [*(_line(graph, states, edges, show) for edges in by_command(graph))]
    lines += (_import(graph, states, each, show) for each in graph.imports)
    table = markdown_table(head, lines)
    return f"{table}\n{_note(graph, show)}\n"


def markdown_table(head: Iterable[str], lines: Iterable[Iterable[str]]) -> str:
    """A Markdown table of a head and lines of cells."""
    head = tuple(head)
    return "".join(f"| {' | '.join(each)} |\n" for each in (head, ["---"] * len(head), *lines))


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


def _import(graph: Graph, states: Sequence[State | None], row: Import, show: Collection[str]) -> Iterator[str]:
    """What creates in whatever state the command says."""
    yield f"{row.command} (`{row.rule.command.type}`)"
    if "actors" in show:
        yield "<br/>".join(row.actors)
    codes = (f"− `{code}`" for code in row.codes if "codes" in show)
    outcome = f"{row.rule.id} → {graph.word('as-given')}{count_suffix([row])}"
    yield "<br/>".join((outcome, *codes))
    yield from [_NONE] * (len(states) - 1)


def _row(graph: Graph, edge: Edge, show: Collection[str]) -> Iterator[str]:
    target = graph.word("same") if edge.target == edge.source else graph.label(edge.target)
    outcome = f"{edge.rule.id} → {target}{count_suffix([edge])}"
    yield f"**{outcome}**" if edge.taken else outcome
    if "conditions" in show and edge.conditions:
        yield f"[{', '.join(edge.conditions)}]"
    if "actors" in show and edge.rule.permit:
        yield f"({', '.join(edge.actors)})"
    if "codes" in show:
        yield from (f"− `{code}`" for code in edge.codes)


def _note(graph: Graph, show: Collection[str]) -> str:
    final = ", ".join(node.label for node in graph.nodes if graph.ends(node)) or graph.word("none")
    kind = graph.edges[0].rule.command.subject_kind
    refused = graph.word("no-row-codes").format(unknown=f"unknown-{kind}") if "codes" in show else ""
    return f"{_NONE} {graph.word('no-row')}{refused}. {graph.word('final-states').format(states=final)}"
