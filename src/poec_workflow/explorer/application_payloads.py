"""What the commands to an application carry, as an assignment gives it."""

from __future__ import annotations

from poec_workflow import commands
from poec_workflow.explorer.case import Payloads
from poec_workflow.explorer.dimensions import CANDIDATE
from poec_workflow.explorer.tracing import Assignment, traced
from poec_workflow.model import Candidate


def _candidate(assignment: Assignment) -> Candidate:
    return traced(Candidate, assignment, {}, displayed={"reference": CANDIDATE}, hidden={"name": "Zoé Nabil"})


PAYLOADS: Payloads = {
    commands.Preregister: {"candidate": _candidate, "prescriber": lambda assignment: assignment["origin"]},
    commands.Convoke: {"on": lambda assignment: assignment["on"]},
    commands.MoveConvocation: {"on": lambda assignment: assignment["on"]},
    commands.RecordAbsence: {"notified": lambda assignment: assignment["notified"]},
    commands.Retain: {
        "entry": lambda assignment: assignment["entry"],
        "exit": lambda assignment: assignment["exit"],
        "weekly_hours": lambda assignment: assignment["hours"],
    },
    commands.Reject: {
        "motive": lambda assignment: assignment["motive"][0],
        "reason": lambda assignment: assignment["motive"][1],
    },
    commands.Withdraw: {"reason": lambda assignment: assignment["reason"]},
}
"""The fields of each command that an assignment gives; the others keep their defaults."""
