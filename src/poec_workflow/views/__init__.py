"""Filters, pages and rows of the lists and screens: what queries take and return, and no decision uses."""

from poec_workflow.views.dashboard_columns import COLUMN_STATES, Column
from poec_workflow.views.filters import ActionFilter, ApplicationFilter, Search, SessionFilter
from poec_workflow.views.list_rows import (
    ActionRow,
    ActionSession,
    AlertReason,
    ApplicationRow,
    Dashboard,
    DashboardRow,
    RetentionReport,
    SessionRow,
    SweepReport,
    WorkQueue,
)
from poec_workflow.views.ordering import Sort, Span, key_of, stamp
from poec_workflow.views.pagination import PageRequest
from poec_workflow.views.tabs import ActionTab, Tab
from poec_workflow.views.tasks import TASK_STATES, Task, task_of

__all__ = [
    "COLUMN_STATES",
    "TASK_STATES",
    "ActionFilter",
    "ActionRow",
    "ActionSession",
    "ActionTab",
    "AlertReason",
    "ApplicationFilter",
    "ApplicationRow",
    "Column",
    "Dashboard",
    "DashboardRow",
    "PageRequest",
    "RetentionReport",
    "Search",
    "SessionFilter",
    "SessionRow",
    "Sort",
    "Span",
    "SweepReport",
    "Tab",
    "Task",
    "WorkQueue",
    "key_of",
    "stamp",
    "task_of",
]
