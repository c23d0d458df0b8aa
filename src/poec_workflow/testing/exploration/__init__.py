"""Exhaustive exploration: every combination of a few applications, seats and days, through the real `decide`."""

from collections.abc import Iterable

from poec_workflow.machines import LIFECYCLES, Lifecycles
from poec_workflow.machines.lifecycles import must_be_lifecycles
from poec_workflow.policies.settings import Settings
from poec_workflow.testing.exploration.bounds import Bounds
from poec_workflow.testing.exploration.paths import Path, ShortestPaths, shortest_paths, simple_paths
from poec_workflow.testing.exploration.report import Exploration, RowSeen
from poec_workflow.testing.exploration.search import Search
from poec_workflow.testing.exploration.search_record import Violation
from poec_workflow.testing.reference import PROMISES, Promise
from poec_workflow.testing.reference.asked_promises import checked_promises

__all__ = [
    "Bounds",
    "Exploration",
    "Path",
    "RowSeen",
    "ShortestPaths",
    "Violation",
    "explore",
    "shortest_paths",
    "simple_paths",
]


def explore(
    lifecycles: Lifecycles = LIFECYCLES,
    bounds: Bounds | None = None,
    *,
    settings: Settings | None = None,
    whole: bool = True,
    properties: Iterable[Promise] = (),
) -> Exploration:
    """Search every state within bounds, and hold each decision against the reference.

    Every command that a table has in the state of its subject is tried, on one application among those that stand
    alike. In states of at most one application also what must be refused, everything by a stranger, and what leaves
    all as it is (texts, information dates).

    Args:
        lifecycles: the tables by kind of subject; the package's by default, or those of `with_rows`.
        bounds: how far to go.
        settings: whose rules; a service's own, policies and all.
        whole: go on after a violation; else what was found by then is all.
        properties: a service's own, asked beside the package's after each decision of somebody who may ask for it,
            accepted or refused: functions of the step, as `LifecycleMachine.promises` has them. The step has no
            preview, no outbox, and the history of this decision alone.

    Raises:
        Malformed: a bound below one; a property that is no function of the step, or has the name of another.

    Who is refused for want of a seat needs somebody who took it, so one application is not enough for every row:

    >>> found = explore(bounds=Bounds(applications=1))
    >>> found.ok, [row.id for row in found.dead]
    (True, ['L13'])
    """
    must_be_lifecycles(lifecycles, "$.lifecycles")
    settings = settings or Settings()
    within = (bounds or Bounds()).within(settings)
    own = checked_promises(properties, "$.properties", taken=PROMISES)
    search = Search(within, settings, lifecycles, whole=whole, properties=own)
    return Exploration.of(search.run(), within, settings, lifecycles)
