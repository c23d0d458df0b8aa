"""How often each row was taken, in all that a store holds of one lifecycle."""

from __future__ import annotations

from collections import Counter

from poec_workflow.diagrams.graph import Step, steps
from poec_workflow.machines import Lifecycle
from poec_workflow.ports import Queries


def taken(queries: Queries, lifecycle: Lifecycle) -> Counter[Step]:
    """Counted from the histories of every subject: one read each, a moment each."""
    return steps(
        entry for reference in queries.states(lifecycle.kind) for entry in queries.history(lifecycle.kind, reference)
    )
