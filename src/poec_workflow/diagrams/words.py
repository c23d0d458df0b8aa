"""What stands on an arc: the same lines in every format."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from enum import StrEnum

from attrs import frozen

from poec_workflow.diagrams.graph import Edge, Graph

SHOWN = ("conditions", "codes", "actors")
"""What `show` may name; counts and a path are shown where they were given."""


class Part(StrEnum):
    """What a line of a label says."""

    COMMAND = "command"
    CONDITION = "condition"
    ACTOR = "actor"
    CODE = "code"


@frozen
class Line:
    """One line of a label."""

    part: Part
    text: str


def lines(edges: Sequence[Edge], show: Collection[str]) -> tuple[Line, ...]:
    """The label of a row that is drawn once: from one source, or from several that share the arc."""
    first = edges[0]
    counts = [edge.count for edge in edges if edge.count is not None]
    counted = f" ({sum(counts)}×)" if counts else ""
    found = [Line(Part.COMMAND, f"{first.rule.id} {first.command}{counted}")]
    if "conditions" in show and first.conditions:
        found.append(Line(Part.CONDITION, f"[{', '.join(first.conditions)}]"))
    if "actors" in show:
        found.extend(Line(Part.ACTOR, f"+ {each}") for each in first.actors)
    if "codes" in show:
        found.extend(Line(Part.CODE, f"− {code}") for code in first.codes)
    return tuple(found)


def name(graph: Graph, state: str) -> str:
    """A state's or an arc's identifier in a page that may hold several lifecycles."""
    return f"{graph.name}-{state}"
