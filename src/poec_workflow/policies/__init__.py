"""The policies: one file a topic (`capacity`, `convocation`, …), one function a refusal code, named after it.

A policy refuses, or, in a row's `advise`, warns. `[S]` marks what the source says, `[R]` this package's reading of
it; see `docs/explanation/domain.md`. The codes of the first answers (unknown, not permitted, stale, no transition,
key reused, duplicate) have no policy: `decider` and `workflow` give them.
"""

from poec_workflow.policies.access import PERMISSIONS, Grant
from poec_workflow.policies.check import messages
from poec_workflow.policies.facts import Enrolment, Facts
from poec_workflow.policies.policy import Condition, Policy, condition
from poec_workflow.policies.settings import Settings

__all__ = [
    "PERMISSIONS",
    "Condition",
    "Enrolment",
    "Facts",
    "Grant",
    "Policy",
    "Settings",
    "condition",
    "messages",
]
