"""What is overdue, and nothing else, is claimed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from poec_workflow import commands
from poec_workflow.ports import Storage
from poec_workflow.testing.contracts.contract import Contract
from poec_workflow.testing.contracts.fixtures import (
    ADVISER,
    PLATFORM,
    check,
    opening,
    registering,
    workflow_with_session,
)
from poec_workflow.testing.contracts.sample_subjects import SESSION
from poec_workflow.testing.settable_clock import SettableClock
from poec_workflow.workflow import Workflow


class SweepContract(Contract):
    """Open applications of sessions that ended, with what deciding needs."""

    def test_overdue_ones_are_claimed_in_batches(self, storage: Storage) -> None:
        """At most so many, with what a decision needs, until none is left."""
        workflow = workflow_with_session(storage, seats=5)
        for each in range(1, 6):
            workflow.execute(registering(each), ADVISER)
        end = workflow.session("S-1").end
        claimed = storage.run(lambda t: t.claim_overdue(end + timedelta(days=1), limit=3), write=False)
        assert [each.subject.reference for each in claimed if each.subject] == ["C-1", "C-2", "C-3"]
        assert all(each.action and each.enrolment and each.enrolment.tally.pending == 5 for each in claimed)
        assert not storage.run(lambda t: t.claim_overdue(end, limit=3), write=False)
        late = Workflow(storage, clock=SettableClock(datetime(2022, 4, 20, tzinfo=UTC)))
        assert late.sweep(dry_run=True).expired == tuple(f"C-{each}" for each in range(1, 6))
        assert late.sweep().expired == tuple(f"C-{each}" for each in range(1, 6))
        assert late.sweep().expired == ()
        check(storage)

    def test_only_what_is_overdue_and_open_is_claimed(self, storage: Storage) -> None:
        """Neither final ones, nor those of a session that ends on the day itself or later."""
        workflow = workflow_with_session(storage, seats=5)
        workflow.execute(opening("S-2"), PLATFORM)
        later = commands.RescheduleSession(
            "S-2",
            start=SESSION.start,
            end=SESSION.end + timedelta(days=1),
            registration_deadline=SESSION.registration_deadline,
            late_entry_deadline=SESSION.late_entry_deadline,
        )
        workflow.execute(later, PLATFORM)
        for number, session in ((1, "S-1"), (2, "S-1"), (3, "S-2")):
            workflow.execute(registering(number, session), ADVISER)
        workflow.execute(commands.Withdraw("C-1", reason="found-employment"), ADVISER)
        assert storage.queries.overdue(SESSION.end + timedelta(days=1)) == ["C-2"]
        assert _claimed(storage, SESSION.end + timedelta(days=1)) == ["C-2"]
        assert _claimed(storage, SESSION.end + timedelta(days=2)) == ["C-2", "C-3"]
        assert _claimed(storage, SESSION.end) == []


def _claimed(storage: Storage, ended_before: date) -> list[str]:
    claimed = storage.run(lambda transaction: transaction.claim_overdue(ended_before, limit=9), write=False)
    return sorted(each.subject.reference for each in claimed if each.subject)
