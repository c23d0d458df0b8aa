"""What people see, and ask for: values that queries take and return, and that no decision looks at."""

from poec_workflow.views.filters import ActionFilter, ActionTab, ApplicationFilter, Search, SessionFilter, Tab
from poec_workflow.views.pagination import PageRequest
from poec_workflow.views.rows import (
    ActionRow,
    ActionSession,
    ApplicationRow,
    Dashboard,
    DashboardRow,
    SessionRow,
    SweepReport,
    WorkQueue,
)

__all__ = [
    "ActionFilter",
    "ActionRow",
    "ActionSession",
    "ActionTab",
    "ApplicationFilter",
    "ApplicationRow",
    "Dashboard",
    "DashboardRow",
    "PageRequest",
    "Search",
    "SessionFilter",
    "SessionRow",
    "SweepReport",
    "Tab",
    "WorkQueue",
]
