"""What a workflow promises at every step, held against what it stores and answers; nothing here asks a policy.

A `Snapshot` is all that a storage holds; a `Moment` is one step, with the snapshots around it; a promise looks at a
moment and yields what contradicts it. `LifecycleMachine` asks all of them after every step, and so can a service's
own tests.
"""

from poec_workflow.testing.reference.command_case import Case
from poec_workflow.testing.reference.observed_step import Moment, Promise, expected
from poec_workflow.testing.reference.properties import PROMISES
from poec_workflow.testing.reference.snapshot import Snapshot

__all__ = ["PROMISES", "Case", "Moment", "Promise", "Snapshot", "expected"]
