"""What one command costs on a database, in its own transaction, beside the same reads, locks and writes by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from itertools import islice, repeat
from time import perf_counter, thread_time

from benchmarks.by_hand import NAMES, handwritten, same_rows, store
from benchmarks.calls import convocation, convocations, next_of, registrations, request_of
from benchmarks.filling import PENDING, STORES, FilledStore
from benchmarks.handwritten import Call, Handwritten
from benchmarks.handwritten_postgresql import HandwrittenInOne
from benchmarks.lines import Line, Target, at_least, at_most
from benchmarks.ratios import Work, seconds
from poec_workflow.notices import NOTICES

MANY = 20_000
"""Applications of a store: growth is measured elsewhere."""
TURN, THREADS = 4, 8
"""Commands, of each thread where there are several, that one way carries out before the other has its turn: few, for
what a disk takes to keep a commit changes from one second to the next."""
COMMIT = "(a durable commit of one row)"
"""What the disk allows, whoever asks: the slower it is, the less a ratio says."""
AGAINST = {
    "sqlite": "SQLite, sqlite3 by hand, full durability",
    "postgresql": "PostgreSQL, psycopg by hand, four statements",
    "in one": "PostgreSQL, psycopg by hand, writes in one statement",
}
TARGETS: dict[str, Target] = {"sqlite": at_least(0.7, prize=0.9), "postgresql": at_least(1.0, prize=1.3)}
THREADED = at_least(0.8, prize=1.3)
TOLD = at_most(1.25)
"""What a command may cost whose messages are stored with it, of one that tells nobody."""


def lines(*, quick: bool) -> Sequence[Line]:
    """Rates of each kind of command, one thread; on PostgreSQL eight threads too."""
    rounds = 20 if quick else 150
    measured: list[Line] = []
    for kind in STORES.kinds:
        same_rows(kind)
        measured += _one_thread(kind, rounds)
        measured += _told(kind, rounds)
        if kind == "postgresql":
            measured.append(_threads(kind, 8 if quick else 45))
    return measured


def _one_thread(kind: str, rounds: int) -> Iterator[Line]:
    with ExitStack() as stack:
        ours = stack.enter_context(store(kind, MANY))
        [by_hand] = stack.enter_context(handwritten(kind, MANY))
        plain = {AGAINST[kind]: by_hand}
        if kind == "postgresql":
            [plain[AGAINST["in one"]]] = stack.enter_context(handwritten(kind, MANY, HandwrittenInOne))
        needed = (rounds + 1) * TURN
        kinds: dict[str, Sequence[Call]] = {
            "convoke": next_of(convocations(ours), needed),
            "convoke, key": next_of(islice(convocations(ours, keyed=True), needed, None), needed),
            "preregister, key": next_of(registrations(ours), needed),
        }
        for name, calls in kinds.items():
            ways = plain if name == "convoke" else {AGAINST[kind]: by_hand}
            works = {"ours": in_turn(executing(ours, calls))}
            works |= {against: in_turn(calling(way, calls)) for against, way in ways.items()}
            if name == "convoke":
                works[COMMIT] = in_turn(repeat(by_hand.commit_alone))
            taken = seconds(works, rounds)
            rates = {each: TURN / took for each, took in taken.items()}
            if COMMIT in rates:
                yield Line(
                    name=COMMIT, against=AGAINST[kind], ours=rates[COMMIT], floor=rates[AGAINST[kind]], unit="/s"
                )
            for against in ways:
                target = TARGETS[kind] if against == AGAINST[kind] else None
                yield Line(
                    name=name, against=against, ours=rates["ours"], floor=rates[against], unit="/s", target=target
                )
        yield _processor(kind, ours, by_hand, needed)


def _processor(kind: str, ours: FilledStore, by_hand: Handwritten, skipped: int) -> Line:
    """What a command costs this process alone: neither the disk nor the server, nor who else uses the machine."""
    calls = next_of(islice(convocations(ours), 2 * skipped, None), skipped)
    works = {"ours": in_turn(executing(ours, calls)), "by hand": in_turn(calling(by_hand, calls))}
    taken = {name: each / TURN * 1e6 for name, each in seconds(works, skipped // TURN - 1, thread_time).items()}
    return Line(
        name="convoke, processor time", against=AGAINST[kind], ours=taken["ours"], floor=taken["by hand"], unit="µs"
    )


def _told(kind: str, rounds: int) -> Iterator[Line]:
    """A command whose messages are stored with it, beside the same where nobody is told, on stores of their own."""
    with ExitStack() as stack:
        silent = stack.enter_context(store(kind, MANY))
        telling = stack.enter_context(store(kind, MANY, NOTICES))
        ways = {"telling": telling, "silent": silent}
        needed = (rounds + 1) * TURN
        calls = {way: convocations(each) for way, each in ways.items()}
        for clock, name, target in (
            (perf_counter, "convoke, telling", TOLD),
            (thread_time, "convoke, telling, processor time", None),
        ):
            works = {way: in_turn(executing(each, next_of(calls[way], needed))) for way, each in ways.items()}
            taken = {way: each / TURN * 1e6 for way, each in seconds(works, rounds, clock).items()}
            yield Line(
                name=name,
                against=f"{NAMES[kind]}, ours, nobody is told",
                ours=taken["telling"],
                floor=taken["silent"],
                unit="µs",
                target=target,
            )


def executing(store: FilledStore, calls: Sequence[Call]) -> Iterator[Work]:
    """Commands through the workflow, each in a transaction of its own."""
    requests = [request_of(call) for call in calls]
    return iter([partial(store.workflow.execute, each.command, each.actor, key=each.key) for each in requests])


def calling(way: Handwritten, calls: Sequence[Call]) -> Iterator[Work]:
    """The same by hand."""
    return iter([partial(way.execute, call) for call in calls])


def in_turn(works: Iterator[Work]) -> Work:
    """The next of some works each time."""

    def work() -> None:
        for each in next_of(works, TURN):
            each()

    return work


def _threads(kind: str, rounds: int) -> Line:
    """Convocations in threads, each on a session of its own."""
    with ExitStack() as stack:
        ours = stack.enter_context(store(kind, MANY))
        ways = stack.enter_context(handwritten(kind, MANY, connections=THREADS))
        pool = stack.enter_context(ThreadPoolExecutor(THREADS))
        calls = [[convocation(ours, session, number) for number in PENDING] for session in ours.current()[:THREADS]]
        by_hand = [in_turn(calling(way, some)) for way, some in zip(ways, calls, strict=True)]
        works = {
            "ours": _side_by_side(pool, [in_turn(executing(ours, some)) for some in calls]),
            "by hand": _side_by_side(pool, by_hand),
        }
        rates = {name: THREADS * TURN / took for name, took in seconds(works, rounds).items()}
    return Line(
        name=f"convoke, {THREADS} threads",
        against=AGAINST[kind],
        ours=rates["ours"],
        floor=rates["by hand"],
        unit="/s",
        target=THREADED,
    )


def _side_by_side(pool: ThreadPoolExecutor, works: Sequence[Work]) -> Work:
    """Each in a thread; done when all are."""

    def work() -> None:
        for each in [pool.submit(some) for some in works]:
            each.result()

    return work
