"""Filters and tabs of the applications, sessions and actions lists."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

from attrs import frozen

from poec_workflow.errors import Malformed
from poec_workflow.model import ApplicationState, Reference, Role, SessionState, TextLength

Search = Annotated[str, TextLength(0, 200)]
"""Free text: every word of it must be found, whatever its accents and case."""


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
