"""What a walk keeps: how each world was come by, what was taken and refused, and what must never be."""

from __future__ import annotations

from collections import Counter

from attrs import define, field, frozen

from poec_workflow.commands import Request
from poec_workflow.decider import Change
from poec_workflow.model import State, SubjectKind
from poec_workflow.testing.exploration.small_world import World


@frozen(eq=False)
class Node:
    """A world, and how it was come by."""

    world: World
    parent: Node | None = None
    request: Request | None = None
    changes: tuple[Change, ...] = ()
    """What the request changed."""

    def journal(self) -> tuple[Request, ...]:
        """The requests that lead here."""
        return tuple(node.request for node in self.way() if node.request is not None)

    def way(self) -> tuple[Node, ...]:
        """The nodes that lead here, this one last."""
        found: list[Node] = []
        node: Node | None = self
        while node is not None:
            found.append(node)
            node = node.parent
        return tuple(reversed(found))


@frozen
class Violation:
    """Something that must never be, and the shortest journal to it."""

    invariant: str
    found: str
    journal: tuple[Request, ...]


@define
class Found:
    """What a walk has found so far."""

    states: int = 0
    decisions: int = 0
    accepted: int = 0
    complete: bool = True
    violations: dict[str, Violation] = field(factory=dict)
    taken: Counter[str] = field(factory=Counter)
    refused: Counter[tuple[str, str]] = field(factory=Counter)
    over: dict[str, Node] = field(factory=dict)
    """The nearest node over each row."""
    to: dict[tuple[SubjectKind, State], Node] = field(factory=dict)
    """The nearest node to each state."""
    left: set[tuple[SubjectKind, State]] = field(factory=set)
    overlaps: dict[str, str] = field(factory=dict)
    empty: set[tuple[str, State | None]] = field(factory=set)
