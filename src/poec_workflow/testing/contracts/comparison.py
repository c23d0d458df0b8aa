"""What a storage lists, beside what plain filters find."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from attrs import evolve

from poec_workflow.model import OPEN_STATES, ApplicationState, Page, Role, SubjectKind
from poec_workflow.testing.contracts.datasets import TODAY
from poec_workflow.testing.contracts.reference_lists import Plain
from poec_workflow.views import ActionFilter, ActionTab, ApplicationFilter, PageRequest, SessionFilter, Tab
from poec_workflow.workflow import Workflow


def compare_lists(
    workflow: Workflow, plain: Plain, asked: Sequence[ApplicationFilter | SessionFilter | ActionFilter], size: int
) -> None:
    """References, in order, of what fits; pages are that list in pieces; tabs count what they would list."""
    for each in (*asked, *(ApplicationFilter(tab=tab) for tab in Tab)):
        match each:
            case ApplicationFilter():
                assert walked(workflow.applications, each, size) == plain.applications(each)
                counts = {tab: len(plain.applications(evolve(each, tab=tab))) for tab in Tab}
                assert workflow.application_tabs(each) == counts
            case SessionFilter():
                assert walked(workflow.sessions, each, size) == plain.sessions(each)
                counts = {tab: len(plain.sessions(evolve(each, tab=tab))) for tab in Tab}
                assert workflow.session_tabs(each) == counts
            case ActionFilter():
                assert walked(workflow.actions, each, size) == plain.actions(each)
                of_actions = {tab: len(plain.actions(evolve(each, tab=tab))) for tab in ActionTab}
                assert workflow.action_tabs(each) == of_actions


def compare_screens(workflow: Workflow, plain: Plain) -> None:
    """Work queues, dashboards, states, organisations, and what is overdue."""
    queries, town = workflow.storage.queries, plain.town
    for organization in ("AFEC", "Œuvre"):
        assert queue_of(workflow, organization) == plain.queue(organization)
        rows = workflow.dashboard(organization).rows
        assert {row.role: (row.pending, row.expiring, row.retained, row.rejected) for row in rows} == plain.dashboard(
            organization
        )
    assert list(queries.organizations()) == sorted(
        {each.organization(role) for each in town.sessions.values() for role in Role}
    )
    assert queries.states(SubjectKind.SESSION) == {name: each.state for name, each in town.sessions.items()}
    assert list(queries.overdue(TODAY - timedelta(days=21))) == plain.overdue()


def walked(ask: Callable[[Any, PageRequest], Page[Any]], asked: object, size: int) -> list[str]:
    """The references of all pages of a list, which are those of the list at once."""
    found: list[str] = []
    after = None
    while True:
        page = ask(asked, PageRequest(limit=size, after=after))
        found.extend(each.reference for each in page.items)
        assert len(found) < 1_000
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
