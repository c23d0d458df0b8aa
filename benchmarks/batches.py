"""What many commands cost in one transaction, beside one by one, and beside the same by hand in one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack

from benchmarks.by_hand import NAMES, handwritten, store
from benchmarks.calls import convocations, next_of, registrations, request_of
from benchmarks.commands import MANY, TURN, executing, in_turn
from benchmarks.filling import STORES, FilledStore
from benchmarks.handwritten import Call, Convocation, Handwritten
from benchmarks.lines import Line, Target, at_least
from benchmarks.ratios import Work, seconds

BATCH = 64
SINGLE, ONE_AFTER_THE_OTHER, IN_BULK = (
    "one by one, each in its own transaction",
    "by hand, one after the other in one transaction",
    "by hand, each table read and written at once",
)
TO_SINGLE: dict[str, Target] = {"sqlite": at_least(4), "postgresql": at_least(6)}
TO_HAND = at_least(0.4, prize=0.7)


def lines(*, quick: bool) -> Sequence[Line]:
    """Rates of each kind of command, 64 in one."""
    return [line for kind in STORES.kinds for line in _lines_on(kind, 3 if quick else 10)]


def _lines_on(kind: str, rounds: int) -> Iterator[Line]:
    with ExitStack() as stack:
        ours = stack.enter_context(store(kind, MANY))
        [way] = stack.enter_context(handwritten(kind, MANY))
        batched, single = (rounds + 1) * BATCH, (rounds + 1) * TURN
        plain, keyed, registered = convocations(ours), convocations(ours, keyed=True), registrations(ours)
        in_bulk = next_of(plain, batched)
        next_of(keyed, 2 * batched + single)  # those of the same applications
        kinds: dict[str, Iterator[Call]] = {"convoke": plain, "convoke, key": keyed, "preregister, key": registered}
        for name, calls in kinds.items():
            batches, singles = next_of(calls, batched), next_of(calls, single)
            works = {
                "ours": _ours(ours, batches),
                SINGLE: in_turn(executing(ours, singles)),
                ONE_AFTER_THE_OTHER: _by_hand(way, batches),
            }
            if name == "convoke":
                works[IN_BULK] = _in_bulk(way, in_bulk)
            taken = seconds(works, rounds)
            for against in list(works)[1:]:
                yield Line(
                    name=f"{BATCH} × {name}",
                    against=f"{NAMES[kind]}, {against}",
                    ours=BATCH / taken["ours"],
                    floor=(TURN if against == SINGLE else BATCH) / taken[against],
                    unit="/s",
                    target={SINGLE: TO_SINGLE[kind], ONE_AFTER_THE_OTHER: TO_HAND}.get(against),
                )


def _ours(store: FilledStore, calls: Sequence[Call]) -> Work:
    requests = iter([request_of(call) for call in calls])
    return lambda: store.workflow.execute_many(next_of(requests, BATCH), atomic=True)


def _by_hand(way: Handwritten, calls: Sequence[Call]) -> Work:
    left = iter(calls)
    return lambda: way.execute_all(next_of(left, BATCH))


def _in_bulk(way: Handwritten, calls: Sequence[Convocation]) -> Work:
    left = iter(calls)
    return lambda: way.convoke_in_bulk(next_of(left, BATCH))
