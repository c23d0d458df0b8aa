"""The feed has every entry once, in one order. Storages without `ReadsFeed` skip these tests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress

import pytest

from poec_workflow import commands
from poec_workflow.commands import Request
from poec_workflow.errors import Malformed
from poec_workflow.history import HistoryEntry, Position
from poec_workflow.ports import FeedEntry, Storage, Transaction, reads_feed
from poec_workflow.testing.contracts.concurrency import at_once, swept
from poec_workflow.testing.contracts.contract import Contract
from poec_workflow.testing.contracts.erasure import registering_oneself
from poec_workflow.testing.contracts.fixtures import (
    ADVISER,
    NOW,
    PLATFORM,
    TRAINER,
    all_positions,
    everything,
    registering,
    retaining,
    workflow_on,
    workflow_with_session,
)
from poec_workflow.testing.contracts.storage_wrappers import InTransaction
from poec_workflow.testing.settable_clock import SettableClock
from poec_workflow.workflow import Workflow

MADE_UP = ("", "x", "-1", "0.0", "1.", "1.01", "9" * 30, f"0.{'9' * 19}", "1 OR 1=1", "é")
"""Places that no storage gives, and more that ours do not."""


class FeedContract(Contract):
    """What `ReadsFeed` promises, where a storage has it."""

    @pytest.fixture
    def fed(self, storage: Storage) -> Storage:
        """A storage that has a feed."""
        if not reads_feed(storage.queries):
            pytest.skip("the storage has no feed")
        return storage

    def test_an_empty_store_has_a_place_to_go_on_from(self, fed: Storage) -> None:
        """What is stored later follows it."""
        workflow = workflow_on(fed)
        empty = workflow.feed()
        assert (empty.items, empty.previous) == ((), None)
        assert workflow.feed(empty.next) == empty
        workflow_with_session(fed)
        assert workflow.feed(empty.next).items == workflow.feed().items
        assert len(workflow.feed().items) == 3

    @pytest.mark.parametrize("limit", [1, 3, 0])
    def test_every_entry_comes_once(self, fed: Storage, limit: int) -> None:
        """As its history has it, in pages of any size, and the same every time."""
        workflow = filled(fed)
        entries = [each for page in pages(workflow, None, limit) for each in page]
        assert entries == [*workflow.feed(limit=0).items]
        histories = everything(fed).histories
        assert len(entries) == sum(map(len, histories.values()))
        for history in histories.values():
            own = history[0].position
            assert [each for each in entries if is_of(each, own)] == list(history)

    def test_a_cause_comes_before_what_it_caused(self, fed: Storage) -> None:
        """A decision's own entry before its consequences, and those in the order of its answer."""
        workflow = filled(fed)
        answer = workflow.execute(commands.CancelSession("S-1", reason="Too few"), PLATFORM)
        assert len(answer.consequences) > 1
        moved = [
            Position(each.subject.subject_kind, each.subject.reference, each.subject.version) for each in answer.changes
        ]
        assert [each.position for each in workflow.feed(limit=0).items][-len(moved) :] == moved

    def test_the_last_cursor_goes_on(self, fed: Storage) -> None:
        """A reader at the end asks again, and gets what is new, once."""
        workflow = filled(fed)
        last = workflow.feed(limit=0)
        assert workflow.feed(last.next).items == ()
        workflow.execute(commands.SetCapacity("S-1", capacity=9), PLATFORM)
        new = workflow.feed(last.next)
        assert [each.command for each in new.items] == ["set-capacity"]
        assert workflow.feed(new.next).items == ()
        assert workflow.feed(last.next) == new

    def test_what_was_undone_is_not_in_it(self, fed: Storage) -> None:
        """Nor does it hide what is stored afterwards."""
        workflow = filled(fed)
        before = workflow.feed(limit=0)

        def work(transaction: Transaction) -> None:
            inner = Workflow(InTransaction(transaction, fed), clock=SettableClock(NOW))
            inner.execute(commands.SetCapacity("S-1", capacity=9), PLATFORM)
            # Read back, so that it was written.
            inner.execute(registering(77), ADVISER)
            raise LookupError

        with pytest.raises(LookupError):
            fed.run(work)
        assert workflow.feed(before.next).items == ()
        workflow.execute(registering(78), ADVISER)
        assert [each.event.reference for each in workflow.feed(before.next).items] == ["C-78"]

    def test_an_erasure_moves_nothing(self, fed: Storage) -> None:
        """The same entries in the same places, without the name; a cursor that stands on one stays good."""
        workflow = workflow_with_session(fed)
        command, actor = registering_oneself()
        workflow.execute(command, actor)
        on_it = workflow.feed(limit=0).next
        workflow.execute(registering(1), ADVISER)
        before = workflow.feed(limit=0)
        workflow.erase_candidate("P-9")
        after = workflow.feed(limit=0)
        assert [each.position for each in after.items] == [each.position for each in before.items]
        assert (after.next, "Awa" in str(after.items)) == (before.next, False)
        assert [each.event.reference for each in workflow.feed(on_it).items] == ["C-1"]

    @pytest.mark.parametrize("place", MADE_UP)
    def test_a_made_up_place_is_refused(self, fed: Storage, place: str) -> None:
        """Or has nothing of its own: no text asks for anything else."""
        filled(fed)
        assert place not in [each.place for each in _asked(fed, place)]

    def test_a_cursor_is_of_its_store(self, fed: Storage) -> None:
        """A text that is none, one that was cut, and one of an entry that is not there are malformed."""
        workflow = filled(fed)
        cursor = workflow.feed().next
        assert cursor
        listed = workflow.applications().next or "Qy0x"
        for each in ("", "x", "\0", "\ud800", "é", cursor[:-1], cursor + "=", cursor.swapcase(), listed):
            with pytest.raises(Malformed) as refused:
                workflow.feed(each)
            assert [fault.place for fault in refused.value.faults] == ["$.after"]
        for limit in (-1, True, 1.0, None):
            with pytest.raises(Malformed):
                workflow.feed(limit=limit)  # type: ignore[arg-type]

    def test_nothing_is_missed_while_others_write(self, fed: Storage) -> None:
        """Two threads write while two read, each with a cursor of its own: each reads every entry once, in order."""
        workflow_with_session(fed, seats=30)
        writers = [list(range(10, 20)), list(range(20, 30))]
        done: list[int] = []

        def writing(numbers: list[int]) -> list[Position]:
            workflow = workflow_on(fed)
            for number in numbers:
                workflow.execute(registering(number), ADVISER)
                workflow.execute(retaining(number)[0], TRAINER)
            done.append(len(numbers))
            return []

        def reading() -> list[Position]:
            workflow, cursor = workflow_on(fed), None
            found: list[Position] = []
            while True:
                last = len(done) == len(writers)
                page = workflow.feed(cursor, limit=3)
                cursor = page.next
                found.extend(each.position for each in page.items)
                if last and not page.items:
                    return found

        *_, first, second = at_once(*(lambda some=some: writing(some) for some in writers), reading, reading)
        assert first == second == [each.position for each in workflow_on(fed).feed(limit=0).items]
        assert sorted(first, key=str) == sorted(all_positions(fed), key=str)

    def test_nothing_is_held_back_when_nobody_writes(self, fed: Storage) -> None:
        """What is stored is given."""
        filled(fed)
        queries = fed.queries
        assert reads_feed(queries)
        assert queries.held_back() == 0


