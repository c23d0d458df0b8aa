"""The rules that refuse, advise and permit: one file per subject, one function per code."""

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
