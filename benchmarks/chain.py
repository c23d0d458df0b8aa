"""What the chain of digests costs: a command, a batch and a sweep beside the same without it, and what verifying takes.

Without it means that no digest is made: the columns are written empty.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from importlib import import_module
from statistics import median
from time import perf_counter, thread_time
from unittest.mock import patch

from sqlalchemy import create_engine

from benchmarks.batches import BATCH
from benchmarks.by_hand import NAMES, READING, store
from benchmarks.calls import convocations, next_of, request_of
from benchmarks.commands import MANY, TURN, executing, in_turn
from benchmarks.filling import STORES, FilledStore
from benchmarks.handwritten import Call
from benchmarks.lines import Line, Target, at_most
from benchmarks.ratios import Work, seconds
from benchmarks.sweeping import OVERDUE
from poec_workflow.adapters.sql import SqlStorage, overdue_batches, pending_writes

MILLION = 1_000_000
TWO_MINUTES = 120.0
"""Seconds that a million entries may take to be verified."""
CHAINED, WITHOUT = "chained", "without"


def lines(*, quick: bool) -> Sequence[Line]:
    """On each database."""
    many = 10_000 if quick else 100_000
    return [
        line
        for kind in STORES.kinds
        for line in (
            *_commands(kind, 20 if quick else 150),
            *_sweep(kind, many, 3 if quick else 5),
            *_verify(kind, many),
        )
    ]


@contextmanager
def _unchained() -> Iterator[None]:
    with (
        patch.object(pending_writes, "DIGESTS", defaultdict(lambda: lambda _: "")),
        patch.object(overdue_batches, "digest_template", lambda _entry: lambda *_: ""),
    ):
        yield


def _without(work: Work) -> Work:
    def unchained() -> None:
        with _unchained():
            work()

    return unchained


def _commands(kind: str, rounds: int) -> Iterator[Line]:
    """Commands one by one and in batches, by the clock and by the processor's."""
    with ExitStack() as stack:
        ways = {name: stack.enter_context(store(kind, MANY)) for name in (CHAINED, WITHOUT)}
        calls = {name: convocations(each) for name, each in ways.items()}
        for clock, said in ((perf_counter, ""), (thread_time, ", processor time")):
            needed = (rounds + 1) * TURN
            works = {name: in_turn(executing(each, next_of(calls[name], needed))) for name, each in ways.items()}
            yield _line(kind, f"convoke{said}", _taken(works, rounds, clock), TURN, at_most(1.1))
        few = max(3, rounds // 15)
        works = {name: _batches(each, next_of(calls[name], (few + 1) * BATCH)) for name, each in ways.items()}
        yield _line(kind, f"{BATCH} × convoke", _taken(works, few, perf_counter), BATCH, at_most(1.25))


def _batches(filled: FilledStore, calls: Sequence[Call]) -> Work:
    requests = iter([request_of(call) for call in calls])
    return lambda: filled.workflow.execute_many(next_of(requests, BATCH), atomic=True)


def _taken(works: dict[str, Work], rounds: int, clock: Callable[[], float]) -> dict[str, float]:
    return seconds({CHAINED: works[CHAINED], WITHOUT: _without(works[WITHOUT])}, rounds, clock)


def _line(kind: str, name: str, taken: dict[str, float], each: int, target: Target) -> Line:
    return Line(
        name=name,
        against=f"{NAMES[kind]}, ours without the chain",
        ours=taken[CHAINED] / each * 1e6,
        floor=taken[WITHOUT] / each * 1e6,
        unit="µs",
        target=target,
    )


def _sweep(kind: str, many: int, rounds: int) -> Iterator[Line]:
    """A sweep of all that is overdue, each time on a fresh copy."""
    clock = READING[kind]
    taken: dict[str, list[float]] = {CHAINED: [], WITHOUT: []}
    for turn in range(rounds):
        for name in (CHAINED, WITHOUT) if turn % 2 else (WITHOUT, CHAINED):
            with store(kind, many) as filled:
                filled.workflow.application(f"C-{filled.any_session()}-000")
                work: Work = filled.workflow.sweep
                begun = clock()
                (work if name == CHAINED else _without(work))()
                taken[name].append(clock() - begun)
    swept = {name: median(each) for name, each in taken.items()}
    yield _line(kind, f"sweep, each of {OVERDUE * many:,.0f}", swept, int(OVERDUE * many), at_most(1.25))


def _verify(kind: str, many: int) -> Iterator[Line]:
    """All of a store whose chains are made anew: what fills it copies entries."""
    url, clock = STORES.copy(kind, many), READING[kind]
    try:
        begun = clock()
        rechain(url)
        chained = clock() - begun
        with SqlStorage.open(url) as storage:
            begun = clock()
            found = storage.verify()
            spent = clock() - begun
        if found.findings:
            raise SystemExit(f"found in an untouched store: {found.findings[:3]}")
    finally:
        STORES.drop(url)
    for name, took in (("verify", spent), ("upgrade to 0008", chained)):
        yield Line(
            name=f"{name}, a million entries",
            against=f"{NAMES[kind]}, two minutes",
            ours=took * MILLION / found.entries,
            floor=TWO_MINUTES,
            unit="s",
            target=at_most(1) if name == "verify" else None,
        )


def rechain(url: str) -> None:
    """Make every chain anew, as the revision's script does."""
    script = import_module("poec_workflow.adapters.sql.migrations.versions.0008_chained_history")
    engine = create_engine(url)
    with engine.begin() as connection:
        for kind, table in script.SUBJECTS.items():
            script.chain(connection, kind, table)
    engine.dispose()
