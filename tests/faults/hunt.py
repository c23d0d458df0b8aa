"""Hunt for whatever fault is in the package at hand, with the kit alone, and print what was found as one JSON object.

Run by `run.py` on a copy of the project; `python tests/faults/hunt.py` by itself hunts for a real one.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from itertools import count

from hypothesis import settings

from poec_workflow import Facts, Settings, commands
from poec_workflow.testing import LifecycleMachine

SECONDS = 60
"""Of this process's own time, so that other work on the machine does not count."""
SUNDAY = 7
ROUND = 50
"""Examples of one machine before the next has its turn."""


class ByDefault(LifecycleMachine):
    """The domain page's settings."""


class Ours(LifecycleMachine):
    """A service's settings: what the default ones leave at rest moves here."""

    settings = Settings(max_convocations=2, close_when_full="automatic", quota_counts="live")


class Overbooked(LifecycleMachine):
    """More seats than places, and one convocation only."""

    settings = Settings(max_convocations=1, overbooking=1)


def on_sunday(_application: object, facts: Facts) -> dict[str, date] | None:
    """A service's own policy: nobody registers on a Sunday."""
    today = facts.now.date()
    return {"today": today} if today.isoweekday() == SUNDAY else None


class OnWorkingDays(LifecycleMachine):
    """A policy of a service's own that takes the clock's date for the day."""

    settings = Settings(refuse_also={commands.Preregister: (on_sunday,)})


Found = tuple[str, list[str]]
"""What is wrong, and the journal that leads there."""


def by_machine() -> Iterator[Found | None]:
    """What `LifecycleMachine` finds, after each round."""
    for number in count():
        machine = (Ours, ByDefault, Overbooked, OnWorkingDays)[number % 4]
        asked = settings(machine.TestCase.settings, max_examples=ROUND, database=None)
        try:
            machine.check(asked)
        except Exception as error:  # noqa: BLE001 - a fault may show as any
            yield f"{machine.__name__}: {error}", list(getattr(error, "poec_journal", ()))
        yield None


FINDERS: Mapping[str, Callable[[], Iterator[Found | None]]] = {"machine": by_machine}
"""Each way of finding faults without an example of them; `explore` belongs here."""


def main(finders: list[str]) -> int:
    """Hunt with each, until something is found or its time is up."""
    for name in finders or FINDERS:
        began = time.process_time()
        for found in FINDERS[name]():
            took = time.process_time() - began
            if found is not None:
                what, journal = found
                print(json.dumps({"by": name, "seconds": took, "what": what, "journal": journal}, ensure_ascii=False))
                return 1
            if took > SECONDS:
                break
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
