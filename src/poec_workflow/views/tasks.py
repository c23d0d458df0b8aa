"""The four lists of the work queue: which applications each asks for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Literal

from poec_workflow.model import OPEN_STATES, Application, ApplicationState
from poec_workflow.views.list_rows import ApplicationRow


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


def task_of(row: Application | ApplicationRow, today: date) -> Task | None:
    """What is to be done about an application, whether it expires or not; None where nothing is yet, or any more."""
    task = next(
        (each for each, states in TASK_STATES.items() if each is not Task.EXPIRING and row.state in states), None
    )
    waits = task is Task.ATTENDANCE_TO_RECORD and row.convocations[-1].on > today
    return None if waits else task
