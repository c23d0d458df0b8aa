"""Filters and pages that mean nothing are malformed, before any storage is asked: every fault at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from poec_workflow import Malformed, Role, Workflow
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.testing.contracts.fixtures import (
    ADVISER,
    TRAINER,
    opening,
    registering,
    workflow_on,
    workflow_with_session,
)
from poec_workflow.testing.contracts.fixtures import PLATFORM as CAP
from poec_workflow.views import ActionFilter, ApplicationFilter, PageRequest, SessionFilter


def places(make: Callable[[], object]) -> list[str]:
    with pytest.raises(Malformed) as raised:
        make()
    return sorted(each.place for each in raised.value.faults)


def test_a_role_is_somebodys() -> None:
    """A role without an organisation, and a negative limit, are malformed."""
    with pytest.raises(Malformed):
        ApplicationFilter(role=Role.TRAINER)
    with pytest.raises(Malformed):
        PageRequest(limit=-1)


def test_every_fault_of_a_filter_is_told_at_once() -> None:
    """Words that are none, days that nothing can be stored of, what is neither true nor false."""
    wrong: dict[str, Any] = {
        "column": "all",
        "published": "yes",
        "since": date(1899, 12, 31),
        "at": datetime(2022, 3, 1, tzinfo=UTC),
        "tab": "past",
        "role": "trainer",
        "session_from": "2022-03-01",
        "states": ("open",),
    }
    expected = ["at", "column", "organization", "published", "session_from", "since", "states[0]", "tab"]
    assert places(lambda: ApplicationFilter(**wrong)) == [f"$.{each}" for each in expected]
    assert places(lambda: SessionFilter(at=date(3000, 1, 1))) == ["$.at"]
    assert places(lambda: ActionFilter(at=date(3000, 1, 1), tab="x")) == ["$.at", "$.tab"]  # type: ignore[arg-type]


def test_every_fault_of_a_page_is_told_at_once() -> None:
    """An order that is none, a direction that is none, a limit that is none."""
    wrong: dict[str, Any] = {"sort": "name", "descending": "yes", "limit": -1}
    assert places(lambda: PageRequest(**wrong)) == ["$.descending", "$.limit", "$.sort"]


def test_not_every_list_has_every_order() -> None:
    """Sessions were not registered, and actions have no start of their own."""
    workflow = Workflow(MemoryStorage())
    assert places(lambda: workflow.sessions(page=PageRequest(sort="registration"))) == ["$.sort"]
    for sort in ("registration", "session-start"):
        assert places(lambda each=sort: workflow.actions(page=PageRequest(sort=each))) == ["$.sort"]  # type: ignore[misc]


def test_a_cursor_belongs_to_its_order() -> None:
    """That of another order, direction or list is malformed; one by reference is what it always was."""
    workflow = workflow_with_session(MemoryStorage())
    for number in (1, 2, 3):
        workflow.execute(registering(number), ADVISER)
    workflow.execute(opening("S-2"), CAP)
    orders = [
        PageRequest(limit=1, sort=sort, descending=back)
        for sort in ("reference", "registration", "session-start")
        for back in (False, True)
    ]
    cursors = [workflow.applications(page=order).next for order in orders]
    assert cursors[0] == "Qy0x"
    for order, own in zip(orders, cursors, strict=True):
        for cursor in cursors:
            page = PageRequest(limit=1, sort=order.sort, descending=order.descending, after=cursor)
            if cursor == own:
                assert workflow.applications(page=page).items
            else:
                assert places(lambda each=page: workflow.applications(page=each)) == ["$.after"]  # type: ignore[misc]
    by_start = workflow.sessions(page=PageRequest(limit=1, sort="session-start")).next
    foreign = PageRequest(sort="session-start", after=by_start)
    assert places(lambda: workflow.applications(page=foreign)) == ["$.after"]


def test_the_day_of_a_question() -> None:
    """The queue and the explanation are those of the day that is named; days that are none are malformed."""
    workflow = workflow_with_session(MemoryStorage())
    workflow.execute(registering(1), ADVISER)
    late = date(2022, 3, 26)  # the day after the advice deadline
    assert workflow.work_queue("TRAIN").to_convoke
    assert not workflow.work_queue("TRAIN", at=late).to_convoke
    for at in (late, datetime(2022, 3, 25, 23, tzinfo=UTC)):
        convoke = workflow.explain("C-1", TRAINER, at=at)[0]
        assert [each.code for each in convoke.refusals] == ["advice-deadline-passed"]
    assert workflow.explain("C-1", TRAINER, at=datetime(2022, 3, 25, 22, 59, tzinfo=UTC))[0].allowed
    for wrong in (date(1, 1, 1), datetime(2022, 3, 1), datetime(3001, 1, 1, tzinfo=UTC)):  # noqa: DTZ001 - a naive one
        assert places(lambda each=wrong: workflow.explain("C-1", TRAINER, at=each)) == ["$.at"]  # type: ignore[misc]
    assert places(lambda: workflow.work_queue("TRAIN", at=date(1, 1, 1))) == ["$.at"]
    assert places(lambda: workflow_on(MemoryStorage()).dashboard("TRAIN", at=date(1, 1, 1))) == ["$.at"]
