"""What people see, and ask for: values that queries take and return, and that no decision looks at."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, TypeVar

from attrs import frozen

from poec_workflow.errors import Malformed
from poec_workflow.model import (
    ActionState,
    ApplicationState,
    Convocation,
    Prescriber,
    Reference,
    Role,
    SessionState,
    Text,
    TextLength,
)

T = TypeVar("T")

Search = Annotated[str, TextLength(0, 200)]
"""Free text: every word of it must be found, whatever its accents and case."""


# Asking


class Tab(StrEnum):
    """The tabs of the applications and sessions lists; no tab is every one."""

    CURRENT = "current"
    ENDED = "ended"


class ActionTab(StrEnum):
    """The six tabs of the actions list; no tab is every action."""

    PUBLISHED = "published"
    AWAITING_PUBLICATION = "awaiting-publication"
    ARCHIVED = "archived"
    DELETED = "deleted"
    PENDING_VALIDATION = "pending-validation"
    ALERT = "alert"


@frozen(kw_only=True)
class ApplicationFilter:
    """Which applications; what is left out does not restrict.

    Attributes:
        tab: by the end of their session.
        organization: holds `role` on their session, or any role where none is named.
        states: any of them.
        session_from: their session starts on this day or later.
        session_until: their session ends on this day or earlier.
        session, candidate: of this one.
        text: in the references, the candidate's name or e-mail, the prescriber, the session's place and
            organisations, or the action's title.
    """

    tab: Tab | None = None
    organization: Reference | None = None
    role: Role | None = None
    states: tuple[ApplicationState, ...] = ()
    session_from: date | None = None
    session_until: date | None = None
    session: Reference | None = None
    candidate: Reference | None = None
    text: Search = ""

    def __attrs_post_init__(self) -> None:
        _role_needs_organization(self.role, self.organization)


@frozen(kw_only=True)
class SessionFilter:
    """Which sessions; what is left out does not restrict.

    Attributes:
        tab: by their end.
        organization: holds `role`, or any role where none is named.
        states: any of them.
        session_from: they start on this day or later.
        session_until: they end on this day or earlier.
        action: of this one.
        text: in the references, the place, the organisations, or the action's title.
    """

    tab: Tab | None = None
    organization: Reference | None = None
    role: Role | None = None
    states: tuple[SessionState, ...] = ()
    session_from: date | None = None
    session_until: date | None = None
    action: Reference | None = None
    text: Search = ""

    def __attrs_post_init__(self) -> None:
        _role_needs_organization(self.role, self.organization)


@frozen(kw_only=True)
class ActionFilter:
    """Which actions; what is left out does not restrict.

    Attributes:
        tab: one of the six.
        organization: is responsible for the action, or holds a role on one of its sessions.
        text: in the reference, the title, the funder or the responsible organisation.
    """

    tab: ActionTab | None = None
    organization: Reference | None = None
    text: Search = ""


def _role_needs_organization(role: Role | None, organization: str | None) -> None:
    if role is not None and organization is None:
        raise Malformed.at("$.organization", "required where a role is named")


@frozen(kw_only=True)
class PageRequest:
    """Which page: at most `limit` items (0: all), `after` the mark that the page before gave."""

    limit: int = 50
    after: Text | None = None

    def __attrs_post_init__(self) -> None:
        if self.limit < 0:
            raise Malformed.at("$.limit", "expected 0 or more")


# Answers


@frozen(kw_only=True)
class ApplicationRow:
    """A line of the applications list; `candidate_name` is None once the person is erased."""

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


@frozen(kw_only=True)
class SessionRow:
    """A line of the sessions list."""

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
    open: int

    @property
    def enrolled(self) -> str:
        """Inscrits: `retained / capacity` [R]."""
        return f"{self.retained} / {self.capacity}"


@frozen(kw_only=True)
class ActionSession:
    """A session as the actions list names it."""

    reference: Reference
    state: SessionState
    start: date
    end: date


@frozen(kw_only=True)
class ActionRow:
    """A line of the actions list, with its sessions by reference; `alert` and `pending_validation` as the tabs say."""

    reference: Reference
    state: ActionState
    version: int
    title: Text
    funder: Text
    responsible: Reference
    pending_validation: bool
    alert: bool
    sessions: tuple[ActionSession, ...] = ()


@frozen(kw_only=True)
class WorkQueue:
    """What an organisation has to do: applications by reference. `expiring` ones stand in another list too."""

    organization: Reference
    at: date
    to_convoke: tuple[ApplicationRow, ...] = ()
    attendance_to_record: tuple[ApplicationRow, ...] = ()
    advice_to_give: tuple[ApplicationRow, ...] = ()
    expiring: tuple[ApplicationRow, ...] = ()


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
