"""Time works in turn, so that what else the machine does slows all of them alike."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from statistics import median
from time import perf_counter

Work = Callable[[], object]


def seconds(works: Mapping[str, Work], rounds: int) -> dict[str, float]:
    """The median duration of each work, in seconds, over so many rounds in which each runs once."""
    taken: dict[str, list[float]] = {name: [] for name in works}
    enabled = gc.isenabled()
    gc.disable()
    try:
        for each in works.values():
            each()
        for _ in range(rounds):
            for name, work in works.items():
                start = perf_counter()
                work()
                taken[name].append(perf_counter() - start)
            gc.collect(0)
    finally:
        if enabled:
            gc.enable()
    return {name: median(each) for name, each in taken.items()}
