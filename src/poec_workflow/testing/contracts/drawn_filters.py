"""Drawn questions to the lists."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

from hypothesis import strategies as st

from poec_workflow.model import ApplicationState, Role, SessionState
from poec_workflow.testing.contracts.datasets import (
    DAYS,
    FUNDERS,
    LONG_FUNDER,
    ORGANIZATIONS,
    REFERENCES,
    SESSION_TYPES,
    TEXTS,
    TODAY,
)
from poec_workflow.testing.settable_clock import SettableClock
from poec_workflow.views import (
    ActionFilter,
    ActionTab,
    ApplicationFilter,
    Column,
    PageRequest,
    SessionFilter,
    Sort,
    Tab,
    Task,
)

T = TypeVar("T")
ROLES = st.none() | st.sampled_from(Role)
TABS = st.none() | st.sampled_from(Tab)
CLOCK = SettableClock(datetime(TODAY.year, TODAY.month, TODAY.day, 9, tzinfo=UTC))


def _restricted(build: Callable[..., T], **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[T]:
    """Filters; a role comes with an organisation."""
    roles = st.one_of(
        st.just({}),
        ORGANIZATIONS.map(lambda organization: {"organization": organization}),
        st.fixed_dictionaries({"organization": ORGANIZATIONS, "role": ROLES}),
    )
    return st.builds(lambda who, rest: build(**who, **rest), roles, st.fixed_dictionaries({}, optional=dict(fields)))


_SPAN: dict[str, st.SearchStrategy[Any]] = {
    "tab": TABS,
    "session_from": DAYS,
    "session_until": DAYS,
    "session_type": SESSION_TYPES,
    "at": DAYS,
    "funder": FUNDERS,
    "text": TEXTS | st.sampled_from(["zoé", "AFEC", "ft"]),
}
APPLICATIONS = _restricted(
    ApplicationFilter,
    states=st.sets(st.sampled_from(ApplicationState)).map(tuple),
    session=REFERENCES,
    candidate=st.sampled_from(["P-1", "P-2", "nobody"]),
    prescriber=ORGANIZATIONS,
    column=st.sampled_from(Column),
    task=st.sampled_from(Task),
    published=st.booleans(),
    since=DAYS,
    **_SPAN,
)
SESSIONS = _restricted(
    SessionFilter,
    states=st.sets(st.sampled_from(SessionState)).map(tuple),
    action=REFERENCES,
    published=st.booleans(),
    **_SPAN,
)
ACTIONS = st.builds(
    ActionFilter,
    tab=st.none() | st.sampled_from(ActionTab),
    organization=st.none() | ORGANIZATIONS,
    funder=st.none() | FUNDERS,
    at=st.none() | DAYS,
    text=TEXTS,
)
PAGES = st.builds(PageRequest, sort=st.sampled_from(Sort), descending=st.booleans())
"""Pages of every order; not every list has each."""

_SPANS: tuple[dict[str, Any], ...] = (
    {"tab": Tab.CURRENT},
    {"tab": Tab.ENDED},
    {"organization": "AFEC"},
    {"organization": "AFEC", "role": Role.TRAINER},
    {"organization": "AFEC", "role": Role.POSITIONER},
    {"session_from": TODAY},
    {"session_until": TODAY},
    {"session_type": "Présentiel"},
    {"funder": LONG_FUNDER},
    {"text": "pau"},
    {"text": "oeuvre pau"},
)
EACH_FIELD: tuple[ApplicationFilter | SessionFilter | ActionFilter, ...] = (
    *(ApplicationFilter(**each) for each in _SPANS),
    *(SessionFilter(**each) for each in _SPANS),
    ApplicationFilter(states=(ApplicationState.PENDING, ApplicationState.RETAINED)),
    ApplicationFilter(session="S-1"),
    ApplicationFilter(candidate="P-1"),
    ApplicationFilter(prescriber="AFEC"),
    ApplicationFilter(prescriber="AFEC", organization="AFEC", tab=Tab.ENDED),
    ApplicationFilter(prescriber="AFEC", text="pau"),
    *(ApplicationFilter(column=column, at=TODAY + timedelta(days=20)) for column in Column),
    ApplicationFilter(column=Column.PENDING, states=(ApplicationState.PRESENT, ApplicationState.RETAINED)),
    *(ApplicationFilter(task=task, at=TODAY + timedelta(days=20)) for task in Task),
    ApplicationFilter(published=True),
    ApplicationFilter(since=date(2021, 11, 19)),
    ApplicationFilter(tab=Tab.ENDED, at=TODAY + timedelta(days=1)),
    SessionFilter(tab=Tab.ENDED, at=TODAY + timedelta(days=1)),
    ActionFilter(tab=ActionTab.ALERT, at=TODAY + timedelta(days=1)),
    ApplicationFilter(text="zoe"),
    SessionFilter(states=(SessionState.COMPLETE,)),
    SessionFilter(action="A-1"),
    SessionFilter(published=True),
    *(ActionFilter(tab=tab) for tab in ActionTab),
    ActionFilter(organization="AFEC"),
    ActionFilter(funder=LONG_FUNDER),
    ActionFilter(text="soudeur"),
)
"""Every field of every filter by itself."""

EACH_ORDER = tuple(PageRequest(sort=sort, descending=back) for sort in Sort for back in (False, True))
"""Every order of every list, both ways."""
