"""The smallest journal that Hypothesis finds to a state: `python tests/kit/shrinking.py retained` prints it.

A process of its own, for Hypothesis takes constants from every module that is loaded: among other tests' modules it
draws other journals, and gives up on some before they are short.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from random import Random

from hypothesis import find, settings

from poec_workflow import Request, Workflow
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.testing import SettableClock, play, strategies, to_journal

SEARCHES = 3
"""The best of them counts: one that starts from a long journal may end before it is short."""


def searched(state: str) -> Iterator[list[Request]]:
    """What each search comes to."""

    def reaches(journal: list[Request]) -> bool:
        workflow = Workflow(MemoryStorage(), clock=SettableClock("2021-11-02T09:00:00+01:00"))
        states = play(journal, workflow).states
        return any(state == each for of in states.values() for each in of.values())

    bounded = settings(max_examples=5_000, deadline=None, database=None)
    for chance in map(Random, range(SEARCHES)):  # seeded: the same searches every time
        yield find(strategies.journals(), reaches, settings=bounded, random=chance)


if __name__ == "__main__":
    found = sorted(searched(sys.argv[1]), key=len)
    sys.stdout.write(to_journal(found[0]))
