"""Processes that stay for a whole campaign, and begin each piece of work together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.pool import Pool
from multiprocessing.synchronize import Barrier, Event
from typing import Any, TypeVar

from attrs import frozen

T = TypeVar("T")

PATIENCE = 120
"""Seconds after which something hangs."""

# What the processes fork from has these loaded; what can't be imported there each loads for itself.
PRELOADED = [
    "poec_workflow.adapters.sql",
    "poec_workflow.testing.contracts.fixtures",
    "sqlalchemy.dialects.postgresql.psycopg",
    "sqlalchemy.dialects.sqlite.pysqlite",
]


@frozen
class Common:
    """What the processes have in common: a gate for each number of them, and a flag."""

    gates: dict[int, Barrier]
    flag: Event


_common: list[Common] = []


def _join(common: Common) -> None:
    _common[:] = [common]


def meet(parties: int) -> None:
    """Wait, in a process of the crew, until so many have come."""
    _common[0].gates[parties].wait(timeout=PATIENCE)


def flag() -> Event:
    """The flag, in a process of the crew."""
    return _common[0].flag


@frozen
class Crew:
    """Processes that are there."""

    pool: Pool
    common: Common

    def work(self, function: Callable[..., T], arguments: Sequence[tuple[Any, ...]]) -> list[T]:
        """Each in a process of its own, given that the function meets all the others first."""
        self.common.flag.clear()
        return self.pool.starmap_async(function, arguments, chunksize=1).get(timeout=PATIENCE)


@contextmanager
def crew(*sizes: int, gates: Iterable[int] = ()) -> Iterator[Crew]:
    """As many processes as the greatest size; that many can meet, or as many as a smaller size or a gate has."""
    context = get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    common = Common({each: context.Barrier(each) for each in {*sizes, *gates}}, context.Event())
    with context.Pool(max(sizes), _join, (common,)) as pool:
        yield Crew(pool, common)
        pool.close()
        pool.join()
