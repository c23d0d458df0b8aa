"""What a search records: what was taken, refused and reached, and what must never be."""

from __future__ import annotations

from collections import Counter

from attrs import define, field, frozen

from poec_workflow.commands import Request
from poec_workflow.model import State, SubjectKind
from poec_workflow.testing.exploration.state_space import Node


@frozen
class Violation:
    """Something that must never be, and the shortest journal to it.

    Attributes:
        raised: the invariant is a property that raised itself, which says nothing of the rules.
    """

    invariant: str
    found: str
    journal: tuple[Request, ...]
    raised: bool = False


@define
class SearchRecord:
    """What a search has recorded so far.

    Attributes:
        violations: by the invariant, and for refusals by the command.
        taken: how often each row was taken; `over` has the nearest node over it.
        refused: how often each row was refused with each code.
        to: the nearest node to each state; `left` the states that something leads out of.
        overlaps: the rows that are chosen at once, and where.
    """

    states: int = 0
    decisions: int = 0
    accepted: int = 0
    complete: bool = True
    violations: dict[tuple[str, str], Violation] = field(factory=dict)
    taken: Counter[str] = field(factory=Counter)
    refused: Counter[tuple[str, str]] = field(factory=Counter)
    over: dict[str, Node] = field(factory=dict)
    to: dict[tuple[SubjectKind, State], Node] = field(factory=dict)
    left: set[tuple[SubjectKind, State]] = field(factory=set)
    overlaps: dict[str, str] = field(factory=dict)
