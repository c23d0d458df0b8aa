"""What a storage lists, beside what the one in memory lists of the same data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from attrs import evolve

from poec_workflow.model import Page, SubjectKind
from poec_workflow.testing.contracts.datasets import EDGES, TODAY
from poec_workflow.views import (
    ActionFilter,
    ActionRow,
    ApplicationFilter,
    ApplicationRow,
    PageRequest,
    SessionFilter,
    SessionRow,
    Tab,
    key_of,
)
from poec_workflow.views.ordering import FIRST, LAST, SORTS
from poec_workflow.workflow import Workflow

Filter = ApplicationFilter | SessionFilter | ActionFilter
BY_REFERENCE = PageRequest()
_ROWS: dict[type[Any], type[Any]] = {
    ApplicationFilter: ApplicationRow,
    SessionFilter: SessionRow,
    ActionFilter: ActionRow,
}


def compare_lists(
    workflow: Workflow,
    expected: Workflow,
    filters: Sequence[Filter],
    size: int,
    orders: Sequence[PageRequest] = (BY_REFERENCE,),
) -> None:
    """Assert that lists have the same lines in each order, pages are their pieces, and tabs and totals count the same.

    An order is passed over for the lists that do not have it.
    """
    for each in (*filters, *(ApplicationFilter(tab=tab) for tab in Tab)):
        compare_list(workflow, expected, each, size, orders)


def compare_list(
    workflow: Workflow, expected: Workflow, each: Filter, size: int, orders: Sequence[PageRequest] = (BY_REFERENCE,)
) -> None:
    """Assert the same of one list."""
    for order in orders:
        if order.sort in SORTS[_ROWS[type(each)]]:
            assert walked(lister(workflow, each), each, size, order) == listed(expected, each, order)
    assert _tabs(workflow, each) == _tabs(expected, each)
    assert counted(workflow, each) == len(listed(expected, each))


def compare_screens(workflow: Workflow, expected: Workflow) -> None:
    """Assert that whole lists, work queues, dashboards, states, organisations, and what is overdue are the same."""
    for everything in (ApplicationFilter(), SessionFilter(), ActionFilter()):
        lines, due = (lister(each, everything)(everything, PageRequest(limit=0)) for each in (workflow, expected))
        assert lines.items == due.items
    for organization in ("AFEC", "Œuvre"):
        queue = workflow.work_queue(organization)
        assert queue == expected.work_queue(organization)
        for task, many in workflow.work_queue_counts(organization).items():
            rows = workflow.applications(ApplicationFilter(organization=organization, task=task), PageRequest(limit=0))
            assert rows.items == getattr(queue, task)
            assert many == len(rows.items)
        assert workflow.dashboard(organization) == expected.dashboard(organization)
    ours, theirs = workflow.storage.queries, expected.storage.queries
    assert list(ours.organizations()) == list(theirs.organizations())
    for kind in SubjectKind:
        assert ours.states(kind) == theirs.states(kind)
    for days in EDGES:
        ended = TODAY + timedelta(days=days)
        assert list(ours.overdue(ended)) == list(theirs.overdue(ended))


def listed(workflow: Workflow, each: Filter, order: PageRequest = BY_REFERENCE) -> list[str]:
    """Return the references of a whole list."""
    return [line.reference for line in lister(workflow, each)(each, evolve(order, limit=0)).items]


def lister(workflow: Workflow, each: Filter) -> Callable[[Any, PageRequest], Page[Any]]:
    """Return the list that a filter restricts."""
    if isinstance(each, ApplicationFilter):
        return workflow.applications
    return workflow.sessions if isinstance(each, SessionFilter) else workflow.actions


def counted(workflow: Workflow, each: Filter) -> int:
    """Return how many lines a list says that it has."""
    if isinstance(each, ApplicationFilter):
        return workflow.application_count(each)
    return workflow.session_count(each) if isinstance(each, SessionFilter) else workflow.action_count(each)


def walked(
    ask: Callable[[Any, PageRequest], Page[Any]], restricted: object, size: int, order: PageRequest = BY_REFERENCE
) -> list[str]:
    """Return the references of all pages of a list, which are those of the list at once, and the same backwards."""
    lines: list[Any] = []
    pages: list[Page[Any]] = []
    after = None
    while True:
        page = ask(restricted, evolve(order, limit=size, after=after))
        assert (page.previous is None) is (after is None)
        pages.append(page)
        lines.extend(page.items)
        assert len(lines) < 1_000
        assert len(page.items) <= size
        if page.next is None:
            break
        assert len(page.items) == size
        assert page.next != after
        after = page.next
    for before in pages[-2:-5:-1]:
        assert page.previous is not None
        page = ask(restricted, evolve(order, limit=size, before=page.previous))
        assert page == evolve(before, previous=page.previous)
        assert (page.previous is None) is (before is pages[0])
    nameless, found = FIRST if order.descending else LAST, [each.reference for each in lines]
    keys = [key_of(each, order.sort, nameless) for each in lines]
    assert keys == sorted(set(keys), reverse=order.descending)
    assert [each.reference for each in ask(restricted, evolve(order, limit=0)).items] == found
    return found


def _tabs(workflow: Workflow, each: Filter) -> object:
    if isinstance(each, ApplicationFilter):
        return workflow.application_tabs(each)
    return workflow.session_tabs(each) if isinstance(each, SessionFilter) else workflow.action_tabs(each)
