"""Truth tables: a function's result for every combination of the facts that it reads.

A function is evaluated for one assignment, and the assignment records what it reads; then for every combination of
that, and so on until it reads nothing new. A pure function's table is then complete: no other fact can change it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from math import prod
from typing import Any

from attrs import evolve, frozen

from poec_workflow.explorer.dimensions import Dimensions
from poec_workflow.explorer.tracing import Assignment

MOST_CELLS = 60_000
"""A function that reads more combinations than this has no table, and the page says so."""


@frozen(kw_only=True)
class TruthTable:
    """Results by assignment.

    Attributes:
        inputs: the dimensions that decide, in the order in which `cells` counts them, the last the fastest.
        cells: the result for each combination; `IMPOSSIBLE` where the values cannot come together.
        constant_reads: what else was read, and is the same in all of them.
    """

    inputs: tuple[str, ...]
    cells: tuple[Any, ...]
    constant_reads: tuple[str, ...] = ()

    def mapped(self, change: Callable[[Any], Any]) -> TruthTable:
        """The same table, its results other than None changed."""
        cells = tuple(cell if cell is None or cell is IMPOSSIBLE else change(cell) for cell in self.cells)
        return evolve(self, cells=cells)

    def at(self, values: Mapping[str, Any], dimensions: Dimensions) -> Any:  # noqa: ANN401
        """The result for some values."""
        place = 0
        for name in self.inputs:
            options = dimensions[name]
            index = next(index for index, option in enumerate(options) if option.value == values[name])
            place = place * len(options) + index
        return self.cells[place]


class _Impossible:
    pass


IMPOSSIBLE = _Impossible()


class NotTabulated(Exception):
    """A function has no table: it reads too many combinations (of `inputs`), or its reads can't be traced."""

    def __init__(self, inputs: Sequence[str]) -> None:
        super().__init__(", ".join(inputs))
        self.inputs = tuple(inputs)


def tabulate(
    function: Callable[[Assignment], Any],
    dimensions: Dimensions,
    defaults: Mapping[str, int],
    possible: Callable[..., bool],
) -> TruthTable:
    """The truth table of a function.

    Args:
        function: what is evaluated.
        dimensions: what can vary.
        defaults: the option of each dimension that is not among the inputs.
        possible: whether values can come together; the function is not evaluated where they can't.

    Raises:
        NotTabulated: it reads too many combinations.
    """
    inputs: list[str] = []
    while True:
        if prod(len(dimensions[name]) for name in inputs) > MOST_CELLS:
            raise NotTabulated(inputs)
        cells, reads, constant_reads = [], set(inputs), set()
        for values in _combinations(inputs, dimensions, defaults):
            if not possible(values):
                cells.append(IMPOSSIBLE)
                continue
            assignment = Assignment(values)
            cells.append(function(assignment))
            reads |= assignment.reads
            constant_reads |= assignment.constant_reads
        if reads == set(inputs):
            return TruthTable(inputs=tuple(inputs), cells=tuple(cells), constant_reads=tuple(sorted(constant_reads)))
        inputs = [name for name in dimensions if name in reads]


def _combinations(
    inputs: Sequence[str], dimensions: Dimensions, defaults: Mapping[str, int]
) -> Iterator[Mapping[str, Any]]:
    fixed = {name: options[defaults[name]].value for name, options in dimensions.items()}
    for chosen in product(*(dimensions[name] for name in inputs)):
        yield {**fixed, **{name: option.value for name, option in zip(inputs, chosen, strict=True)}}


def without_idle_inputs(table: TruthTable, dimensions: Dimensions) -> TruthTable:
    """The same table without the inputs that decide nothing."""
    for place, name in reversed([*enumerate(table.inputs)]):
        inner = prod(len(dimensions[each]) for each in table.inputs[place + 1 :])
        merged = _merged(table.cells, len(dimensions[name]), inner)
        if merged is not None:
            table = evolve(table, inputs=tuple(each for each in table.inputs if each != name), cells=merged)
    return table


def _merged(cells: Sequence[Any], size: int, inner: int) -> tuple[Any, ...] | None:
    """The cells with those of one input as one, where they say the same or can't occur; None where they differ."""
    merged: list[Any] = []
    for start in range(0, len(cells), size * inner):
        for offset in range(inner):
            alike = [cells[start + step * inner + offset] for step in range(size)]
            known = [each for each in alike if each is not IMPOSSIBLE]
            if any(each != known[0] for each in known):
                return None
            merged.append(known[0] if known else IMPOSSIBLE)
    return tuple(merged)
