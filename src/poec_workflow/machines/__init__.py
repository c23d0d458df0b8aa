"""The three lifecycles: rows L of applications, S of sessions, A of training actions, a table a file.

`rule` is the shape of a row, `lifecycle` checks a table when it is built, `executor` runs it.
"""

from collections.abc import Mapping

from poec_workflow.frozen_map import FrozenMap
from poec_workflow.machines.application import APPLICATION
from poec_workflow.machines.lifecycle import Lifecycle
from poec_workflow.machines.rule import SAME, AnyRule, Rule
from poec_workflow.machines.session import SESSION
from poec_workflow.machines.training_action import TRAINING_ACTION
from poec_workflow.model import SubjectKind

LIFECYCLES: Mapping[SubjectKind, Lifecycle] = FrozenMap(
    {each.kind: each for each in (APPLICATION, SESSION, TRAINING_ACTION)}
)
"""Each kind of subject's lifecycle."""

LIFECYCLES_BY_NAME: Mapping[str, Lifecycle] = FrozenMap({each.name: each for each in LIFECYCLES.values()})
"""Each lifecycle by its name on the command line and in diagrams."""

__all__ = [
    "APPLICATION",
    "LIFECYCLES",
    "LIFECYCLES_BY_NAME",
    "SAME",
    "SESSION",
    "TRAINING_ACTION",
    "AnyRule",
    "Lifecycle",
    "Rule",
]
