"""The row of the page `how-to/add-rows.md`, for its picture."""

from typing import Any

from poec_workflow import commands, events
from poec_workflow.machines import Rule, with_rows
from poec_workflow.model import Application, ApplicationState
from poec_workflow.policies import Grant, messages
from poec_workflow.policies.facts import Facts


@messages(fr="La session a commencé le {start}.", en="The session began on {start}.")
def session_begun(_application: Application, facts: Facts) -> dict[str, Any] | None:
    """Nobody is taken off a session that has begun."""
    return {"start": facts.session.start} if facts.today >= facts.session.start else None


TAKEN_BACK = Rule(
    "X1",
    ApplicationState.RETAINED,
    commands.Withdraw,
    ApplicationState.REJECTED,
    events.Withdrawn,
    permit=(Grant("platform"),),
    unless=(session_begun,),
)
OURS = with_rows(TAKEN_BACK)
