"""Is there an order of overlapping operations in which a sequential model gives the answers that were given?

Wing and Gong's search with Lowe's memory: an operation may come next when none that is left ended before it began; a
pair of (what is left, the model's state) is tried once. Operations on different sessions are independent, so each
session's history is searched by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Generic, TypeVar

from attrs import frozen

State = TypeVar("State", bound=Hashable)
Asked = TypeVar("Asked")
Step = Callable[[State, Asked, Hashable], State | None]
"""The model: what a state becomes by an operation and its answer, or None when it would have answered otherwise."""


@frozen(kw_only=True)
class Operation(Generic[Asked]):
    """What a client asked, what it was answered, and when, on one clock of ticks."""

    client: int
    asked: Asked
    answer: Hashable
    invoked: int
    responded: int


@frozen(kw_only=True)
class Verdict:
    """Whether there is such an order, after how many steps of the model, and how far the search came at best."""

    linearizable: bool
    steps: int
    reached: int


def search(history: Sequence[Operation[Asked]], initial: State, step: Step[State, Asked]) -> Verdict:
    """Look for an order, depth first: whoever ended first is tried first."""
    operations = sorted(history, key=lambda each: each.responded)
    everything = frozenset(range(len(operations)))
    seen: set[tuple[frozenset[int], State]] = set()
    waiting: list[tuple[frozenset[int], State]] = [(everything, initial)]
    steps, fewest = 0, len(operations)
    while waiting:
        left, state = waiting.pop()
        fewest = min(fewest, len(left))
        if not left:
            return Verdict(linearizable=True, steps=steps, reached=len(operations))
        following = []
        for index in _possible(operations, left):
            steps += 1
            after = step(state, operations[index].asked, operations[index].answer)
            if after is not None and (reached := (left - {index}, after)) not in seen:
                seen.add(reached)
                following.append(reached)
        waiting.extend(reversed(following))
    return Verdict(linearizable=False, steps=steps, reached=len(operations) - fewest)


def _possible(operations: Sequence[Operation[Asked]], left: frozenset[int]) -> list[int]:
    """Those that began before any of what is left had ended, in the order of their ends."""
    ordered = sorted(left)
    first_end = operations[ordered[0]].responded
    return [index for index in ordered if operations[index].invoked <= first_end]
