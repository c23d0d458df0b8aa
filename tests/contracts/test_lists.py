"""Every list, filter, tab and page equals a plain filter over everything, on drawn towns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any, TypeVar

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from guarantees import ADVISER, MADE, check, founded, registering, workflow_on
from plain import Plain
from poec_workflow import (
    ApplicationState,
    Malformed,
    Page,
    Role,
    SessionState,
    Settings,
    Workflow,
)
from poec_workflow.model import OPEN_STATES
from poec_workflow.ports import Storage
from poec_workflow.testing import SettableClock
from poec_workflow.views import (
    ActionFilter,
    ActionTab,
    ApplicationFilter,
    PageRequest,
    SessionFilter,
    Tab,
)
from towns import DAYS, ORGANIZATIONS, REFERENCES, TEXTS, TODAY, Town, settle, towns
from world import ACTION, SESSION, application

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
    "text": TEXTS | st.sampled_from(["zoé", "AFEC", "ft"]),
}
APPLICATIONS = _restricted(
    ApplicationFilter,
    states=st.sets(st.sampled_from(ApplicationState)).map(tuple),
    session=REFERENCES,
    candidate=st.sampled_from(["P-1", "P-2", "nobody"]),
    **_SPAN,
)
SESSIONS = _restricted(
    SessionFilter, states=st.sets(st.sampled_from(SessionState)).map(tuple), action=REFERENCES, **_SPAN
)
ACTIONS = st.builds(
    ActionFilter,
    tab=st.none() | st.sampled_from(ActionTab),
    organization=st.none() | ORGANIZATIONS,
    text=TEXTS,
)


@pytest.mark.parametrize("name", sorted(MADE))
@settings(max_examples=80, deadline=None)
@given(
    town=towns(),
    applications=st.lists(APPLICATIONS, min_size=2, max_size=4),
    sessions=st.lists(SESSIONS, min_size=1, max_size=3),
    actions=st.lists(ACTIONS, min_size=1, max_size=3),
    size=st.integers(1, 3),
    quota=st.sampled_from(["registered", "live"]),
)
def test_lists(
    tmp_path_factory: pytest.TempPathFactory,
    name: str,
    town: Town,
    applications: Sequence[ApplicationFilter],
    sessions: Sequence[SessionFilter],
    actions: Sequence[ActionFilter],
    size: int,
    quota: str,
) -> None:
    """References, in order, of what fits; pages are that list in pieces; tabs count what they would list."""
    plain = Plain(town, live=quota == "live")
    with MADE[name](tmp_path_factory.mktemp("town") / "poec.db") as storage:
        settle(town, storage)
        workflow = Workflow(storage, clock=CLOCK, settings=Settings(quota_counts=quota))
        for asked in (*applications, *(ApplicationFilter(tab=tab) for tab in Tab)):
            assert walked(workflow.applications, asked, size) == plain.applications(asked)
            assert workflow.application_tabs(asked) == {
                tab: len(plain.applications(evolve(asked, tab=tab))) for tab in Tab
            }
        for of_sessions in sessions:
            assert walked(workflow.sessions, of_sessions, size) == plain.sessions(of_sessions)
            assert workflow.session_tabs(of_sessions) == {
                tab: len(plain.sessions(evolve(of_sessions, tab=tab))) for tab in Tab
            }
        for of_actions in actions:
            assert walked(workflow.actions, of_actions, size) == plain.actions(of_actions)
            assert workflow.action_tabs(of_actions) == {
                tab: len(plain.actions(evolve(of_actions, tab=tab))) for tab in ActionTab
            }
        compare_columns(workflow, plain)
        for organization in ("AFEC", "Œuvre"):
            assert queue_of(workflow, organization) == plain.queue(organization)


@pytest.mark.parametrize("live", [False, True])
def test_every_edge_of_the_alerts(storage: Storage, *, live: bool) -> None:
    """Complete actions of one session each: every combination of state, dates, quota and use of it."""
    town = edges()
    settle(town, storage)
    quota = "live" if live else "registered"
    workflow = Workflow(storage, clock=CLOCK, settings=Settings(quota_counts=quota))
    asked = ActionFilter(tab=ActionTab.ALERT)
    found = [each.reference for each in workflow.actions(asked, PageRequest(limit=0)).items]
    assert found == Plain(town, live=live).actions(asked)
    assert 0 < len(found) < len(town.actions)
    compare_columns(workflow, Plain(town, live=live))


def edges() -> Town:
    """A town for that."""
    town = Town(actions={}, sessions={}, applications={}, people={})
    full = evolve(ACTION, version=1, objective="oui", programme="oui", prerequisites="oui")
    chosen = product(SessionState, (-1, 0, 7, 8), (-22, -21, -6, -5), (1, 2), range(4), ("pending", "rejected"))
    for number, (state, closing, end, capacity, used, standing) in enumerate(chosen):
        name = f"{number:04}"
        town.actions[name] = evolve(full, reference=name)
        town.sessions[name] = evolve(
            SESSION,
            reference=name,
            action=name,
            state=state,
            registration_deadline=TODAY + timedelta(days=closing),
            end=TODAY + timedelta(days=end),
            capacity=capacity,
            coefficient=2,
        )
        town.applications.update(
            (each, application(ApplicationState(standing), reference=each, version=1, session=name))
            for each in (f"{name}-{index}" for index in range(used))
        )
    return town


def walked(ask: Callable[[Any, PageRequest], Page[Any]], asked: object, size: int) -> list[str]:
    """The references of all pages of a list, which are those of the list at once."""
    found: list[str] = []
    after = None
    while True:
        page = ask(asked, PageRequest(limit=size, after=after))
        found.extend(each.reference for each in page.items)
        assert len(found) < 100
        assert len(page.items) <= size
        if page.next is None:
            break
        assert len(page.items) == size
        assert page.next != after
        after = page.next
    assert found == sorted(set(found))
    assert [each.reference for each in ask(asked, PageRequest(limit=0)).items] == found
    return found


def compare_columns(workflow: Workflow, plain: Plain) -> None:
    """What the lines say of each."""
    town = plain.town
    for row in workflow.applications(page=PageRequest(limit=0)).items:
        application = town.applications[row.reference]
        session, person = town.session_of(application), town.people.get(application.candidate)
        assert (row.state, row.version, row.convocations) == (application.state, 1, application.convocations)
        assert (row.session, row.action_title) == (session.reference, town.action_of(session).title)
        assert row.candidate_name == (person.name if person else None)
        assert (row.prescriber, row.registered_at) == (application.prescriber, application.registered_at)
        assert (row.responsible, row.positioner, row.trainer) == tuple(map(session.organization, Role))
    for line in workflow.sessions(page=PageRequest(limit=0)).items:
        session, registered = town.sessions[line.reference], town.of(town.sessions[line.reference])
        retained = sum(each.state is ApplicationState.RETAINED for each in registered)
        assert (line.enrolled, line.registered) == (f"{retained} / {session.capacity}", len(registered))
        assert line.open == sum(each.state in OPEN_STATES for each in registered)
        assert (line.place, line.start, line.end) == (session.place, session.start, session.end)
    for shown in workflow.actions(page=PageRequest(limit=0)).items:
        action = town.actions[shown.reference]
        assert [each.reference for each in shown.sessions] == [each.reference for each in town.sessions_of(action)]
        assert shown.alert is plain.in_tab(action, ActionTab.ALERT)
        assert shown.pending_validation is plain.in_tab(action, ActionTab.PENDING_VALIDATION)


def queue_of(workflow: Workflow, organization: str) -> list[list[str]]:
    """The references of a work queue's lists."""
    queue = workflow.work_queue(organization)
    lists = (queue.to_convoke, queue.attendance_to_record, queue.advice_to_give, queue.expiring)
    return [[each.reference for each in each_list] for each_list in lists]