def filled(storage: Storage) -> Workflow:
    """Make a store with entries by every way of writing: one by one, batches, what others caused, a sweep."""
    workflow = workflow_with_session(storage, seats=4)
    workflow.execute_many([Request(registering(number), ADVISER) for number in range(1, 5)], batch=3)
    workflow.execute_many([Request(each, TRAINER) for each in retaining(1)], atomic=True)
    workflow.execute(retaining(2)[0], TRAINER)
    swept(workflow)
    for number in (5, 6, 7):
        workflow.execute(registering(number), ADVISER)
    for command in retaining(5):
        workflow.execute(command, TRAINER)
    return workflow


def _asked(storage: Storage, place: str) -> Sequence[FeedEntry]:
    """Return what the storage has from a place on; nothing where it refuses it in the right way."""
    queries = storage.queries
    assert reads_feed(queries)
    with suppress(Malformed):
        return queries.feed(place, limit=1)
    with pytest.raises(Malformed) as refused:
        queries.feed(place, limit=1)
    assert [each.place for each in refused.value.faults] == ["$.after"]
    return ()


def pages(workflow: Workflow, after: str | None, limit: int) -> Iterator[tuple[HistoryEntry, ...]]:
    """Read pages up to the first that has nothing."""
    page = workflow.feed(after, limit=limit)
    while page.items:
        assert not limit or len(page.items) <= limit
        yield page.items
        page = workflow.feed(page.next, limit=limit)


def is_of(entry: HistoryEntry, first: Position) -> bool:
    """Return whether an entry is of the subject of another one."""
    return (entry.position.kind, entry.position.reference) == (first.kind, first.reference)
