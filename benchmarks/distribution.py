"""What a store costs whose tables are partitioned by session, beside one that is not, and what 10⁸ applications would.

Both kinds are filled with the same rows, at several sizes, and all are asked in turn. Rows and indexes are as large as
the database says, at the largest size. The figures are then carried on to what no machine here holds, on these
assumptions: bytes grow with the applications; a time grows with the depth of its indexes, as much for each ten times
as many as from the smallest size to the largest, and never shrinks; indexes have to be in memory. Run

    uv run --group benchmarks python -m benchmarks.distribution [--partitions NUMBER] [--applications NUMBER ...]
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from math import log10

import psycopg
from attrs import frozen
from rich.console import Console
from rich.table import Table

from benchmarks.filling import STORES, FilledStore, fill_partitioned
from benchmarks.growth import COMMANDS, READS, Work
from benchmarks.ratios import rounds_in, seconds
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.adapters.sql.partitioned_schema import DISTRIBUTED
from poec_workflow.adapters.sql.schema import metadata
from postgres import raw_url

SIZES = (10_000, 100_000, 1_000_000)
FAR = 100_000_000
"""How many applications are to be told of."""
PARTITIONS = 32
PLAIN, PARTITIONED = "plain", "partitioned"
KINDS = (PLAIN, PARTITIONED)
ROUNDS = 61
"""So many commands of a kind are measured: enough that what else the machine does is no part of the median."""
ASKED = ("page, first", "page of an organisation", "page of a session", "dashboard", "history", "application")
SPARE = 0.7
"""The part of a memory that is counted on for indexes: the rest is the system's, and other caches'."""
MEMORY_GIB = 64
"""The memory of one node of the simulation."""
SIZE = """
SELECT coalesce(sum(pg_table_size(c.oid)), 0)::bigint, coalesce(sum(pg_indexes_size(c.oid)), 0)::bigint
FROM pg_class c WHERE c.oid = %(table)s::regclass
OR c.oid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = %(table)s::regclass)
"""


@frozen
class Size:
    """The bytes of a table and of its indexes."""

    rows: int
    indexes: int


Measured = Mapping[str, Mapping[int, Mapping[str, float]]]
"""Work ▸ applications ▸ kind of store ▸ milliseconds."""


def sizes_of(url: str) -> Mapping[str, Size]:
    """The size of each table, with its partitions."""
    with psycopg.connect(raw_url(url)) as connection:
        there = [each for each in (*metadata.tables, *DISTRIBUTED) if _is_there(connection, each)]
        return {
            each: Size(*connection.execute(SIZE, {"table": each}).fetchone() or ()) for each in dict.fromkeys(there)
        }


def _is_there(connection: psycopg.Connection, table: str) -> bool:
    found = connection.execute("SELECT to_regclass(%s) IS NOT NULL", (table,)).fetchone()
    return bool(found and found[0])


@contextmanager
def store(kind: str, many: int, partitions: int) -> Iterator[tuple[str, FilledStore]]:
    """A filled store of a kind, and its URL."""
    with ExitStack() as stack:
        if kind == PLAIN:
            url = STORES.copy("postgresql", many)
        else:
            url = STORES.made("postgresql", lambda made: fill_partitioned(made, many, partitions))
        stack.callback(STORES.drop, url)
        yield url, FilledStore.on(stack.enter_context(SqlStorage.open(url)), many)


def measured(many: Sequence[int], partitions: int) -> tuple[Measured, Mapping[str, Mapping[str, Size]]]:
    """The milliseconds of each work in stores of both kinds and of all sizes, all in turn; the largest ones' bytes."""
    with ExitStack() as stack:
        stores = {(kind, size): stack.enter_context(store(kind, size, partitions)) for size in many for kind in KINDS}
        taken: dict[str, Mapping[int, Mapping[str, float]]] = {}
        for works, rounds in ((COMMANDS, ROUNDS), ({name: READS[name] for name in ASKED}, None)):
            for name, work in works.items():
                asked = {f"{kind} {size}": _in_turn(work, each) for (kind, size), (_, each) in stores.items()}
                found = seconds(asked, rounds or rounds_in(asked, 3))
                taken[name] = {size: {kind: found[f"{kind} {size}"] * 1e3 for kind in KINDS} for size in many}
        return taken, {kind: sizes_of(stores[kind, max(many)][0]) for kind in KINDS}


