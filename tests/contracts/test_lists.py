"""The storage in memory lists what plain filters find; the published contract holds every other one against it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from poec_workflow import ApplicationState, Role, Settings, SubjectKind, Workflow
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.model import OPEN_STATES
from poec_workflow.testing.contracts.comparison import BY_REFERENCE, Filter, walked
from poec_workflow.testing.contracts.datasets import TODAY, datasets, edges, mixed, settle
from poec_workflow.testing.contracts.drawn_filters import (
    ACTIONS,
    APPLICATIONS,
    CLOCK,
    EACH_FIELD,
    EACH_ORDER,
    PAGES,
    SESSIONS,
)
from poec_workflow.testing.reference import Snapshot
from poec_workflow.views import ActionFilter, ActionTab, ApplicationFilter, PageRequest, SessionFilter, Sort, Tab
from poec_workflow.views.list_rows import ApplicationRow, SessionRow
from poec_workflow.views.ordering import SORTS
from reference_lists import ReferenceLists


def settled(stored: Snapshot, *, live: bool) -> tuple[Workflow, ReferenceLists]:
    storage = MemoryStorage()
    settle(stored, storage)
    rules = Settings(quota_counts="live" if live else "registered")
    return Workflow(storage, clock=CLOCK, settings=rules), ReferenceLists(stored, live=live)


def compare_lists(
    workflow: Workflow, plain: ReferenceLists, filters: Sequence[Filter], size: int, order: PageRequest
) -> None:
    """References, in order, of what fits; pages are that list in pieces; tabs count what they would list."""
    for each in (*filters, *(ApplicationFilter(tab=tab) for tab in Tab)):
        match each:
            case ApplicationFilter():
                sorted_by = order if order.sort in SORTS[ApplicationRow] else BY_REFERENCE
                assert walked(workflow.applications, each, size, sorted_by) == plain.applications(each, sorted_by)
                counts = {tab: len(plain.applications(evolve(each, tab=tab))) for tab in Tab}
                assert workflow.application_tabs(each) == counts
                assert workflow.application_count(each) == len(plain.applications(each))
            case SessionFilter():
                asked = order if order.sort in SORTS[SessionRow] else BY_REFERENCE
                assert walked(workflow.sessions, each, size, asked) == plain.sessions(each, asked)
                counts = {tab: len(plain.sessions(evolve(each, tab=tab))) for tab in Tab}
                assert workflow.session_tabs(each) == counts
                assert workflow.session_count(each) == len(plain.sessions(each))
            case ActionFilter():
                asked = order if order.sort is Sort.REFERENCE else BY_REFERENCE
                assert walked(workflow.actions, each, size, asked) == plain.actions(each, asked)
                of_actions = {tab: len(plain.actions(evolve(each, tab=tab))) for tab in ActionTab}
                assert workflow.action_tabs(each) == of_actions
                assert workflow.action_count(each) == len(plain.actions(each))


def compare_screens(workflow: Workflow, plain: ReferenceLists) -> None:
    """Work queues, dashboards, states, organisations, and what is overdue."""
    queries, sessions = workflow.storage.queries, plain.stored.of_kind(SubjectKind.SESSION)
    for organization in ("AFEC", "Œuvre"):
        queue = workflow.work_queue(organization)
        lists = (queue.to_convoke, queue.attendance_to_record, queue.advice_to_give, queue.expiring)
        assert [[each.reference for each in each_list] for each_list in lists] == plain.queue(organization)
        rows = workflow.dashboard(organization).rows
        counted = {row.role: (row.pending, row.expiring, row.retained, row.rejected) for row in rows}
        assert counted == plain.dashboard(organization)
    assert list(queries.organizations()) == sorted({each.organization(role) for each in sessions for role in Role})
    for kind in SubjectKind:
        assert queries.states(kind) == {each.reference: each.state for each in plain.stored.of_kind(kind)}
    assert list(queries.overdue(TODAY - timedelta(days=21))) == plain.overdue()


def compare_columns(workflow: Workflow, plain: ReferenceLists) -> None:
    """What the lines say of each."""
    stored = plain.stored
    for row in workflow.applications(page=PageRequest(limit=0)).items:
        application = stored.application(row.reference)
        assert application
        session, person = plain.session_of(application), stored.people.get(application.candidate)
        assert (row.state, row.version, row.convocations) == (application.state, 1, application.convocations)
        assert (row.session, row.action_title) == (session.reference, plain.action_of(session).title)
        assert row.candidate_name == (person.name if person else None)
        assert (row.prescriber, row.registered_at) == (application.prescriber, application.registered_at)
        assert (row.responsible, row.positioner, row.trainer) == tuple(map(session.organization, Role))
        assert (row.entry, row.exit, row.weekly_hours) == (
            application.entry,
            application.exit,
            application.weekly_hours,
        )
        assert (row.motive, row.reason) == (application.motive, application.reason)
    for line in workflow.sessions(page=PageRequest(limit=0)).items:
        listed = stored.session(line.reference)
        assert listed
        registered = stored.applications(line.reference)
        retained = sum(each.state is ApplicationState.RETAINED for each in registered)
        assert (line.enrolled, line.registered) == (f"{retained} / {listed.capacity}", len(registered))
        assert line.preregistered == f"{len(registered)} / {listed.capacity * listed.coefficient}"
        assert line.funder == plain.action_of(listed).funder
        assert (line.session_type, line.market, line.measure) == (listed.session_type, listed.market, listed.measure)
        assert line.open == sum(each.state in OPEN_STATES for each in registered)
        assert (line.place, line.start, line.end) == (listed.place, listed.start, listed.end)
    for shown in workflow.actions(page=PageRequest(limit=0)).items:
        action = stored.action(shown.reference)
        assert action
        sessions = stored.sessions(shown.reference)
        assert [each.reference for each in shown.sessions] == [each.reference for each in sessions]
        assert [*shown.alerts] == plain.alerts(action)
        assert shown.kind == action.kind
        assert shown.alert is plain.in_tab(action, ActionTab.ALERT)
        assert shown.pending_validation is plain.in_tab(action, ActionTab.PENDING_VALIDATION)


@settings(deadline=None)
@given(
    stored=datasets(),
    applications=st.lists(APPLICATIONS, min_size=2, max_size=4),
    sessions=st.lists(SESSIONS, min_size=1, max_size=3),
    actions=st.lists(ACTIONS, min_size=1, max_size=3),
    size=st.integers(1, 3),
    order=PAGES,
    live=st.booleans(),
)
def test_drawn_data(
    stored: Snapshot,
    applications: Sequence[ApplicationFilter],
    sessions: Sequence[SessionFilter],
    actions: Sequence[ActionFilter],
    size: int,
    order: PageRequest,
    *,
    live: bool,
) -> None:
    """Lists, pages, tabs, columns, queues and dashboards."""
    workflow, plain = settled(stored, live=live)
    compare_lists(workflow, plain, [*applications, *sessions, *actions], size, order)
    compare_columns(workflow, plain)
    compare_screens(workflow, plain)


@pytest.mark.parametrize("order", EACH_ORDER, ids=lambda each: f"{each.sort}-{each.descending}")
def test_each_filter_in_each_order(order: PageRequest) -> None:
    """One field at a time."""
    workflow, plain = settled(mixed(), live=False)
    compare_lists(workflow, plain, EACH_FIELD, 50, order)
    compare_columns(workflow, plain)
    compare_screens(workflow, plain)


@pytest.mark.parametrize("live", [False, True])
def test_every_edge_of_the_alerts(*, live: bool) -> None:
    """Complete actions of one session each: every combination of state, dates, quota and use of it."""
    workflow, plain = settled(edges(), live=live)
    alert = ActionFilter(tab=ActionTab.ALERT)
    assert [each.reference for each in workflow.actions(alert, PageRequest(limit=0)).items] == plain.actions(alert)
    compare_columns(workflow, plain)
