"""What the first page of the applications costs, beside looking one application up, and what a rare word costs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack

from benchmarks.by_hand import BY_HAND, NAMES, READING
from benchmarks.filling import NOW, PER_SESSION, STORES, FilledStore, application_of
from benchmarks.lines import Line, Target, at_most
from benchmarks.ratios import Work, seconds
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.views import ApplicationFilter

TIMES = 8
"""How often a work is done in its turn, each time on other applications."""
PAGE, RARE_WORD, PAGE_BY_HAND = "first page", "a rare word over everybody", "first page, by hand"
OURS, BY_HAND_LOOKUP, BOUND = "a lookup by reference, ours", "a lookup by reference, by hand", "a bound of 50 ms"
BOUND_MS = 50.0


def lines(*, quick: bool) -> Sequence[Line]:
    """On each database."""
    many, rounds = (10_000, 15) if quick else (1_000_000, 61)
    return [line for kind in STORES.kinds for line in _lines_on(kind, many, rounds)]


def _lines_on(kind: str, many: int, rounds: int) -> Iterator[Line]:
    url = STORES.filled(kind, many)
    with ExitStack() as stack:
        ours = FilledStore.on(stack.enter_context(SqlStorage.open(url)), many)
        way = BY_HAND[kind](url, lambda: NOW)
        stack.callback(way.close)
        works: dict[str, Work] = {
            PAGE: ours.workflow.applications,
            PAGE_BY_HAND: way.page,
            OURS: lambda: ours.workflow.application(_any_reference(ours)),
            BY_HAND_LOOKUP: lambda: way.application(_any_reference(ours)),
            RARE_WORD: lambda: ours.workflow.applications(ApplicationFilter(text=_any_name(ours))),
        }
        taken = seconds({name: _often(work) for name, work in works.items()}, rounds, READING[kind])
    figures = {name: each / TIMES * 1e3 for name, each in taken.items()} | {BOUND: BOUND_MS}

    def line(name: str, against: str, target: Target | None = None) -> Line:
        ours, floor = figures[name], figures[against]
        return Line(
            name=name,
            against=f"{NAMES[kind]}, {many:,} applications, {against}",
            ours=ours,
            floor=floor,
            unit="ms",
            target=target,
        )

    yield line(PAGE, OURS, at_most(3, prize=2))
    yield line(PAGE_BY_HAND, OURS)
    yield line(PAGE, BY_HAND_LOOKUP)
    yield line(RARE_WORD, BOUND, at_most(1))


def _any_reference(store: FilledStore) -> str:
    return application_of(store.any_session(), store.random.randrange(PER_SESSION))


def _any_name(store: FilledStore) -> str:
    """A word that is in the name of ten applications' candidate."""
    return f"n{store.any_action()}x{store.random.randrange(PER_SESSION):03}"


def _often(work: Work) -> Work:
    def often() -> None:
        for _ in range(TIMES):
            work()

    return often
