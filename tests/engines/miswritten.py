"""Faults in what is exported: each row dropped, led elsewhere, or asked the contrary; each final state left open."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve

from poec_workflow.diagrams.graph import Edge, Graph


def faulty(graph: Graph) -> Iterator[tuple[str, Graph]]:
    """Every graph that differs by one fault, and its name."""
    for place, edge in enumerate(graph.edges):
        where = f"{edge.rule.id} from {edge.source or 'nothing'}"
        yield f"{where} dropped", evolve(graph, edges=graph.edges[:place] + graph.edges[place + 1 :])
        for node in graph.nodes:
            if node.state is not edge.target:
                elsewhere = evolve(edge, target=node.state)
                yield f"{where} to {node.state}", _with(graph, place, elsewhere)
        for atom in edge.rule.given:
            contrary = tuple(~each if each is atom else each for each in edge.rule.given)
            yield f"{where} not {atom}", _with(graph, place, evolve(edge, rule=evolve(edge.rule, given=contrary)))


def _with(graph: Graph, place: int, edge: Edge) -> Graph:
    return evolve(graph, edges=(*graph.edges[:place], edge, *graph.edges[place + 1 :]))
