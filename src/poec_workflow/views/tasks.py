"""The four lists of the work queue: which applications each asks for."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

from poec_workflow.model import OPEN_STATES, ApplicationState


class Task(StrEnum):
    """What an organisation has to do, by the names that the lists have in the work queue's JSON [R]."""

    TO_CONVOKE = "to_convoke"
    ATTENDANCE_TO_RECORD = "attendance_to_record"
    ADVICE_TO_GIVE = "advice_to_give"
    EXPIRING = "expiring"


TaskName = Literal["to_convoke", "attendance_to_record", "advice_to_give", "expiring"]

TASK_STATES: Mapping[Task, frozenset[ApplicationState]] = {
    Task.TO_CONVOKE: frozenset({ApplicationState.PENDING, ApplicationState.ABSENT}),
    Task.ATTENDANCE_TO_RECORD: frozenset({ApplicationState.CONVOKED}),
    Task.ADVICE_TO_GIVE: frozenset({ApplicationState.PRESENT}),
    Task.EXPIRING: OPEN_STATES,
}
"""The states that each asks for; attendance only from the convocation's day on, and overdue ones in none."""
