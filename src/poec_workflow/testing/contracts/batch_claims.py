"""What is overdue can be claimed and stored in groups. Storages without `ClaimsBatches` skip these tests."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from poec_workflow import commands, sweep
from poec_workflow.model import SYSTEM
from poec_workflow.policies.settings import Settings
from poec_workflow.ports import OverdueBatch, Storage, Transaction, claims_batches
from poec_workflow.testing.contracts.contract import Contract
from poec_workflow.testing.contracts.fixtures import (
    ADVISER,
    NOW,
    PLATFORM,
    TRAINER,
    check,
    emptied_outbox,
    everything,
    opening,
    registering,
    workflow_with_session,
)
from poec_workflow.testing.contracts.sample_subjects import SESSION
from poec_workflow.testing.contracts.storage_wrappers import InTransaction
from poec_workflow.testing.settable_clock import SettableClock
from poec_workflow.workflow import Workflow

LATE = SettableClock(datetime(2022, 4, 20, tzinfo=UTC))
OVERDUE = SESSION.end + timedelta(days=1)


class BatchContract(Contract):
    """What `ClaimsBatches` promises, where a storage has it."""

    @pytest.fixture
    def batching(self, storage: Storage) -> Storage:
        """A storage that claims batches, with overdue applications of two sessions in several states."""
        if not storage.run(claims_batches, write=False):
            pytest.skip("the storage claims no batches")
        _fill(storage)
        return storage

    def test_a_batch_has_what_would_be_claimed(self, batching: Storage) -> None:
        """The same applications in the same order, each in the group of its session and state."""
        claimed = batching.run(lambda transaction: transaction.claim_overdue(OVERDUE, limit=7), write=False)
        batch = batching.run(lambda transaction: _claimed(transaction, OVERDUE, limit=7), write=False)
        assert list(batch.applications) == [each.subject for each in claimed]
        assert list(batch.references) == [each.reference for each in batch.applications]
        firsts: dict[int, int] = {}
        for place, (group, loaded) in enumerate(zip(batch.group_of, claimed, strict=True)):
            first = batch.groups[group]
            assert first.enrolment
            assert loaded.enrolment
            assert (first.action, first.enrolment.session) == (loaded.action, loaded.enrolment.session)
            assert first.enrolment.tally == loaded.enrolment.tally
            assert first.subject == batch.applications[firsts.setdefault(group, place)]
            assert first.subject.state == batch.applications[place].state
        assert list(firsts) == list(range(len(batch.groups)))

    def test_nothing_overdue_is_an_empty_batch(self, batching: Storage) -> None:
        """It can be stored, too."""

        def work(transaction: Transaction) -> OverdueBatch:
            batch = _claimed(transaction, SESSION.start, limit=7)
            batch.save([])
            return batch

        batch = batching.run(work)
        assert [*batch.references, *batch.applications, *batch.groups, *batch.group_of] == []

    def test_a_batch_is_stored_as_one_by_one(self, batching: Storage, tmp_path: Path) -> None:
        """Subjects, histories, counters, and messages in their order."""
        (tmp_path / "other").mkdir()
        with self.empty_storage(tmp_path / "other") as single:
            _fill(single)
            batches = sweep.batches(batching, LATE.now(), Settings(), size=7)
            for each in (each for batch in batches for each in batch):
                assert Workflow(single, clock=LATE).execute(commands.Expire(each.subject.reference), SYSTEM) == each
            assert everything(batching) == everything(single)
            assert emptied_outbox(batching) == emptied_outbox(single)
        check(batching)

    def test_a_batch_is_undone_as_a_whole(self, batching: Storage) -> None:
        """What is raised after it was saved takes it back."""
        before = everything(batching)

        class Stop(Exception):
            pass

        def work(transaction: Transaction) -> None:
            batches = sweep.batches(InTransaction(transaction, batching), LATE.now(), Settings())
            assert next(batches)
            raise Stop

        with pytest.raises(Stop):
            batching.run(work)
        assert everything(batching) == before


def _fill(storage: Storage) -> None:
    """Applications in four states, of two sessions by turns, with texts that JSON escapes."""
    workflow = workflow_with_session(storage, seats=20)
    workflow.execute(opening("S\\2", seats=20), PLATFORM)
    for number in range(12):
        workflow.execute(registering(number, ("S-1", "S\\2")[number % 2]), ADVISER)
    for number in range(8):
        workflow.execute(commands.Convoke(f"C-{number}", on=NOW.date(), place='"été"\n'), TRAINER)
    for number in (0, 1, 2):
        workflow.execute(commands.RecordPresence(f"C-{number}"), TRAINER)
    workflow.execute(commands.RecordAbsence("C-3", notified=True), TRAINER)
    workflow.execute(commands.Withdraw("C-4", reason="found-employment"), ADVISER)
    workflow.erase_candidate("P-5")


def _claimed(transaction: Transaction, ended_before: date, *, limit: int) -> OverdueBatch:
    assert claims_batches(transaction)
    return transaction.claim_overdue_batch(ended_before, limit=limit)
