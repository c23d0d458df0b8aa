"""Rows and columns of the lists, the dashboard, the work queue, and the report of a sweep."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from attrs import frozen

from poec_workflow.model import (
    ActionState,
    ApplicationState,
    Convocation,
    Prescriber,
    Reference,
    Role,
    SessionState,
    Text,
)
from poec_workflow.value_base import Value


@frozen(kw_only=True, weakref_slot=False, repr=False)
class ApplicationRow(Value):
    """A row of the applications list; `candidate_name` is None once the person is erased.

    How it ended: with `motive` and `reason`, or `entry`, `exit` and `weekly_hours` [S].
    """

    reference: Reference
    state: ApplicationState
    version: int
    session: Reference
    session_start: date
    session_end: date
    action: Reference
    action_title: Text
    candidate: Reference
    candidate_name: Text | None
    responsible: Reference
    positioner: Reference
    trainer: Reference
    prescriber: Prescriber
    registered_at: datetime
    convocations: tuple[Convocation, ...] = ()
    entry: date | None = None
    exit: date | None = None
    weekly_hours: Decimal | None = None
    motive: Text | None = None
    reason: Text | None = None


@frozen(kw_only=True, repr=False)
class SessionRow(Value):
    """A row of the sessions list; `registered` counts every registration, whatever came of it."""

    reference: Reference
    state: SessionState
    version: int
    action: Reference
    action_title: Text
    responsible: Reference
    positioner: Reference
    trainer: Reference
    place: Text
    start: date
    end: date
    retained: int
    capacity: int
    minimum_headcount: int
    registered: int
    quota: int
    open: int
    funder: Text
    session_type: Text | None = None
    market: Text | None = None
    measure: Text | None = None

    @property
    def enrolled(self) -> str:
        """Inscrits: `retained / capacity` [R]."""
        return f"{self.retained} / {self.capacity}"

    @property
    def preregistered(self) -> str:
        """Préinscrits: `registered / quota` [S]."""
        return f"{self.registered} / {self.quota}"


class AlertReason(StrEnum):
    """Why an action stands in the tab `alert` [R]."""

    INCOMPLETE = "incomplete"
    APPLICATIONS_EXPIRING = "applications-expiring"
    QUOTA_UNUSED = "quota-unused"


@frozen(kw_only=True, repr=False)
class ActionSession(Value):
    """A session as the actions list names it."""

    reference: Reference
    state: SessionState
    start: date
    end: date


@frozen(kw_only=True, repr=False)
class ActionRow(Value):
    """A row of the actions list, with its sessions by reference; `alert` and `pending_validation` as the tabs say.

    Attributes:
        kind: the type that RAFAEL shows, as `SIMPLE` [S]; None: recorded by a release without it.
        alerts: why it stands in the tab `alert`; empty where it does not.
    """

    reference: Reference
    state: ActionState
    version: int
    title: Text
    funder: Text
    responsible: Reference
    pending_validation: bool
    alert: bool
    kind: Text | None = None
    alerts: tuple[AlertReason, ...] = ()
    sessions: tuple[ActionSession, ...] = ()


@frozen(kw_only=True, repr=False)
class WorkQueue(Value):
    """The work queue of an organisation: applications by reference. `expiring` ones stand in another list too."""

    organization: Reference
    at: date
    to_convoke: tuple[ApplicationRow, ...] = ()
    attendance_to_record: tuple[ApplicationRow, ...] = ()
    advice_to_give: tuple[ApplicationRow, ...] = ()
    expiring: tuple[ApplicationRow, ...] = ()


@frozen(kw_only=True, repr=False)
class DashboardRow(Value):
    """Applications by state, for one role of an organisation. `expiring` is a part of `pending` (all open states)."""

    role: Role
    pending: int = 0
    expiring: int = 0
    retained: int = 0
    rejected: int = 0
    no_advice: int = 0
    session_full: int = 0
    cancelled: int = 0


@frozen(kw_only=True, repr=False)
class Dashboard(Value):
    """An organisation's applications: a row per role that it holds. Rows overlap, and are never added."""

    organization: Reference
    at: date
    rows: tuple[DashboardRow, ...]


@frozen(kw_only=True, repr=False)
class SweepReport(Value):
    """What a sweep expired, or would: references in order."""

    at: datetime
    expired: tuple[Reference, ...]
    dry_run: bool = False


@frozen(kw_only=True, repr=False)
class RetentionReport(Value):
    """Whom `retain_until` erased, or would: references in order.

    Attributes:
        people: candidates whose names and e-mails were erased.
        files: candidates in whose applications the comments and the people who acted were erased.
    """

    at: datetime
    people: tuple[Reference, ...]
    files: tuple[Reference, ...]
    dry_run: bool = False
