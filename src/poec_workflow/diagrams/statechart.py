"""The graph as a statechart, with few arcs: rows with the same ends share one.

Rows from every open state are drawn once, from the frame around those states. Rows that keep the state are
written inside it, as internal transitions. Of the 28 arcs of an application 13 remain, and no row is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from attrs import frozen

from poec_workflow.diagrams.graph import Edge, Graph
from poec_workflow.diagrams.outcomes import Outcome
from poec_workflow.model import State

Rows = tuple[tuple[Edge, ...], ...]
"""Rows, each with its edges."""

START = "start"
FRAME = "frame"
"""The start point and the frame, as ends of arcs; no state has these names."""
FRAME_TITLE = "in-each-of-these-states"
"""The word of the locale that is the frame's title."""
FRAME_STATES = "in-each-of"
"""The same with the states' names, where there is room for them."""


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
    def stays(self) -> bool:
        """Whether it leads back to where it starts."""
        return self.sources == (self.target,)

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
class Statechart:
    """A graph grouped for drawing.

    Attributes:
        graph: what is grouped.
        framed: the states in the frame; none where no row starts from all of them.
        arcs: in the order of the rows.
        internal: the rows that keep a state, by the state.
        frame_internal: the rows that keep each of the framed states.
    """

    graph: Graph
    framed: tuple[State, ...]
    arcs: tuple[Arc, ...]
    internal: Mapping[State, Rows]
    frame_internal: Rows

    def inside(self, arc: Arc) -> bool:
        """Whether an arc lies inside the frame: from one of its states, or from the start, to one of its states."""
        return arc.target in self.framed and not arc.framed and (arc.source is None or arc.source in self.framed)


def statechart(graph: Graph) -> Statechart:
    """The statechart of a graph; where it is not grouped, each edge is an arc of its own."""
    if not graph.grouped:
        return Statechart(
            graph=graph, framed=(), arcs=tuple(map(_single_arc, graph.edges)), internal={}, frame_internal=()
        )
    leaving = tuple(node.state for node in graph.nodes if node.outcome is Outcome.OPEN)
    by_rule = tuple(graph.by_rule)
    framed = [row for row in by_rule if len(row) > 1 and {edge.source for edge in row} == set(leaving)]
    single = [(edge,) for row in by_rule if row not in framed for edge in row]
    return Statechart(
        graph=graph,
        framed=leaving if framed else (),
        arcs=tuple(_arcs(row for row in (*single, *framed) if not _is_internal(row))),
        internal={
            node.state: tuple(row for row in single if _is_internal(row) and row[0].source == node.state)
            for node in graph.nodes
        },
        frame_internal=tuple(row for row in framed if _is_internal(row)),
    )


def _single_arc(edge: Edge) -> Arc:
    return Arc(sources=() if edge.source is None else (edge.source,), target=edge.target, rows=((edge,),))


def _is_internal(row: tuple[Edge, ...]) -> bool:
    return all(edge.source == edge.target for edge in row)


def _arcs(rows: Iterable[tuple[Edge, ...]]) -> Iterable[Arc]:
    by_ends: dict[tuple[tuple[State, ...], State], list[tuple[Edge, ...]]] = {}
    for row in rows:
        sources = tuple(edge.source for edge in row if edge.source is not None)
        by_ends.setdefault((sources, row[0].target), []).append(row)
    for (sources, target), together in by_ends.items():
        yield Arc(sources=sources, target=target, rows=tuple(together))
