"""Filters and tabs of the applications, sessions and actions lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, TypeVar, cast

from attrs import field, frozen

from poec_workflow.enum_values import member, not_a_member
from poec_workflow.errors import Fault, Malformed
from poec_workflow.model import (
    ApplicationState,
    ApplicationStateName,
    Reference,
    Role,
    RoleName,
    SessionState,
    SessionStateName,
    TextLength,
)
from poec_workflow.value_base import Value

E = TypeVar("E", bound=StrEnum)

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


TabName = Literal["current", "ended"]
ActionTabName = Literal[
    "published", "awaiting-publication", "archived", "deleted", "pending-validation", "alert"
]  # fmt: skip


def _tab(value: Tab | TabName | None) -> Tab | None:
    return member(Tab, value)


def _action_tab(value: ActionTab | ActionTabName | None) -> ActionTab | None:
    return member(ActionTab, value)


def _role(value: Role | RoleName | None) -> Role | None:
    return member(Role, value)


def _application_states(values: Iterable[ApplicationState | ApplicationStateName]) -> tuple[ApplicationState, ...]:
    return _members(ApplicationState, values)


def _session_states(values: Iterable[SessionState | SessionStateName]) -> tuple[SessionState, ...]:
    return _members(SessionState, values)


def _members(kind: type[E], values: object) -> tuple[E, ...]:
    """The members that values name; what is no collection of values is returned as it is, for the filter to report."""
    if not isinstance(values, Iterable) or isinstance(values, str):
        return cast("tuple[E, ...]", values)
    return tuple(member(kind, each) for each in values)


@frozen(kw_only=True, repr=False)
class ApplicationFilter(Value):
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

    tab: Tab | None = field(default=None, converter=_tab)
    organization: Reference | None = None
    role: Role | None = field(default=None, converter=_role)
    states: tuple[ApplicationState, ...] = field(default=(), converter=_application_states)
    session_from: date | None = None
    session_until: date | None = None
    session: Reference | None = None
    candidate: Reference | None = None
    text: Search = ""

    def __attrs_post_init__(self) -> None:
        _check(_faults(self, ApplicationState))


@frozen(kw_only=True, repr=False)
class SessionFilter(Value):
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

    tab: Tab | None = field(default=None, converter=_tab)
    organization: Reference | None = None
    role: Role | None = field(default=None, converter=_role)
    states: tuple[SessionState, ...] = field(default=(), converter=_session_states)
    session_from: date | None = None
    session_until: date | None = None
    action: Reference | None = None
    text: Search = ""

    def __attrs_post_init__(self) -> None:
        _check(_faults(self, SessionState))


@frozen(kw_only=True, repr=False)
class ActionFilter(Value):
    """Which actions; what is left out does not restrict.

    Attributes:
        tab: one of the six.
        organization: is responsible for the action, or holds a role on one of its sessions.
        text: in the reference, the title, the funder or the responsible organisation.
    """

    tab: ActionTab | None = field(default=None, converter=_action_tab)
    organization: Reference | None = None
    text: Search = ""

    def __attrs_post_init__(self) -> None:
        _check(_one_of(ActionTab, self.tab, "$.tab"))


def _faults(asked: ApplicationFilter | SessionFilter, states: type[StrEnum]) -> Iterator[Fault]:
    yield from _one_of(Tab, asked.tab, "$.tab")
    yield from _one_of(Role, asked.role, "$.role")
    if asked.role is not None and asked.organization is None:
        yield Fault("$.organization", "required where a role is named")
    given: object = asked.states
    if not isinstance(given, tuple):
        yield Fault("$.states", "expected an array")
        return
    for place, each in enumerate(given):
        yield from not_a_member(states, each, f"$.states[{place}]")


def _one_of(kind: type[StrEnum], value: object, place: str) -> Iterator[Fault]:
    return iter(()) if value is None else not_a_member(kind, value, place)


def _check(faults: Iterable[Fault]) -> None:
    if found := tuple(faults):
        raise Malformed(found)
