"""Eight processes on one database: nothing is lost, nobody is told of a lock, and the last seat is given once."""

from __future__ import annotations

from collections import Counter
from multiprocessing import get_context

from guarantees import (
    ADVISER,
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
from poec_workflow import Accepted, Refused, Request, Workflow
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.commands import SetCapacity
from poec_workflow.model import Tally
from poec_workflow.testing import SettableClock

PROCESSES, EACH, SEATS = 8, 25, 3


def registered(url: str, process: int) -> list[str]:
    """One process registers its own candidates, and one that every process registers, under one key."""
    with SqlStorage.open(url) as storage:
        own = [Request(command=registering(1_000 + process * EACH + each), actor=ADVISER) for each in range(EACH)]
        shared = Request(command=registering(1), actor=ADVISER, key="the same")
        return [_said(each) for each in workflow_on(storage).execute_many([*own, shared])]


def retained(url: str, process: int) -> list[str]:
    """One process wants seats for all of its candidates."""
    with SqlStorage.open(url) as storage:
        numbers = [1_000 + process * EACH + each for each in range(EACH)][:4]
        commands = [command for number in numbers for command in retaining(number)]
        requests = [Request(command=each, actor=TRAINER) for each in commands]
        return [_said(each) for each in workflow_on(storage).execute_many(requests)]


def swept(url: str, _process: int) -> list[str]:
    """One process sweeps, long after the deadline."""
    with SqlStorage.open(url) as storage:
        return list(Workflow(storage, clock=SettableClock("2022-04-20T09:00:00+02:00")).sweep().expired)


def _said(answer: Accepted | Refused) -> str:
    if isinstance(answer, Refused):
        return ",".join(sorted(answer.codes))
    return "replayed" if answer.replayed else "accepted"


def test_eight_at_once(database_url: str) -> None:
    """Also the file and its tables are there before any of them is done asking."""
    url = database_url
    with get_context("spawn").Pool(PROCESSES) as pool:
        assert pool.starmap(opened, [(url, each) for each in range(PROCESSES)], chunksize=1) == [0] * PROCESSES
        with SqlStorage.open(url) as storage:
            workflow = workflow_with_session(storage, seats=60, coefficient=5)
            answers = _all(pool.starmap(registered, [(url, each) for each in range(PROCESSES)], chunksize=1))
            assert answers == {"accepted": PROCESSES * EACH + 1, "replayed": PROCESSES - 1}
            assert tally_of(storage, "S-1") == Tally(registered=201, pending=201)
            workflow.execute(SetCapacity("S-1", capacity=SEATS), PLATFORM)
            answers = _all(pool.starmap(retained, [(url, each) for each in range(PROCESSES)], chunksize=1))
            assert answers == {"accepted": 64 + SEATS, "no-seat-left": 32 - SEATS}
            expired = pool.starmap(swept, [(url, each) for each in range(PROCESSES)], chunksize=1)
            assert sum(map(len, expired)) == len({each for some in expired for each in some}) == 201 - SEATS
            check(storage)
            assert len(all_positions(storage)) == 4 + 201 + 64 + SEATS + 201 - SEATS
        pool.close()
        pool.join()


def opened(url: str, _process: int) -> int:
    """One process opens what may not be there yet."""
    with SqlStorage.open(url) as storage:
        return len(storage.queries.organizations())


def _all(answers: list[list[str]]) -> Counter[str]:
    return Counter(each for some in answers for each in some)
