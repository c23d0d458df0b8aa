"""What a walk keeps: how each world was come by, what was taken and refused, and what must never be."""

from __future__ import annotations

from collections import Counter

from attrs import define, field, frozen

from poec_workflow.commands import Request
from poec_workflow.model import State, SubjectKind
from poec_workflow.testing.exploration.worlds import World


@frozen(eq=False)
class Node:
    """A world, and how it was come by."""

    world: World
    parent: Node | None = None
    request: Request | None = None

    def journal(self) -> tuple[Request, ...]:
        """The requests that lead here."""
        found: list[Request] = []
        node: Node | None = self
        while node is not None:
            if node.request is not None:
                found.append(node.request)
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
    over: dict[str, tuple[Request, ...]] = field(factory=dict)
    """The shortest journal over each row."""
    to: dict[tuple[SubjectKind, State], tuple[Request, ...]] = field(factory=dict)
    """The shortest journal to each state."""
    left: set[tuple[SubjectKind, State]] = field(factory=set)
    overlaps: dict[str, str] = field(factory=dict)
    empty: set[tuple[str, State | None]] = field(factory=set)
