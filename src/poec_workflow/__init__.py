"""The lifecycle of POEC applications, sessions and training actions: rules as tables, decided purely."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from poec_workflow import commands, diagrams, events, machines, notices, policies, testing
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
    from poec_workflow.messages import Addressee, AddresseeKind, Message
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
        Outcome,
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
    from poec_workflow.ports import Channel, Content, NotNow, SystemClock, Undeliverable
    from poec_workflow.readjudication import Readjudication, readjudicate
    from poec_workflow.relay import Backoff, Relay, RelayReport, remind
    from poec_workflow.remedies import Remedy
    from poec_workflow.serialization import from_dict, from_json, to_dict, to_json
    from poec_workflow.workflow import Workflow

__version__ = "0.1.0"

__all__ = [
    "SYSTEM",
    "Accepted",
    "ActionState",
    "Actor",
    "ActorKind",
    "Addressee",
    "AddresseeKind",
    "Advisory",
    "Application",
    "ApplicationState",
    "Backoff",
    "Candidate",
    "Change",
    "Channel",
    "CommandRefused",
    "Conflict",
    "Content",
    "Convocation",
    "Enrolment",
    "Explanation",
    "Facts",
    "HistoryEntry",
    "Malformed",
    "Message",
    "NotNow",
    "Origin",
    "Outcome",
    "Page",
    "Position",
    "Prescriber",
    "Readjudication",
    "Refusal",
    "Refused",
    "Relay",
    "RelayReport",
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
    "Undeliverable",
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
    "notices",
    "policies",
    "readjudicate",
    "remind",
    "testing",
    "to_dict",
    "to_json",
]

_HOMES = {
    "commands": "Request",
    "decider": "Accepted Change Refused decide",
    "errors": "Advisory CommandRefused Conflict Malformed Refusal SchemaOutdated StorageUnavailable WorkflowError",
    "explanation": "Explanation",
    "folding": "evolve fold",
    "history": "HistoryEntry Position",
    "messages": "Addressee AddresseeKind Message",
    "model": "ActionState Actor ActorKind Application ApplicationState Candidate Convocation Origin "
    "Outcome Page Prescriber Role SYSTEM SessionState SubjectKind TrainingAction TrainingSession",
    "policies.facts": "Enrolment Facts",
    "policies.settings": "Settings",
    "ports": "Channel Content NotNow SystemClock Undeliverable",
    "readjudication": "Readjudication readjudicate",
    "relay": "Backoff Relay RelayReport remind",
    "remedies": "Remedy",
    "serialization": "from_dict from_json to_dict to_json",
    "workflow": "Workflow",
}
"""The public names by their module: each is imported at first use, so that a program pays for what it uses."""
_MODULES = {name: module for module, names in _HOMES.items() for name in names.split()}


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


if not TYPE_CHECKING:  # else any misspelt name would be an object

    def __getattr__(name: str) -> object:
        place = f"{__name__}.{_MODULES.get(name, name)}"
        if name.startswith("__"):
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        try:
            module = import_module(place)
        except ModuleNotFoundError as error:
            if error.name != place:
                raise
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
        if name not in _MODULES:
            return module
        return globals().setdefault(name, getattr(module, name))
