"""A service's own rows for the tests: the advice that is taken back, and others of each kind."""

from __future__ import annotations

from typing import Any

from poec_workflow import commands, events
from poec_workflow.machines import SAME, Rule, with_rows
from poec_workflow.model import Application
from poec_workflow.policies import Grant, messages
from poec_workflow.policies.facts import Facts


@messages(fr="La session a commencé le {start}.", en="The session began on {start}.")
def session_begun(_application: Application, facts: Facts) -> dict[str, Any] | None:
    return {"start": facts.session.start} if facts.today >= facts.session.start else None


TAKEN_BACK = Rule(
    "X1",
    "retained",
    commands.Withdraw,
    "rejected",
    events.Withdrawn,
    unless=(session_begun,),
    permit=(Grant("platform"),),
)
MOVED = Rule("X2", "cancelled", commands.ReassignSession, SAME, events.SessionReassigned)
REVIVED = Rule("X3", "cancelled", commands.ReopenSession, "active", events.SessionReopened)
UNDELETED = Rule("X4", ("deleted",), commands.RestoreAction, "archived", events.ActionRestored)
"""One whose advice is taken back, one that stays in a final state, and two that lead out of the only final one."""

BACK = with_rows(TAKEN_BACK)
EVERY = with_rows(TAKEN_BACK, MOVED, REVIVED, UNDELETED)
