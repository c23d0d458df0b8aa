"""Who came: the conditions and the policy of `record-presence` (L3) and `record-absence` (L4 to L6)."""

from __future__ import annotations

from poec_workflow.commands import RecordAbsence
from poec_workflow.errors import Details
from poec_workflow.model import Application
from poec_workflow.policies.facts import Facts
from poec_workflow.policies.policy import condition


@condition
def gave_notice(_application: Application, _facts: Facts, command: RecordAbsence) -> bool:
    """« absent mais vous a prévenu » [S]."""
    return command.notified


@condition
def convocation_left(application: Application, facts: Facts) -> bool:
    """The candidate can be convoked again."""
    return len(application.convocations) < facts.settings.max_convocations


def convocation_not_due(application: Application, facts: Facts) -> Details | None:
    """Its day has not come [R]."""
    # What was imported may have none, and a service's own row may ask.
    on = application.convocations[-1].on if application.convocations else facts.today
    return {"on": on, "today": facts.today} if facts.today < on else None