def test_text_is_found_whatever_its_accents(storage: Storage) -> None:
    """« ZOE » finds « Zoé », « nabil zoé » finds « Zoé Nabil », and what is erased is found no more."""
    workflow = founded(storage)
    workflow.execute(registering(1), ADVISER)
    for text in ("ZOE", "nabil zoé", "Zoé EXAMPLE.org", "s-1 soudeur", "c-1", "47", " "):
        rows = workflow.applications(ApplicationFilter(text=text)).items
        assert [each.reference for each in rows] == (["C-1"] if text != "47" else []), text
    for text in ("%", "_", "/", "zoé soudeuse"):
        assert workflow.applications(ApplicationFilter(text=text)).items == ()
    workflow.erase_candidate("P-1")
    assert workflow.applications(ApplicationFilter(text="zoe")).items == ()
    check(storage)


@pytest.mark.parametrize("mark", ["", "é", "C-1", "Qy0x=", "Qy0x ", "gICA", "_w"])
def test_what_is_no_mark_is_malformed(storage: Storage, mark: str) -> None:
    """A mark is what a page gave, to the letter."""
    with pytest.raises(Malformed, match="mark"):
        workflow_on(storage).applications(page=PageRequest(after=mark))


@pytest.mark.parametrize("text", ["\0", "\ud800", "x" * 201])
def test_what_cannot_be_stored_cannot_be_asked(storage: Storage, text: str) -> None:
    """Whatever the storage, the same texts are malformed."""
    workflow = workflow_on(storage)
    with pytest.raises(Malformed):
        workflow.applications(ApplicationFilter(text=text))
    if len(text) == 1:
        for ask in (workflow.application, workflow.dashboard, workflow.work_queue, workflow.erase_candidate):
            with pytest.raises(Malformed):
                ask(text)


def test_a_role_is_somebodys() -> None:
    """A role without an organisation, and a negative limit, are malformed."""
    with pytest.raises(Malformed):
        ApplicationFilter(role=Role.TRAINER)
    with pytest.raises(Malformed):
        PageRequest(limit=-1)
