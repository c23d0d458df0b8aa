"""What a sweep costs, beside statements over all that is overdue, by hand, that write the same rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import pairwise
from statistics import median
from time import perf_counter

from attrs import frozen

from benchmarks.by_hand import NAMES, handwritten, same_rows, store
from benchmarks.filling import STORES
from benchmarks.lines import Line, at_most

OVERDUE = 0.16
"""Of the applications of a filled store."""
LONGEST_BATCH = 1.0
"""Seconds that others may have to wait for a session."""


@frozen
class Swept:
    """Seconds that one sweep took, that its longest batch took, and that the same took by hand."""

    ours: float
    longest: float
    by_hand: float


def lines(*, quick: bool) -> Sequence[Line]:
    """A sweep of all that is overdue on each database, each time on a fresh copy of a filled store."""
    many = 10_000 if quick else 1_000_000
    return [line for kind in STORES.kinds for line in _lines_on(kind, many)]


def _lines_on(kind: str, many: int, rounds: int = 3) -> Iterator[Line]:
    same_rows(kind)
    swept = [_swept(kind, many, ours_first=bool(turn % 2)) for turn in range(rounds)]
    yield Line(
        name=f"sweep of {OVERDUE * many:,.0f} overdue of {many:,}",
        against=f"{NAMES[kind]}, statements over all, by hand",
        ours=median(each.ours for each in swept),
        floor=median(each.by_hand for each in swept),
        unit="s",
        target=at_most(2, prize=1.3),
    )
    yield Line(
        name="its longest transaction",
        against=f"{NAMES[kind]}, a bound of {LONGEST_BATCH:g} s",
        ours=median(each.longest for each in swept),
        floor=LONGEST_BATCH,
        unit="s",
        target=at_most(1),
    )


def _swept(kind: str, many: int, *, ours_first: bool) -> Swept:
    """Both on connections that are open already."""
    with ExitStack() as stack:
        ours = stack.enter_context(store(kind, many))
        [way] = stack.enter_context(handwritten(kind, many))
        ours.workflow.application(f"C-{ours.any_session()}-000")
        way.commit_alone()
        ends: list[float] = []

        def sweep() -> None:
            ends.append(perf_counter())
            report = ours.workflow.sweep(progress=lambda _: ends.append(perf_counter()))
            ends.append(perf_counter())
            if len(report.expired) != OVERDUE * many:
                raise SystemExit(f"{len(report.expired)} expired")

        spent: dict[bool, float] = {}
        for of_ours in (ours_first, not ours_first):
            begun = perf_counter()
            (sweep if of_ours else way.sweep)()
            spent[of_ours] = perf_counter() - begun
    longest = max(after - before for before, after in pairwise(ends))
    return Swept(spent[True], longest, spent[False])
