"""The lifecycle of POEC applications, sessions and training actions: rules as tables, decided purely."""

from importlib import import_module
from typing import TYPE_CHECKING

from poec_workflow import commands, events, machines, policies
from poec_workflow.commands import Request
from poec_workflow.decider import Accepted, Change, Refused, decide
from poec_workflow.errors import (
    Advisory,
    CommandRefused,
    Conflict,
    Malformed,
    Refusal,
    SchemaOutdated,
    StorageUnavailable,
    WorkflowError,
)
from poec_workflow.explanation import Explanation
from poec_workflow.folding import evolve, fold
from poec_workflow.history import HistoryEntry, Position
from poec_workflow.model import (
    SYSTEM,
    ActionState,
    Actor,
    ActorKind,
    Application,
    ApplicationState,
    Candidate,
    Convocation,
    Origin,
    Page,
    Prescriber,
    Role,
    SessionState,
    SubjectKind,
    TrainingAction,
    TrainingSession,
)
from poec_workflow.policies.facts import Enrolment, Facts
from poec_workflow.policies.settings import Settings
from poec_workflow.ports import SystemClock
from poec_workflow.remedies import Remedy
from poec_workflow.serialization import from_dict, from_json, to_dict, to_json
from poec_workflow.workflow import Workflow

if TYPE_CHECKING:
    from poec_workflow import diagrams, testing
    from poec_workflow.readjudication import Readjudication, readjudicate

__version__ = "0.1.0"

__all__ = [
    "SYSTEM",
    "Accepted",
    "ActionState",
    "Actor",
    "ActorKind",
    "Advisory",
    "Application",
    "ApplicationState",
    "Candidate",
    "Change",
    "CommandRefused",
    "Conflict",
    "Convocation",
    "Enrolment",
    "Explanation",
    "Facts",
    "HistoryEntry",
    "Malformed",
    "Origin",
    "Page",
    "Position",
    "Prescriber",
    "Readjudication",
    "Refusal",
    "Refused",
    "Remedy",
    "Request",
    "Role",
    "SchemaOutdated",
    "SessionState",
    "Settings",
    "StorageUnavailable",
    "SubjectKind",
    "SystemClock",
    "TrainingAction",
    "TrainingSession",
    "Workflow",
    "WorkflowError",
    "commands",
    "decide",
    "diagrams",
    "events",
    "evolve",
    "fold",
    "from_dict",
    "from_json",
    "machines",
    "policies",
    "readjudicate",
    "testing",
    "to_dict",
    "to_json",
]

_ON_DEMAND = {"diagrams": "", "testing": "", "Readjudication": "readjudication", "readjudicate": "readjudication"}
"""Public names that are imported at first use, and their module: a decision needs none of them."""


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def __getattr__(name: str) -> object:
    if name not in _ON_DEMAND:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(f"{__name__}.{_ON_DEMAND[name] or name}")
    return getattr(module, name) if _ON_DEMAND[name] else module
