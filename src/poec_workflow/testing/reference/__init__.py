"""An independent reading of the domain page: what must be refused, what must come of each command, what always holds.

It asks no policy and no table. `LifecycleMachine` holds each step on a storage against it, `explore` each decision
within bounds, the storage contracts what is stored; a service's own tests may do the same.
"""

from poec_workflow.testing.reference.expected_refusals import expected_refusals
from poec_workflow.testing.reference.observed_step import ObservedStep, Promise
from poec_workflow.testing.reference.properties import PROMISES
from poec_workflow.testing.reference.situation import CommandCase, Situation
from poec_workflow.testing.reference.snapshot import Snapshot, SubjectKey

__all__ = [
    "PROMISES",
    "CommandCase",
    "ObservedStep",
    "Promise",
    "Situation",
    "Snapshot",
    "SubjectKey",
    "expected_refusals",
]
