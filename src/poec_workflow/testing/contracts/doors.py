"""Every figure of the dashboard is a door: the list asked for the same has exactly the applications that it counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from poec_workflow.commands import Request
from poec_workflow.model import Application, Role, SubjectKind
from poec_workflow.policies.calendar import local_day
from poec_workflow.policies.settings import Settings
from poec_workflow.ports import Storage
from poec_workflow.testing.contracts.contract import Contract
from poec_workflow.testing.contracts.datasets import datasets, edge_of_days, settle
from poec_workflow.testing.contracts.drawn_seasons import LINES, SEASONS
from poec_workflow.testing.contracts.fixtures import NOW, everything
from poec_workflow.testing.reference import Snapshot
from poec_workflow.testing.settable_clock import SettableClock
from poec_workflow.testing.strategies import journals
from poec_workflow.views import ApplicationFilter, Column, PageRequest
from poec_workflow.workflow import Workflow

_OPEN = ("pending", "convoked", "present", "absent")
_STATES: Mapping[Column, Sequence[str]] = {
    Column.PENDING: _OPEN,
    Column.EXPIRING: _OPEN,
    Column.RETAINED: ("retained",),
    Column.REJECTED: ("rejected",),
    Column.NO_ADVICE: ("no-advice",),
    Column.SESSION_FULL: ("session-full",),
    Column.CANCELLED: ("cancelled",),
}
"""What the domain page says that each column counts."""
_EXAMPLES = 20
"""How many data sets are drawn: each is asked for every figure."""
_PAIRS = 2
"""As of how many days one data set is asked, and since how many: of those about which a figure changes."""


class DoorContract(Contract):
    """Figures and lists by plain recounts of what is stored."""

    def test_every_figure_of_drawn_data_is_a_door(self, tmp_path_factory: pytest.TempPathFactory) -> None:
        """For every organisation, role and column, since any day and as of any day."""

        @settings(deadline=None, max_examples=min(self.examples or _EXAMPLES, _EXAMPLES))
        @given(datasets(), st.randoms(use_true_random=False))
        def hold(stored: Snapshot, random: Any) -> None:  # noqa: ANN401 - Hypothesis's Random
            with self.empty_storage(tmp_path_factory.mktemp("doors")) as storage:
                settle(stored, storage)
                compare_doors(Workflow(storage, clock=SettableClock(NOW)), stored, random)

        hold()

    def test_every_figure_of_a_season_is_a_door(self, tmp_path_factory: pytest.TempPathFactory) -> None:
        """The same of what drawn commands leave."""

        @settings(
            deadline=None,
            max_examples=min(self.examples or SEASONS, SEASONS),
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        )
        @given(journals(longest=LINES, shortest=LINES // 2), st.randoms(use_true_random=False))
        def hold(journal: list[Request], random: Any) -> None:  # noqa: ANN401 - Hypothesis's Random
            with self.empty_storage(tmp_path_factory.mktemp("doors")) as storage:
                workflow = Workflow(storage, clock=SettableClock(NOW))
                workflow.execute_many(journal, batch=LINES)
                compare_doors(workflow, everything(storage), random)

        hold()

    def test_a_figure_is_a_door_at_each_edge(self, storage: Storage) -> None:
        """On the day of a registration in Paris and the next one; on the first and last day of expiring, and beside."""
        stored = edge_of_days()
        settle(stored, storage)
        workflow = Workflow(storage, clock=SettableClock(NOW))
        for since in _days_of_registration(stored):
            _compare(workflow, stored, since, None)
        for at in _days_of_expiring(stored, workflow.settings):
            _compare(workflow, stored, None, at)


def compare_doors(workflow: Workflow, stored: Snapshot, random: Any) -> None:  # noqa: ANN401 - Hypothesis's Random
    """Assert that each figure is the number of a list's applications, and that these are the recount."""
    registered, expiring = _days_of_registration(stored), _days_of_expiring(stored, workflow.settings)
    _compare(workflow, stored, None, None)
    if registered:
        for since, at in zip(random.choices(registered, k=_PAIRS), random.choices(expiring, k=_PAIRS), strict=True):
            _compare(workflow, stored, since, at)


def _compare(workflow: Workflow, stored: Snapshot, since: date | None, at: date | None) -> None:
    for organization in (*workflow.storage.queries.organizations(), "nobody"):
        rows = {row.role: row for row in workflow.dashboard(organization, since=since, at=at).rows}
        for role, column in product(Role, Column):
            asked = ApplicationFilter(
                organization=organization, role=role, column=column, published=True, since=since, at=at
            )
            listed = [each.reference for each in workflow.applications(asked, PageRequest(limit=0)).items]
            assert listed == sorted(each.reference for each in _counted(stored, asked, workflow)), asked
            figure = getattr(rows[role], column) if role in rows else 0
            assert len(listed) == figure, asked
            assert workflow.application_count(asked) == figure, asked


def _counted(stored: Snapshot, asked: ApplicationFilter, workflow: Workflow) -> Iterator[Application]:
    """The applications that a figure counts, in the words of the domain page."""
    rules, today = workflow.settings, asked.at or local_day(NOW, workflow.settings.zone)
    for each in stored.of_kind(SubjectKind.APPLICATION):
        session = stored.session(each.session)
        action = session and stored.action(session.action)
        assert session
        assert action
        deadline = session.end + timedelta(days=rules.grace_days)
        if (
            action.state == "published"
            and asked.role is not None
            and session.organization(asked.role) == asked.organization
            and asked.column is not None
            and each.state in _STATES[asked.column]
            and (asked.since is None or local_day(each.registered_at, rules.zone) >= asked.since)
            and (asked.column is not Column.EXPIRING or today <= deadline <= today + timedelta(days=rules.warning_days))
        ):
            yield each


def _days_of_registration(stored: Snapshot) -> list[date]:
    days = {local_day(each.registered_at, Settings().zone) for each in stored.of_kind(SubjectKind.APPLICATION)}
    return sorted({day + timedelta(days=beside) for day in days for beside in (0, 1)})


def _days_of_expiring(stored: Snapshot, rules: Settings) -> list[date]:
    """The first and last day of each session on which its open applications are expiring, and those beside."""
    deadlines = {each.end + timedelta(days=rules.grace_days) for each in stored.of_kind(SubjectKind.SESSION)}
    edges = (-rules.warning_days - 1, -rules.warning_days, 0, 1)
    return sorted({deadline + timedelta(days=each) for deadline in deadlines for each in edges})
