"""What the feed costs: a page of it anywhere in a long store, and what its places cost those who write.

Who writes without a feed is our own adapter without it: the same rows, placed nowhere, on a store without the index.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from unittest.mock import patch

from sqlalchemy import create_engine, text

from benchmarks.by_hand import NAMES, READING, store
from benchmarks.calls import convocations, next_of, request_of
from benchmarks.commands import MANY, TURN, executing, in_turn
from benchmarks.filling import STORES, FilledStore
from benchmarks.handwritten import Call
from benchmarks.lines import Line, at_most
from benchmarks.ratios import Work, rounds_in, seconds
from poec_workflow.adapters.sql import overdue_batches, pending_writes
from poec_workflow.adapters.sql.bulk import insert, names_of
from poec_workflow.adapters.sql.schema import history
from poec_workflow.ports import reads_feed
from poec_workflow.sweep import batches

PAGE, BATCH, SWEPT = 100, 64, 200
SAME_EVERYWHERE, WRITTEN = at_most(1.5), at_most(1.25)
_PLACE = ("feed_transaction", "feed_number")
_NOWHERE = insert(history, (name for name in names_of(history) if name not in _PLACE))


def lines(*, quick: bool) -> Sequence[Line]:
    """Pages, then writes."""
    many = 10_000 if quick else 333_500
    return [
        line for kind in STORES.kinds for line in (*_pages(kind, many, quick=quick), *_writes(kind, 5 if quick else 40))
    ]


def _pages(kind: str, many: int, *, quick: bool) -> Iterator[Line]:
    """Of a hundred entries each: the first, beside one in the middle and the last."""
    with store(kind, many) as filled:
        last = _count(filled)
        places = {"first": 1, "middle": last // 2, "last": last - PAGE}
        works = {name: partial(_page, filled, f"0.{number}") for name, number in places.items()}
        taken = seconds(works, rounds_in(works, 0.3 if quick else 3), READING[kind])
        for name in ("middle", "last"):
            yield Line(
                name=f"feed, {name} page",
                against=f"{NAMES[kind]}, the first page of {last:,} entries",
                ours=taken[name] * 1e3,
                floor=taken["first"] * 1e3,
                unit="ms",
                target=SAME_EVERYWHERE,
            )


def _page(filled: FilledStore, place: str) -> object:
    queries = filled.workflow.storage.queries
    found = queries.feed(place, limit=PAGE) if reads_feed(queries) else ()
    if len(found) != PAGE:
        raise SystemExit(f"a page at {place} has {len(found)} entries")
    return found


def _count(filled: FilledStore) -> int:
    """How many entries there are: their numbers have no gap."""
    return int(str(_said(filled, "SELECT count(*) FROM poec_history")))


def _said(filled: FilledStore, statement: str) -> object:
    engine = create_engine(filled.workflow.storage._connections._engine.url)  # type: ignore[attr-defined]  # noqa: SLF001
    with engine.begin() as connection:
        found = connection.execute(text(statement))
        answer = found.scalar() if found.returns_rows else None
    engine.dispose()
    return answer


def _writes(kind: str, rounds: int) -> Iterator[Line]:
    with ExitStack() as stack:
        placed, placeless = (stack.enter_context(store(kind, MANY)) for _ in range(2))
        _said(placeless, "DROP INDEX ix_poec_history_feed_transaction_feed_number")
        stores = {"ours": placed, "without": placeless}
        calls: dict[str, Iterator[Call]] = {way: convocations(each) for way, each in stores.items()}
        sweeps = {way: batches(each.workflow.storage, each.workflow.clock.now(), each.workflow.settings, size=SWEPT)
                  for way, each in stores.items()}  # fmt: skip
        made: Mapping[str, tuple[int, Callable[[str], Work]]] = {
            "convoke": (rounds, lambda way: in_turn(executing(stores[way], next_of(calls[way], (rounds + 1) * TURN)))),
            f"{BATCH} × convoke": (rounds // 3, lambda way: _batch(stores[way], calls[way])),
            f"sweep, a batch of {SWEPT}": (rounds // 4, lambda way: lambda: next(sweeps[way])),
        }
        for name, (times, work) in made.items():
            works = {way: _without(work(way)) if way == "without" else work(way) for way in stores}
            taken = seconds(works, max(times, 3))
            yield Line(
                name=f"{name}, with its place",
                against=f"{NAMES[kind]}, ours, without the feed",
                ours=taken["ours"] * 1e3,
                floor=taken["without"] * 1e3,
                unit="ms",
                target=WRITTEN,
            )


def _batch(filled: FilledStore, calls: Iterator[Call]) -> Work:
    def work() -> object:
        requests = [request_of(each) for each in next_of(calls, BATCH)]
        return filled.workflow.execute_many(requests, atomic=True)

    return work


def _without(work: Work) -> Work:
    def without() -> object:
        with _nowhere():
            return work()

    return without


@contextmanager
def _nowhere() -> Iterator[None]:
    """Entries get no place."""
    with patch.object(pending_writes, "HISTORY", _NOWHERE), patch.object(overdue_batches, "HISTORY", _NOWHERE):
        yield
