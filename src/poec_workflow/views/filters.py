"""Filters and tabs of the applications, sessions and actions lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, TypeVar, cast

from attrs import field, frozen

from poec_workflow.enum_values import member, not_a_member
from poec_workflow.errors import Fault, Malformed
from poec_workflow.model import (
    FIRST_YEAR,
    LAST_YEAR,
    ApplicationState,
    ApplicationStateName,
    Reference,
    Role,
    RoleName,
    SessionState,
    SessionStateName,
    Text,
    TextLength,
)
from poec_workflow.value_base import Value
from poec_workflow.views.dashboard_columns import COLUMN_STATES, Column, ColumnName
from poec_workflow.views.tabs import STATE_TABS, ActionTab, ActionTabName, Tab, TabName
from poec_workflow.views.tasks import TASK_STATES, Task, TaskName

E = TypeVar("E", bound=StrEnum)

Search = Annotated[str, TextLength(0, 200)]
"""Free text: every word of it must be found, whatever its accents and case."""


_DAYS = ("session_from", "session_until", "since", "at")


def _tab(value: Tab | TabName | None) -> Tab | None:
    return member(Tab, value)


def _action_tab(value: ActionTab | ActionTabName | None) -> ActionTab | None:
    return member(ActionTab, value)


def _column(value: Column | ColumnName | None) -> Column | None:
    return member(Column, value)


def _task(value: Task | TaskName | None) -> Task | None:
    return member(Task, value)


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

    With `organization`, `role`, `published`, `column`, `since` and `at` it is the door of a dashboard's figure: exactly
    the applications that the figure counts [S].

    Attributes:
        tab: by the end of their session.
        column: the states that a column of the dashboard counts; `expiring` also by the end of their session.
        task: what a list of the work queue asks for, with `organization` exactly that list.
        published: only those of currently published actions.
        since: registered on this day or later, in the settings' time zone.
        at: the day that `tab`, `expiring` and `task` are reckoned from; today where none is named.
        organization: holds `role` on their session, or any role where none is named.
        states: any of them.
        session_from: their session starts on this day or later.
        session_until: their session ends on this day or earlier.
        session_type: their session is of this type, to the letter [S].
        session, candidate: of this one.
        prescriber: their prescriber's organisation is this one, to the letter: what an adviser sees.
        funder: their session's action is funded by this one, to the letter: what a funder sees.
        text: in the references, the candidate's name or e-mail, the prescriber, the session's place and
            organisations, or the action's title.
    """

    tab: Tab | None = field(default=None, converter=_tab)
    organization: Reference | None = None
    role: Role | None = field(default=None, converter=_role)
    states: tuple[ApplicationState, ...] = field(default=(), converter=_application_states)
    session_from: date | None = None
    session_until: date | None = None
    session_type: Text | None = None
    session: Reference | None = None
    candidate: Reference | None = None
    prescriber: Reference | None = None
    funder: Text | None = None
    column: Column | None = field(default=None, converter=_column)
    task: Task | None = field(default=None, converter=_task)
    published: bool = False
    since: date | None = None
    at: date | None = None
    text: Search = ""

    def __attrs_post_init__(self) -> None:
        _check(_application_faults(self))

    @property
    def restricted_states(self) -> frozenset[ApplicationState] | None:
        """The states that `states`, `column` and `task` let through together, maybe none; None where none restricts."""
        given = [frozenset(self.states)] if self.states else []
        of_column = [] if self.column is None else [COLUMN_STATES[self.column]]
        of_task = [] if self.task is None else [TASK_STATES[self.task]]
        all_of_them = [*given, *of_column, *of_task]
        return frozenset.intersection(*all_of_them) if all_of_them else None

    def total(self, tabs: Mapping[Tab, int]) -> int:
        """How many applications the whole list has, from the counts of its tabs."""
        return _total(tabs, self.tab)


