"""The columns of the dashboard: which applications each counts, for the figure and for the list behind it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

from poec_workflow.model import OPEN_STATES, ApplicationState


class Column(StrEnum):
    """The dashboard's columns, by the names that they have in its JSON."""

    PENDING = "pending"
    EXPIRING = "expiring"
    RETAINED = "retained"
    REJECTED = "rejected"
    NO_ADVICE = "no_advice"
    SESSION_FULL = "session_full"
    CANCELLED = "cancelled"


ColumnName = Literal["pending", "expiring", "retained", "rejected", "no_advice", "session_full", "cancelled"]

COLUMN_STATES: Mapping[Column, frozenset[ApplicationState]] = {
    column: OPEN_STATES if column in (Column.PENDING, Column.EXPIRING) else frozenset({ApplicationState[column.name]})
    for column in Column
}
"""The states that each column counts [S]; `expiring` only those of sessions whose end is near, as the policy says."""
