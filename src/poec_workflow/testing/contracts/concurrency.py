"""Two at once: what one transaction has loaded no other changes before it is saved, or the work is done again."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import TypeVar

from poec_workflow import commands
from poec_workflow.commands import Request
from poec_workflow.decider import Accepted, Refused
from poec_workflow.model import Actor
from poec_workflow.ports import Storage
from poec_workflow.testing.contracts.contract import Contract
from poec_workflow.testing.contracts.fixtures import (
    ADVISER,
    NOW,
    PLATFORM,
    TRAINER,
    all_positions,
    check,
    registering,
    retaining,
    tally_of,
    workflow_on,
    workflow_with_session,
)
from poec_workflow.testing.contracts.storage_wrappers import Pausing
from poec_workflow.testing.settable_clock import SettableClock
from poec_workflow.workflow import Workflow

T = TypeVar("T")
PATIENCE = 0.2
"""Seconds for which the first lets the second try; where a storage locks, the second waits and the first goes on."""
LATE = datetime(2022, 4, 20, tzinfo=UTC)


class ConcurrencyContract(Contract):
    """One storage, used by two threads."""

    def test_no_update_is_lost(self, storage: Storage) -> None:
        """Two commands to one session, one between the other's look and save: both are there, in some order."""
        workflow_with_session(storage)
        _, second = overlapped(
            storage,
            lambda workflow: said(workflow, commands.SetCapacity("S-1", capacity=9), PLATFORM),
            lambda workflow: said(workflow, commands.SetCoefficient("S-1", coefficient=5), TRAINER),
        )
        assert second == "accepted"
        session = workflow_on(storage).session("S-1")
        assert (session.version, session.capacity, session.coefficient) == (3, 9, 5)
        check(storage)

    def test_the_last_place_is_given_once(self, storage: Storage) -> None:
        """Two registrations for one place of the quota, overlapping: one is refused."""
        workflow = workflow_with_session(storage, seats=1, coefficient=2)
        workflow.execute(registering(1), ADVISER)
        answers = overlapped(
            storage,
            lambda workflow: said(workflow, registering(2), ADVISER),
            lambda workflow: said(workflow, registering(3), ADVISER),
        )
        assert sorted(answers) == ["accepted", "quota-reached"]
        check(storage)

    def test_the_last_seat_is_given_once(self, storage: Storage) -> None:
        """Two retained for one seat, overlapping: one is refused."""
        workflow = workflow_with_session(storage, seats=1)
        for number in (1, 2):
            workflow.execute(registering(number), ADVISER)
            for command in retaining(number)[:-1]:
                workflow.execute(command, TRAINER)
        answers = overlapped(
            storage,
            lambda workflow: said(workflow, retaining(1)[-1], TRAINER),
            lambda workflow: said(workflow, retaining(2)[-1], TRAINER),
        )
        assert sorted(answers) == ["accepted", "no-seat-left"]
        check(storage)

    def test_a_key_is_used_once(self, storage: Storage) -> None:
        """One command sent twice at once under one key: one answer, given twice."""
        workflow_with_session(storage)
        answers = overlapped(
            storage,
            lambda workflow: said(workflow, registering(1), ADVISER, key="k"),
            lambda workflow: said(workflow, registering(1), ADVISER, key="k"),
        )
        assert sorted(answers) == ["accepted", "replayed"]
        check(storage)

    def test_two_sweepers_expire_once(self, storage: Storage) -> None:
        """Whatever one has claimed, the other leaves or finds expired."""
        workflow = workflow_with_session(storage, seats=5)
        for number in range(1, 6):
            workflow.execute(registering(number), ADVISER)
        first, second = overlapped(storage, swept, swept)
        assert sorted(first + second) == [f"C-{number}" for number in range(1, 6)]
        assert len(all_positions(storage)) == 3 + 2 * 5
        check(storage)

    def test_two_threads_register(self, storage: Storage) -> None:
        """Freely running, with more candidates than places: the places are taken, and no more."""
        workflow_with_session(storage, seats=3, coefficient=2)

        def registered(first: int) -> list[str]:
            return [said(workflow_on(storage), registering(first + each), ADVISER) for each in range(10)]

        answers = [each for some in at_once(lambda: registered(10), lambda: registered(20)) for each in some]
        assert sorted(answers) == ["accepted"] * 6 + ["quota-reached"] * 14
        assert tally_of(storage, "S-1").registered == 6
        check(storage)

    def test_two_senders_claim_apart(self, storage: Storage) -> None:
        """No message is held by two."""
        workflow = workflow_with_session(storage, seats=10)
        for number in range(1, 11):
            workflow.execute(registering(number), ADVISER)

        def claimed() -> list[str]:
            claim = storage.outbox.claim
            return [each.message.id for _ in range(6) for each in claim(limit=1, now=NOW, lease=timedelta(minutes=5))]

        first, second = at_once(claimed, claimed)
        assert len(set(first) | set(second)) == len(first) + len(second) == 12


def overlapped(storage: Storage, first: Callable[[Workflow], T], second: Callable[[Workflow], T]) -> tuple[T, T]:
    """Return two answers; the second work begins, and ends if it can, between the load and the save of the first."""
    workflow = workflow_on(storage)
    with ThreadPoolExecutor(1) as pool:
        begun: list[Future[T]] = []

        def pause() -> None:
            if not begun:
                begun.append(pool.submit(second, workflow))
                wait([begun[0]], timeout=PATIENCE)

        return first(workflow.using(Pausing(storage, pause))), begun[0].result()


def at_once(*works: Callable[[], T]) -> list[T]:
    """Return the results of several works that begin together."""
    barrier = Barrier(len(works))

    def begin(work: Callable[[], T]) -> T:
        barrier.wait()
        return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(begin, works))


def said(workflow: Workflow, command: commands.Command, actor: Actor, key: str | None = None) -> str:
    """Return `accepted`, `replayed`, or the codes of the refusals."""
    match workflow.submit(Request(command=command, actor=actor, key=key)):
        case Accepted(replayed=replayed):
            return "replayed" if replayed else "accepted"
        case Refused(codes=codes):
            return ",".join(sorted(codes))


def swept(workflow: Workflow) -> list[str]:
    """Sweep long after the deadline, and return what expired."""
    return list(Workflow(workflow.storage, clock=SettableClock(LATE)).sweep().expired)
