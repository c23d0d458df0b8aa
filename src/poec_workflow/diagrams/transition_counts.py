"""How often each row of a lifecycle was taken, by a store's histories."""

from __future__ import annotations

from collections import Counter

from poec_workflow.diagrams.graph import Step, steps
from poec_workflow.machines import Lifecycle
from poec_workflow.ports import Queries


def count_transitions(queries: Queries, lifecycle: Lifecycle) -> Counter[Step]:
    """Count the rows in the history of every subject; each history is one read."""
    return steps(
        entry for reference in queries.states(lifecycle.kind) for entry in queries.history(lifecycle.kind, reference)
    )
