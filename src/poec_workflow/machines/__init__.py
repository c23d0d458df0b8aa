"""The three lifecycles: rows L of applications, S of sessions, A of training actions, a table a file.

`rule` is the shape of a row, `lifecycle` checks a table when it is built, `executor` runs it; `own_rows` adds a
service's own rows.
"""

from poec_workflow.machines.application import APPLICATION
from poec_workflow.machines.lifecycle import Lifecycle
from poec_workflow.machines.lifecycles import LIFECYCLES, LIFECYCLES_BY_NAME, Lifecycles
from poec_workflow.machines.own_rows import with_rows
from poec_workflow.machines.rule import SAME, AnyRule, Rule
from poec_workflow.machines.session import SESSION
from poec_workflow.machines.training_action import TRAINING_ACTION

__all__ = [
    "APPLICATION",
    "LIFECYCLES",
    "LIFECYCLES_BY_NAME",
    "SAME",
    "SESSION",
    "TRAINING_ACTION",
    "AnyRule",
    "Lifecycle",
    "Lifecycles",
    "Rule",
    "with_rows",
]
