"""What a decision costs, beside one bare trigger of a stock `transitions` machine, which decides and makes nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import thread_time

from benchmarks.cases import ACCEPTED, NO_ROW, REFUSED, Case
from benchmarks.frozen_table import decided
from benchmarks.lines import Line, Target, at_most
from benchmarks.peers import installed, triggering
from benchmarks.peers.stock import stock, with_conditions
from benchmarks.ratios import Work, seconds
from poec_workflow import Accepted, Facts, decide

TIMES = 200
TRIGGER = "one bare trigger of transitions"

TARGETS: dict[str, Target] = {
    "decide, accepted": at_most(0.6, prize=0.4),
    "Facts(…) and decide, accepted": at_most(0.9, prize=0.6),
    "decide, refused with one code": at_most(0.6, prize=0.35),
    "decide, no row": at_most(0.6, prize=0.35),
}


def lines(*, quick: bool) -> Sequence[Line]:
    """Decisions, the same by hand, and the peers, each beside the bare trigger."""
    works: dict[str, Work] = {
        TRIGGER: triggering(stock(), TIMES),
        "decide, accepted": _deciding(ACCEPTED, accepted=True),
        "Facts(…) and decide, accepted": _deciding(ACCEPTED, accepted=True, with_facts=True),
        "decide, refused with one code": _deciding(REFUSED, accepted=False),
        "decide, no row": _deciding(NO_ROW, accepted=False),
        "by hand, a frozen table": _by_hand(ACCEPTED, products=False),
        "by hand, with the same products": _by_hand(ACCEPTED, products=True),
        "by hand, refused with one code": _by_hand(REFUSED, products=True),
        "by hand, no row": _by_hand(NO_ROW, products=True),
        "transitions, same conditions": with_conditions(ACCEPTED, TIMES),
        **{f"{name}, bare": triggering(model, TIMES) for name, model in installed().items()},
    }
    taken = {name: each / TIMES * 1e6 for name, each in seconds(works, 31 if quick else 201, thread_time).items()}
    floor = taken.pop(TRIGGER)
    return [
        Line(name=name, against=TRIGGER, ours=each, floor=floor, unit="µs", target=TARGETS.get(name))
        for name, each in taken.items()
    ]


def _deciding(cases: Sequence[Case], *, accepted: bool, with_facts: bool = False) -> Work:
    """`decide`, in turn for each of some cases, with the facts given or made anew."""
    known = [(each.application, each.command, each.facts()) for each in cases]
    for application, command, facts in known:
        if isinstance(decide(application, command, facts), Accepted) is not accepted:
            raise SystemExit(f"not the answer to be measured: {command}")

    def work() -> None:
        for _ in range(TIMES // len(known)):
            for application, command, facts in known:
                decide(application, command, facts)

    def work_with_facts() -> None:
        for _ in range(TIMES // len(cases)):
            for each in cases:
                decide(each.application, each.command, each.facts())

    return work_with_facts if with_facts else work


def _by_hand(cases: Sequence[Case], *, products: bool) -> Work:
    known: list[tuple[object, object, Facts]] = [(each.application, each.command, each.facts()) for each in cases]
    call: Callable[..., object] = decided

    def work() -> None:
        for _ in range(TIMES // len(known)):
            for application, command, facts in known:
                call(application, command, facts, products=products)

    return work
