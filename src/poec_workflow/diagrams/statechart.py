"""The graph as a statechart: rows with the same ends share an arc, and what starts from everywhere starts from a frame.

Rows that leave from every state that is not final are drawn once, from the frame around those states; rows that stay
are written inside the state that they stay in. Of a lifecycle of 28 arcs, 13 are left, and nothing is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from attrs import frozen

from poec_workflow.diagrams.graph import Edge, Graph
from poec_workflow.model import State

Rows = tuple[tuple[Edge, ...], ...]
"""Rows, each with the edges that it is drawn for."""

START = "start"
FRAME = "frame"
"""The creation's point and the frame, as ends of arcs; no lifecycle has a state of these names."""


@frozen(kw_only=True)
class Arc:
    """Rows that share their ends.

    Attributes:
        sources: one state; several, when it starts from the frame; none for the creation.
        target: where it leads.
        rows: what is written on it.
    """

    sources: tuple[State, ...]
    target: State
    rows: Rows

    @property
    def framed(self) -> bool:
        """Whether it starts from the frame."""
        return len(self.sources) > 1

    @property
    def name(self) -> str:
        """Its identifier: the two ends."""
        return f"{FRAME if self.framed else self.source or START}-{self.target}"

    @property
    def source(self) -> State | None:
        """The one state that it starts from; None: the creation, or the frame."""
        return self.sources[0] if len(self.sources) == 1 else None

    @property
    def taken(self) -> bool:
        """Whether the subject whose path is shown took one of its rows."""
        return any(edge.taken for row in self.rows for edge in row)


@frozen(kw_only=True)
class Chart:
    """What is drawn of a graph.

    Attributes:
        graph: the whole.
        framed: the states in the frame; none where no row starts from all of them.
        arcs: in the order of the rows.
        staying: the rows that stay in a state.
        staying_anywhere: the rows that stay in each of the framed states.
    """

    graph: Graph
    framed: tuple[State, ...]
    arcs: tuple[Arc, ...]
    staying: Mapping[State, Rows]
    staying_anywhere: Rows

    def inside(self, arc: Arc) -> bool:
        """Whether an arc keeps inside the frame: from one of its states, or the creation, to another."""
        return arc.target in self.framed and not arc.framed


def chart(graph: Graph) -> Chart:
    """The statechart of a graph; of one that is not to be grouped, every edge as an arc of its own."""
    if not graph.grouped:
        return Chart(graph=graph, framed=(), arcs=tuple(map(_alone, graph.edges)), staying={}, staying_anywhere=())
    leaving = tuple(node.state for node in graph.nodes if not node.final)
    by_rule = [tuple(edge for edge in graph.edges if edge.rule.id == id_) for id_ in _ids(graph.edges)]
    framed = [row for row in by_rule if len(row) > 1 and {edge.source for edge in row} == set(leaving)]
    single = [(edge,) for row in by_rule if row not in framed for edge in row]
    return Chart(
        graph=graph,
        framed=leaving if framed else (),
        arcs=tuple(_arcs(row for row in (*single, *framed) if not _stays(row))),
        staying={
            node.state: tuple(row for row in single if _stays(row) and row[0].source == node.state)
            for node in graph.nodes
        },
        staying_anywhere=tuple(row for row in framed if _stays(row)),
    )


def _alone(edge: Edge) -> Arc:
    return Arc(sources=() if edge.source is None else (edge.source,), target=edge.target, rows=((edge,),))


def _ids(edges: Iterable[Edge]) -> Iterable[str]:
    return dict.fromkeys(edge.rule.id for edge in edges)


def _stays(row: tuple[Edge, ...]) -> bool:
    return all(edge.source == edge.target for edge in row)


def _arcs(rows: Iterable[tuple[Edge, ...]]) -> Iterable[Arc]:
    sharing: dict[tuple[tuple[State, ...], State], list[tuple[Edge, ...]]] = {}
    for row in rows:
        sources = tuple(edge.source for edge in row if edge.source is not None)
        sharing.setdefault((sources, row[0].target), []).append(row)
    for (sources, target), together in sharing.items():
        yield Arc(sources=sources, target=target, rows=tuple(together))
