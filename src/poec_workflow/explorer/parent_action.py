"""The training action that a sample application or session is under."""

from __future__ import annotations

from poec_workflow.explorer.dimensions import FUNDER, ROLES
from poec_workflow.explorer.tracing import Assignment, traced
from poec_workflow.model import TrainingAction

ACTION, SESSION = "20211102000", "00301234"
"""The references of the samples."""


def parent_action(assignment: Assignment) -> TrainingAction:
    """The action of an assignment."""
    return traced(
        TrainingAction,
        assignment,
        {"state": lambda: assignment["action"]},
        displayed={"reference": ACTION, "funder": FUNDER},
        hidden={"version": 2, "title": "[POEC] Soudeur", "responsible": ROLES["responsible"]},
    )
