"""Time works in turn, so that what else the machine does slows all of them alike."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from random import Random
from statistics import median
from time import perf_counter

Work = Callable[[], object]


def seconds(works: Mapping[str, Work], rounds: int, clock: Callable[[], float] = perf_counter) -> dict[str, float]:
    """The median duration of each work, in seconds, over so many rounds in which each runs once.

    A first round is not counted. The works are shuffled before each round: what follows a work that leaves much behind
    for the memory to clear pays for it.
    What neither waits nor has others work for it is timed by `thread_time`: a thread that is put aside for others loses
    a time slice, which a long work does in every round, and a short one in few.
    """
    taken: dict[str, list[float]] = {name: [] for name in works}
    order = list(works)
    shuffle = Random(1).shuffle  # noqa: S311 - of an order
    enabled = gc.isenabled()
    gc.disable()
    try:
        for turn in range(rounds + 1):
            for name in order:
                started = clock()
                works[name]()
                spent = clock() - started
                if turn:
                    taken[name].append(spent)
            shuffle(order)
            gc.collect(0)
    finally:
        if enabled:
            gc.enable()
    return {name: median(each) for name, each in taken.items()}


def rounds_in(works: Mapping[str, Work], budget: float) -> int:
    """How many rounds take so many seconds: at least five, for a median, and at most sixty."""
    started = perf_counter()
    for work in works.values():
        work()
    return max(5, min(60, int(budget / (perf_counter() - started))))