def _in_turn(work: Work, filled: FilledStore) -> Callable[[], object]:
    turns = iter(range(500))
    return lambda: work(filled, next(turns))


def carried_on(by_size: Mapping[int, float], far: int = FAR) -> float:
    """A time at a far size: as much more for each ten times as many as it was from the smallest size to the largest.

    That is how the depth of an index grows; it can't grow less than nothing.
    """
    small, large = min(by_size), max(by_size)
    if small == large:
        return by_size[large]
    step = max(0.0, (by_size[large] - by_size[small]) / log10(large / small))
    return by_size[large] + step * log10(far / large)


def nodes_for(indexes: float, memory_gib: float = MEMORY_GIB) -> int:
    """How many machines hold so many bytes of indexes in memory."""
    return max(1, -int(-indexes // (memory_gib * 2**30 * SPARE)))


def main() -> None:
    """Measure, and print what follows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--partitions", type=int, default=PARTITIONS)
    parser.add_argument("--applications", type=int, nargs="+", default=SIZES)
    options = parser.parse_args()
    sizes = sorted(options.applications)
    with STORES.opened(("postgresql",)):
        times, found = measured(sizes, options.partitions)
    console = Console(width=120)
    console.print(_times(times, options.partitions))
    console.print(_bytes(found, sizes[-1]))
    console.print(*_far(found, sizes[-1]), sep="\n")


def _times(times: Measured, partitions: int) -> Table:
    sizes = sorted(next(iter(times.values())))
    table = Table("", title=f"milliseconds, plain / {partitions} partitions (ratio)")
    for many in sizes:
        table.add_column(f"{many:,}")
    table.add_column(f"{FAR:,}, carried on")
    for name, by_size in times.items():
        far = {kind: carried_on({many: by_size[many][kind] for many in sizes}) for kind in KINDS}
        table.add_row(name, *(_pair(each) for each in (*(by_size[many] for many in sizes), far)))
    return table


def _pair(found: Mapping[str, float]) -> str:
    plain, partitioned = (found[kind] for kind in KINDS)
    return f"{plain:.2f} / {partitioned:.2f} ({partitioned / plain:.2f})"


def _bytes(sizes: Mapping[str, Mapping[str, Size]], many: int) -> Table:
    table = Table("bytes an application", title=f"rows + indexes, at {many:,} applications")
    for kind in KINDS:
        table.add_column(kind)
    for name in sizes[PARTITIONED]:
        found = [sizes[kind].get(name, Size(0, 0)) for kind in KINDS]
        if any(each.rows + each.indexes >= many for each in found):
            table.add_row(name, *(f"{each.rows / many:.0f} + {each.indexes / many:.0f}" for each in found))
    totals = [_total(sizes[kind]) for kind in KINDS]
    table.add_row("all", *(f"{each.rows / many:.0f} + {each.indexes / many:.0f}" for each in totals))
    return table


def _total(sizes: Mapping[str, Size]) -> Size:
    return Size(sum(each.rows for each in sizes.values()), sum(each.indexes for each in sizes.values()))


def _far(sizes: Mapping[str, Mapping[str, Size]], many: int) -> Iterator[str]:
    """What so many applications would take."""
    yield f"{FAR:,} applications, by the bytes at {many:,}:"
    for kind in KINDS:
        total = _total(sizes[kind])
        rows, indexes = (each / many * FAR for each in (total.rows, total.indexes))
        yield (
            f"{kind}: {rows / 2**30:,.0f} GiB of rows, {indexes / 2**30:,.0f} GiB of indexes; "
            f"{nodes_for(indexes)} machines of {MEMORY_GIB} GiB hold the indexes in {SPARE:.0%} of their memory"
        )


if __name__ == "__main__":
    main()