@frozen(kw_only=True, repr=False)
class SessionFilter(Value):
    """Which sessions; what is left out does not restrict.

    Attributes:
        tab: by their end.
        organization: holds `role`, or any role where none is named.
        states: any of them.
        session_from: they start on this day or later.
        session_until: they end on this day or earlier.
        session_type: they are of this type, to the letter [S].
        action: of this one.
        funder: their action is funded by this one, to the letter.
        published: only those of currently published actions.
        at: the day that `tab` is reckoned from; today where none is named.
        text: in the references, the place, the organisations, or the action's title.
    """

    tab: Tab | None = field(default=None, converter=_tab)
    organization: Reference | None = None
    role: Role | None = field(default=None, converter=_role)
    states: tuple[SessionState, ...] = field(default=(), converter=_session_states)
    session_from: date | None = None
    session_until: date | None = None
    session_type: Text | None = None
    action: Reference | None = None
    funder: Text | None = None
    published: bool = False
    at: date | None = None
    text: Search = ""

    def __attrs_post_init__(self) -> None:
        _check((*_faults(self, SessionState), *_published(self.published)))

    def total(self, tabs: Mapping[Tab, int]) -> int:
        """How many sessions the whole list has, from the counts of its tabs."""
        return _total(tabs, self.tab)


@frozen(kw_only=True, repr=False)
class ActionFilter(Value):
    """Which actions; what is left out does not restrict.

    Attributes:
        tab: one of the six.
        organization: is responsible for the action, or holds a role on one of its sessions.
        funder: they are funded by this one, to the letter.
        at: the day that the tab `alert` is reckoned from; today where none is named.
        text: in the reference, the title, the funder or the responsible organisation.
    """

    tab: ActionTab | None = field(default=None, converter=_action_tab)
    organization: Reference | None = None
    funder: Text | None = None
    at: date | None = None
    text: Search = ""

    def __attrs_post_init__(self) -> None:
        _check((*_one_of(ActionTab, self.tab, "$.tab"), *_impossible_days(self)))

    def total(self, tabs: Mapping[ActionTab, int]) -> int:
        """How many actions the whole list has, from the counts of its tabs; four of them are the states."""
        return sum(tabs[tab] for tab in STATE_TABS) if self.tab is None else tabs[self.tab]


def _total(tabs: Mapping[Tab, int], tab: Tab | None) -> int:
    return sum(tabs.values()) if tab is None else tabs[tab]


def _application_faults(asked: ApplicationFilter) -> Iterator[Fault]:
    yield from _faults(asked, ApplicationState)
    yield from _one_of(Column, asked.column, "$.column")
    yield from _one_of(Task, asked.task, "$.task")
    yield from _published(asked.published)


def _published(value: object) -> Iterator[Fault]:
    if type(value) is not bool:
        yield Fault("$.published", "expected true or false")


def _faults(asked: ApplicationFilter | SessionFilter, states: type[StrEnum]) -> Iterator[Fault]:
    yield from _one_of(Tab, asked.tab, "$.tab")
    yield from _one_of(Role, asked.role, "$.role")
    if asked.role is not None and asked.organization is None:
        yield Fault("$.organization", "required where a role is named")
    yield from _impossible_days(asked)
    given: object = asked.states
    if not isinstance(given, tuple):
        yield Fault("$.states", "expected an array")
        return
    for place, each in enumerate(given):
        yield from not_a_member(states, each, f"$.states[{place}]")


def _impossible_days(asked: ApplicationFilter | SessionFilter | ActionFilter) -> Iterator[Fault]:
    for name in _DAYS:
        day: object = getattr(asked, name, None)
        if day is None:
            continue
        if type(day) is not date:
            yield Fault(f"$.{name}", "expected a date")
        elif not FIRST_YEAR <= day.year <= LAST_YEAR:
            yield Fault(f"$.{name}", f"expected a year from {FIRST_YEAR} to {LAST_YEAR}")


def _one_of(kind: type[StrEnum], value: object, place: str) -> Iterator[Fault]:
    return iter(()) if value is None else not_a_member(kind, value, place)


def _check(faults: Iterable[Fault]) -> None:
    if found := tuple(faults):
        raise Malformed(found)
