"""What people see: values that queries return, and that no decision looks at."""

from __future__ import annotations

from datetime import date, datetime

from attrs import frozen

from poec_workflow.model import Reference, Role


@frozen(kw_only=True)
class DashboardRow:
    """Applications by state, for one role of an organisation. `expiring` is a part of `pending` (all open states)."""

    role: Role
    pending: int = 0
    expiring: int = 0
    retained: int = 0
    rejected: int = 0
    no_advice: int = 0
    session_full: int = 0
    cancelled: int = 0


@frozen(kw_only=True)
class Dashboard:
    """An organisation's applications: a row per role that it holds. Rows overlap, and are never added."""

    organization: Reference
    at: date
    rows: tuple[DashboardRow, ...]


@frozen(kw_only=True)
class SweepReport:
    """What a sweep expired, or would: references in order."""

    at: datetime
    expired: tuple[Reference, ...]
    dry_run: bool = False
