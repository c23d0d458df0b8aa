"""A command is one transaction: undone whole, or stored whole."""

from __future__ import annotations

import pytest
from attrs import evolve

from poec_workflow import commands
from poec_workflow.commands import Request
from poec_workflow.decider import Accepted, Refused
from poec_workflow.errors import CommandRefused
from poec_workflow.policies.settings import Settings
from poec_workflow.ports import Storage, Transaction
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
    retaining,
    tally_of,
    workflow_on,
    workflow_with_session,
)
from poec_workflow.testing.contracts.idempotency import replay_of
from poec_workflow.testing.contracts.storage_wrappers import InTransaction
from poec_workflow.testing.settable_clock import SettableClock
from poec_workflow.workflow import Workflow


class TransactionContract(Contract):
    """Subjects, counts, history, outbox, receipt and people: together or not at all."""

    def test_an_exception_undoes_everything(self, storage: Storage) -> None:
        """Work that raises leaves no subject, count, history, outbox row, receipt or person."""
        workflow_with_session(storage)
        before = everything(storage)

        def work(transaction: Transaction) -> None:
            inner = Workflow(InTransaction(transaction, storage), clock=SettableClock(NOW))
            inner.execute(registering(1), ADVISER, key="k")
            inner.execute(commands.SetCapacity("S-1", capacity=9), PLATFORM)
            raise LookupError

        with pytest.raises(LookupError):
            storage.run(work)
        assert everything(storage) == before
        assert storage.queries.candidate("P-1") is None
        assert tally_of(storage, "S-1").registered == 0
        assert emptied_outbox(storage) == []
        assert not workflow_on(storage).execute(registering(1), ADVISER, key="k").replayed

    def test_work_that_is_not_to_write_is_undone(self, storage: Storage) -> None:
        """`write=False` shows the work what it did, and keeps nothing of it."""
        workflow_with_session(storage)
        before = everything(storage)

        def work(transaction: Transaction) -> object:
            inner = Workflow(InTransaction(transaction, storage), clock=SettableClock(NOW))
            inner.execute(registering(1), ADVISER)
            return transaction.load(commands.RecordPresence("C-1")).subject

        assert storage.run(work, write=False) is not None
        assert everything(storage) == before

    def test_a_refused_batch_is_undone(self, storage: Storage) -> None:
        """All or nothing: one refusal, and nothing of the batch is stored."""
        workflow = workflow_with_session(storage)
        before = everything(storage)
        requests = [
            Request(command=registering(1), actor=ADVISER),
            Request(command=commands.RecordPresence("C-1"), actor=TRAINER),
        ]
        answers = workflow.execute_many(requests, atomic=True)
        assert [type(each) for each in answers] == [Accepted, Refused]
        assert everything(storage) == before

    def test_a_batch_sees_what_came_before(self, storage: Storage) -> None:
        """In one transaction, each command decides on what the one before it did."""
        workflow = workflow_with_session(storage)
        requests = [
            Request(command=registering(1), actor=ADVISER, key="k"),
            Request(command=registering(1), actor=ADVISER, key="k"),
        ]
        requests += [Request(command=each, actor=TRAINER) for each in retaining(1)]
        answers = workflow.execute_many(requests, atomic=True)
        assert [type(each) for each in answers] == [Accepted] * 5
        assert answers[1] == replay_of(answers[0])
        assert tally_of(storage, "S-1").retained == 1
        check(storage)

    def test_a_batch_knows_who_is_registered(self, storage: Storage) -> None:
        """A candidate who withdrew in the batch may register again in it, once."""
        workflow = workflow_with_session(storage)
        again = [evolve(registering(1), application=f"C-{number}") for number in (2, 3)]
        requests = [
            Request(command=registering(1), actor=ADVISER),
            Request(command=again[0], actor=ADVISER),
            Request(command=commands.Withdraw("C-1", reason="found-employment"), actor=ADVISER),
            Request(command=again[0], actor=ADVISER),
            Request(command=again[1], actor=ADVISER),
        ]
        answers = workflow.execute_many(requests, batch=5)
        assert [type(each) for each in answers] == [Accepted, Refused, Accepted, Accepted, Refused]
        check(storage)

    @pytest.mark.parametrize("batch", [1, 20])
    def test_who_is_retained_elsewhere_is_known(self, storage: Storage, batch: int) -> None:
        """Whoever retains a candidate is told of their seat on another session, and of nobody else's."""
        workflow = workflow_with_session(storage)
        person = registering(1).candidate
        requests = []
        for number in (1, 2, 3):
            workflow.execute(opening(f"S-{number + 1}"), PLATFORM)
            there = evolve(registering(number, f"S-{number + 1}"), candidate=person)
            requests += [Request(there, ADVISER), *(Request(each, TRAINER) for each in retaining(number))]
        stranger = [Request(registering(9), ADVISER), *(Request(each, TRAINER) for each in retaining(9))]
        answers = workflow.execute_many([*requests, *stranger], batch=batch)
        said = [each.advisories for each in answers if isinstance(each, Accepted) and each.final]
        assert [[each.details for each in of_one] for of_one in said] == [
            [],
            [{"application": "C-1", "session": "S-2"}],
            [{"application": "C-1", "session": "S-2"}],
            [],
        ]

    def test_settings_do_not_reach_the_storage(self, storage: Storage) -> None:
        """One storage serves workflows of different settings."""
        workflow = workflow_with_session(storage, seats=1, coefficient=2)
        for each in (1, 2):
            workflow.execute(registering(each), ADVISER)
        workflow.execute(commands.Withdraw("C-1", reason="found-employment"), ADVISER)
        with pytest.raises(CommandRefused):
            workflow.execute(registering(3), ADVISER)
        live = Workflow(storage, clock=workflow.clock, settings=Settings(quota_counts="live"))
        assert live.execute(registering(3), ADVISER).subject.version == 1
