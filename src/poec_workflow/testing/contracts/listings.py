"""Every list, filter, tab and page equals a plain filter over everything, on drawn towns."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poec_workflow.errors import Malformed
from poec_workflow.policies.settings import QuotaCounts, Settings
from poec_workflow.ports import Storage
from poec_workflow.testing.contracts.comparison import compare_columns, compare_lists, compare_screens
from poec_workflow.testing.contracts.contract import Contract
from poec_workflow.testing.contracts.datasets import Town, edges, mixed, settle, towns
from poec_workflow.testing.contracts.drawn_filters import ACTIONS, APPLICATIONS, CLOCK, EACH_FIELD, SESSIONS
from poec_workflow.testing.contracts.fixtures import ADVISER, check, founded, registering, workflow_on
from poec_workflow.testing.contracts.reference_lists import Plain
from poec_workflow.views import ActionFilter, ActionTab, ApplicationFilter, PageRequest, SessionFilter
from poec_workflow.workflow import Workflow


class ListContract(Contract):
    """Lists as the domain page words them; the examples are Hypothesis's, as many as its profile says."""

    def test_lists(self, tmp_path_factory: pytest.TempPathFactory) -> None:
        """Lists, pages, tabs, columns, queues and dashboards of drawn towns are what plain filters find."""

        @settings(deadline=None, max_examples=self.examples or settings().max_examples)
        @given(
            town=towns(),
            applications=st.lists(APPLICATIONS, min_size=2, max_size=4),
            sessions=st.lists(SESSIONS, min_size=1, max_size=3),
            actions=st.lists(ACTIONS, min_size=1, max_size=3),
            size=st.integers(1, 3),
            quota=st.sampled_from(["registered", "live"]),
        )
        def hold(
            town: Town,
            applications: Sequence[ApplicationFilter],
            sessions: Sequence[SessionFilter],
            actions: Sequence[ActionFilter],
            size: int,
            quota: QuotaCounts,
        ) -> None:
            plain = Plain(town, live=quota == "live")
            with self.empty_storage(tmp_path_factory.mktemp("town")) as storage:
                settle(town, storage)
                workflow = Workflow(storage, clock=CLOCK, settings=Settings(quota_counts=quota))
                compare_lists(workflow, plain, [*applications, *sessions, *actions], size)
                compare_columns(workflow, plain)
                compare_screens(workflow, plain)

        hold()

    def test_each_filter_restricts(self, storage: Storage) -> None:
        """One field at a time, on a town in which each lets some through and not others."""
        town = mixed()
        settle(town, storage)
        workflow, plain = Workflow(storage, clock=CLOCK), Plain(town, live=False)
        compare_lists(workflow, plain, EACH_FIELD, size=50)
        for asked in EACH_FIELD:
            match asked:
                case ApplicationFilter():
                    assert 0 < len(plain.applications(asked)) < len(town.applications), asked
                case SessionFilter():
                    assert 0 < len(plain.sessions(asked)) < len(town.sessions), asked
                case ActionFilter():
                    assert 0 < len(plain.actions(asked)) < len(town.actions), asked
        compare_columns(workflow, plain)
        compare_screens(workflow, plain)

    @pytest.mark.parametrize("live", [False, True])
    def test_every_edge_of_the_alerts(self, storage: Storage, *, live: bool) -> None:
        """Complete actions of one session each: every combination of state, dates, quota and use of it."""
        town = edges()
        settle(town, storage)
        quota: QuotaCounts = "live" if live else "registered"
        workflow = Workflow(storage, clock=CLOCK, settings=Settings(quota_counts=quota))
        asked = ActionFilter(tab=ActionTab.ALERT)
        found = [each.reference for each in workflow.actions(asked, PageRequest(limit=0)).items]
        assert found == Plain(town, live=live).actions(asked)
        assert 0 < len(found) < len(town.actions)
        compare_columns(workflow, Plain(town, live=live))

    def test_text_is_found_whatever_its_accents(self, storage: Storage) -> None:
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
    def test_what_is_no_mark_is_malformed(self, storage: Storage, mark: str) -> None:
        """A mark is what a page gave, to the letter."""
        with pytest.raises(Malformed, match="mark"):
            workflow_on(storage).applications(page=PageRequest(after=mark))

    @pytest.mark.parametrize("text", ["\0", "\ud800", "x" * 201])
    def test_what_cannot_be_stored_cannot_be_asked(self, storage: Storage, text: str) -> None:
        """Whatever the storage, the same texts are malformed."""
        workflow = workflow_on(storage)
        with pytest.raises(Malformed):
            workflow.applications(ApplicationFilter(text=text))
        if len(text) == 1:
            for ask in (workflow.application, workflow.dashboard, workflow.work_queue, workflow.erase_candidate):
                with pytest.raises(Malformed):
                    ask(text)
