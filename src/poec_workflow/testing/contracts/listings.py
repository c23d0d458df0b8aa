"""Every list, filter, tab and page is the one that the storage in memory gives of the same data."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.commands import Request
from poec_workflow.errors import Malformed
from poec_workflow.policies.settings import QuotaCounts, Settings
from poec_workflow.ports import Storage
from poec_workflow.testing.contracts.comparison import (
    BY_REFERENCE,
    compare_list,
    compare_lists,
    compare_screens,
    listed,
)
from poec_workflow.testing.contracts.contract import Contract
from poec_workflow.testing.contracts.datasets import datasets, edges, mixed, settle
from poec_workflow.testing.contracts.drawn_filters import (
    ACTIONS,
    APPLICATIONS,
    CLOCK,
    EACH_FIELD,
    EACH_ORDER,
    PAGES,
    SESSIONS,
)
from poec_workflow.testing.contracts.fixtures import ADVISER, check, registering, workflow_on, workflow_with_session
from poec_workflow.testing.reference import Snapshot
from poec_workflow.views import ActionFilter, ActionTab, ApplicationFilter, PageRequest, SessionFilter
from poec_workflow.views.ordering import SortName
from poec_workflow.workflow import Workflow


class ListContract(Contract):
    """Lists as the storage in memory gives them; our own tests hold that one against the domain page's words."""

    def test_lists(self, tmp_path_factory: pytest.TempPathFactory) -> None:
        """Lists, pages, tabs, columns, queues and dashboards of drawn data are those of the storage in memory."""

        @settings(deadline=None, max_examples=self.examples or settings().max_examples)
        @given(
            stored=datasets(),
            applications=st.lists(APPLICATIONS, min_size=2, max_size=4),
            sessions=st.lists(SESSIONS, min_size=1, max_size=3),
            actions=st.lists(ACTIONS, min_size=1, max_size=3),
            size=st.integers(1, 3),
            order=PAGES,
            quota=st.sampled_from(["registered", "live"]),
        )
        def hold(
            stored: Snapshot,
            applications: Sequence[ApplicationFilter],
            sessions: Sequence[SessionFilter],
            actions: Sequence[ActionFilter],
            size: int,
            order: PageRequest,
            quota: QuotaCounts,
        ) -> None:
            with self.empty_storage(tmp_path_factory.mktemp("lists")) as storage:
                ours, theirs = (_settled(each, stored, quota) for each in (storage, MemoryStorage()))
                compare_lists(ours, theirs, [*applications, *sessions, *actions], size, (BY_REFERENCE, order))
                compare_screens(ours, theirs)

        hold()

    def test_each_filter_restricts(self, storage: Storage) -> None:
        """One field at a time, on data in which each lets some through and not others."""
        ours, theirs = (_settled(each, mixed()) for each in (storage, MemoryStorage()))
        for number, each in enumerate(EACH_FIELD):
            # Each in two orders more, in turn: drawn data are listed in all of them.
            more = (EACH_ORDER[(number + turn) % len(EACH_ORDER)] for turn in (0, 5))
            compare_list(ours, theirs, each, 50, (BY_REFERENCE, *more))
            assert 0 < len(listed(ours, each)) < len(listed(ours, type(each)())), each
        compare_screens(ours, theirs)

    @pytest.mark.parametrize("live", [False, True])
    def test_every_edge_of_the_alerts(self, storage: Storage, *, live: bool) -> None:
        """Complete actions of one session each: every combination of state, dates, quota and use of it."""
        quota: QuotaCounts = "live" if live else "registered"
        ours, theirs = (_settled(each, edges(), quota) for each in (storage, MemoryStorage()))
        alert, whole = ActionFilter(tab=ActionTab.ALERT), PageRequest(limit=0)
        assert listed(ours, alert) == listed(theirs, alert)
        assert ours.actions(page=whole).items == theirs.actions(page=whole).items
        assert 0 < len(listed(ours, alert)) < len(listed(ours, ActionFilter()))

    def test_text_is_found_whatever_its_accents(self, storage: Storage) -> None:
        """« ZOE » finds « Zoé », « nabil zoé » finds « Zoé Nabil », and what is erased is found no more."""
        workflow = workflow_with_session(storage)
        workflow.execute(registering(1), ADVISER)
        for text in ("ZOE", "nabil zoé", "Zoé EXAMPLE.org", "s-1 soudeur", "c-1", "47", " "):
            rows = workflow.applications(ApplicationFilter(text=text)).items
            assert [each.reference for each in rows] == (["C-1"] if text != "47" else []), text
        for text in ("%", "_", "/", "zoé soudeuse"):
            assert workflow.applications(ApplicationFilter(text=text)).items == ()
        workflow.erase_candidate("P-1")
        assert workflow.applications(ApplicationFilter(text="zoe")).items == ()
        check(storage)

    @pytest.mark.parametrize("cursor", ["", "é", "C-1", "Qy0x=", "Qy0x ", "gICA", "_w"])
    def test_what_is_no_cursor_is_malformed(self, storage: Storage, cursor: str) -> None:
        """A cursor is what a page gave, to the letter."""
        for place, page in (("$.after", PageRequest(after=cursor)), ("$.before", PageRequest(before=cursor))):
            with pytest.raises(Malformed, match="cursor") as told:
                workflow_on(storage).applications(page=page)
            assert [each.place for each in told.value.faults] == [place]

    @pytest.mark.parametrize("sort", ["reference", "registration", "session-start", "session-end"])
    @pytest.mark.parametrize("descending", [False, True])
    def test_pages_backwards_while_rows_are_added(self, storage: Storage, sort: SortName, *, descending: bool) -> None:
        """Whoever goes on and comes back sees every row again, and what was added before it; none is skipped."""
        workflow = workflow_with_session(storage, seats=20)
        workflow.execute_many([Request(registering(each), ADVISER) for each in range(10, 30, 2)], atomic=True)
        first = PageRequest(limit=3, sort=sort, descending=descending)
        pages = [workflow.applications(page=first)]
        while pages[-1].next:
            pages.append(workflow.applications(page=evolve(first, after=pages[-1].next)))
        assert [len(each.items) for each in pages] == [3, 3, 3, 1]
        workflow.execute_many([Request(registering(each), ADVISER) for each in range(11, 30, 6)], atomic=True)
        found, page = [*pages[-1].items], pages[-1]
        while page.previous:
            page = workflow.applications(page=evolve(first, before=page.previous))
            assert page.next
            found[:0] = page.items
        whole = workflow.applications(page=evolve(first, limit=0)).items
        assert found == list(whole[: whole.index(pages[-1].items[-1]) + 1])
        assert {row.reference for each in pages for row in each.items} <= {each.reference for each in found}

    def test_a_page_that_has_become_empty_leads_back(self, storage: Storage) -> None:
        """Both ways; and one cursor is asked for at a time."""
        workflow = workflow_with_session(storage)
        workflow.execute_many([Request(registering(each), ADVISER) for each in (1, 2, 3)], atomic=True)
        end = workflow.applications(page=PageRequest(limit=2)).next
        gone = ApplicationFilter(states=("retained",))
        page = workflow.applications(gone, PageRequest(limit=2, after=end))
        assert (page.items, page.next, page.previous) == ((), None, end)
        page = workflow.applications(gone, PageRequest(limit=2, before=end))
        assert (page.items, page.next, page.previous) == ((), end, None)
        with pytest.raises(Malformed, match=r"\$\.before"):
            PageRequest(after=end, before=end)

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


def _settled(storage: Storage, stored: Snapshot, quota: QuotaCounts = "registered") -> Workflow:
    """Put a data set into an empty storage, and return a workflow on it."""
    settle(stored, storage)
    return Workflow(storage, clock=CLOCK, settings=Settings(quota_counts=quota))
