"""The content of a training action: title, texts, certification, and whether it takes sessions (S1, A1 to A4, A9)."""

from __future__ import annotations

from poec_workflow.commands import CorrectAction, CreateAction, EnrichAction
from poec_workflow.errors import Details
from poec_workflow.model import ActionState, TrainingAction
from poec_workflow.policies.facts import Facts

EDITABLE = (
    "objective",
    "programme",
    "certification",
    "durations",
    "regulatory_conditions",
    "prerequisites",
)
"""What training bodies may change; « les champs concernés seront grisés » says the source of all else [S]."""


def action_not_available(_nothing: object, facts: Facts) -> Details | None:
    """An archived or deleted action takes no new session (S1)."""
    action = facts.action
    if action is None or action.state not in (ActionState.ARCHIVED, ActionState.DELETED):
        return None
    return {"action": action.reference, "state": action.state}


def title_without_poec_prefix(
    _action: TrainingAction | None, facts: Facts, command: CreateAction | CorrectAction
) -> Details | None:
    """« reconnaissables par leur intitulé qui débutera par : [POEC] » [S]; a title that stays is not looked at."""
    title, prefix = command.title, facts.settings.title_prefix
    return None if title is None or title.startswith(prefix) else {"title": title, "prefix": prefix}


def field_not_editable(_action: TrainingAction, _facts: Facts, command: EnrichAction) -> Details | None:
    """All but the six fields are the funder's and the platform's [S]."""
    others = tuple(sorted(name for name in command.changes if name not in EDITABLE))
    return {"fields": others} if others else None


def no_pending_certification(action: TrainingAction, _facts: Facts) -> Details | None:
    """There is nothing to approve or decline."""
    return {"certification": action.certification} if action.pending_certification is None else None
