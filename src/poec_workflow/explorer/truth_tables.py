"""Each policy's verdict on every class of the facts that it looks at.

A policy is asked in one situation, and says what it looked at; then in every combination of that, and so on until it
looks at nothing new. As it is a function of what it looks at, the table is complete: no other fact can change it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from math import prod
from typing import Any

from attrs import evolve, frozen

from poec_workflow.explorer.dimensions import Dimensions
from poec_workflow.explorer.tracing import Situation

MOST_CELLS = 60_000
"""A policy that looks at more combinations than this is left out, and the page says so."""

Ask = Callable[[Situation], Any]
"""A question to a policy: its answer in a situation."""


@frozen(kw_only=True)
class Table:
    """Answers by situation.

    Attributes:
        looks: the dimensions that decide, in the order in which `cells` counts them, the last the fastest.
        cells: the answer in each situation; `IMPOSSIBLE` where there is no such situation.
        aside: what else was looked at, and is the same in all of them.
    """

    looks: tuple[str, ...]
    cells: tuple[Any, ...]
    aside: tuple[str, ...] = ()

    def mapped(self, change: Callable[[Any], Any]) -> Table:
        """The same table, its answers other than None changed."""
        cells = tuple(cell if cell is None or cell is IMPOSSIBLE else change(cell) for cell in self.cells)
        return evolve(self, cells=cells)


class _Impossible:
    pass


IMPOSSIBLE = _Impossible()


class TooMuch(Exception):
    """A policy looks at more than can be tabled; `looks` says at what."""

    def __init__(self, looks: Sequence[str]) -> None:
        super().__init__(", ".join(looks))
        self.looks = tuple(looks)


def tabulate(ask: Ask, dimensions: Dimensions, usual: Mapping[str, int], possible: Callable[..., bool]) -> Table:
    """The table of a question.

    Args:
        ask: the question.
        dimensions: what can vary.
        usual: the option of each dimension as long as nothing says that it matters.
        possible: whether the options chosen can come together; the others are not asked.

    Raises:
        TooMuch: it looks at too many combinations.
    """
    looks: list[str] = []
    while True:
        if prod(len(dimensions[name]) for name in looks) > MOST_CELLS:
            raise TooMuch(looks)
        cells, seen, aside = [], set(looks), set()
        for options in _combinations(looks, dimensions, usual):
            if not possible(options):
                cells.append(IMPOSSIBLE)
                continue
            situation = Situation(options)
            cells.append(ask(situation))
            seen |= situation.seen
            aside |= situation.aside
        if seen == set(looks):
            return Table(looks=tuple(looks), cells=tuple(cells), aside=tuple(sorted(aside)))
        looks = [name for name in dimensions if name in seen]


def _combinations(
    looks: Sequence[str], dimensions: Dimensions, usual: Mapping[str, int]
) -> Iterator[Mapping[str, Any]]:
    fixed = {name: options[usual[name]].value for name, options in dimensions.items()}
    for chosen in product(*(dimensions[name] for name in looks)):
        yield {**fixed, **{name: option.value for name, option in zip(looks, chosen, strict=True)}}
