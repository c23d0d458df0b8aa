"""Eight clients on one storage: what each asks is drawn, when it asked and was answered is recorded.

They are processes on a database, each with a storage of its own, and threads on the storage in memory. The clock of
ticks is the machine's monotonic one, which all processes share.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from random import Random
from threading import Barrier
from time import monotonic_ns

from checker import Operation, Verdict, search
from model import Asked, Batch, HasLooked, LooksRound, Question, Room, said, step
from planted import PLANTED

from poec_workflow import Request, Settings, Workflow, commands, sweep
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.ports import Storage
from poec_workflow.testing.contracts.fixtures import (
    ADVISER,
    NOW,
    PLATFORM,
    TRAINER,
    opening,
    registering,
    retaining,
    workflow_on,
    workflow_with_session,
)
from processes import PATIENCE, Crew, meet

CLIENTS, ROOMS, PEOPLE, NEIGHBOURS = 8, 20, 12, 2
LATE = datetime.fromisoformat("2022-04-20T09:00:00+02:00")
History = Sequence[tuple[str, Operation[Question]]]


def prepared(storage: Storage, rooms: int = ROOMS) -> dict[str, Room]:
    """Sessions of three seats and a quota of six places, as the model has them."""
    workflow = workflow_with_session(storage, seats=3, coefficient=2)
    for number in range(2, rooms + 1):
        workflow.execute(opening(f"S-{number}", seats=3, coefficient=2), PLATFORM)
    return {f"S-{each}": Room(workflow.session(f"S-{each}")) for each in range(1, rooms + 1)}


def by_threads(storage: Storage, seed: int, each: int) -> History:
    """What every client did, where all are threads."""
    together = Barrier(CLIENTS)
    with ThreadPoolExecutor(CLIENTS) as pool, _switching_often():
        works = [
            pool.submit(client, storage, seed, number, each, lambda: together.wait(PATIENCE))
            for number in range(CLIENTS)
        ]
        return [operation for work in works for operation in work.result()]


@contextmanager
def _switching_often() -> Iterator[None]:
    """Threads take turns in the middle of a command, which takes less than the interpreter gives them."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(0.00005)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)


def by_processes(crew: Crew, url: str, seed: int, each: int, fault: str | None = None) -> History:
    """What every client did, where all are processes."""
    found = crew.work(_process, [(url, seed, number, each, fault) for number in range(CLIENTS)])
    return [operation for some in found for operation in some]


def _process(url: str, seed: int, number: int, each: int, fault: str | None) -> History:
    with SqlStorage.open(url, attempts=1 if fault else 8) as storage:
        planted = PLANTED[fault](storage) if fault else storage
        return client(planted, seed, number, each, lambda: meet(CLIENTS))


def client(storage: Storage, seed: int, number: int, each: int, gather: Callable[[], object]) -> History:
    """What one client did: all go from session to session together, so that they are in each other's way."""
    random, workflow = Random(seed * 1_000 + number), workflow_on(storage)  # noqa: S311 - seeded
    found: list[tuple[str, Operation[Question]]] = []
    for first in range(1, ROOMS + 1):
        gather()
        for turn in range((each * first) // ROOMS - (each * (first - 1)) // ROOMS):
            room = min(ROOMS, first + random.randrange(NEIGHBOURS))
            if random.random() < 0.02:
                size = random.choice((1, 2, sweep.BATCH))
                found += swept(storage, number, (first * each + turn) * CLIENTS + number, size)
            else:
                found += answered(workflow, number, f"S-{room}", drawn(random, room))
    return found


def drawn(random: Random, number: int) -> Asked:
    """A command on a session: register, go on to a seat, withdraw, change the quota, or cancel."""
    room, person = f"S-{number}", number * 100 + random.randrange(PEOPLE)
    kind = random.random()
    if kind < 0.35:
        return Asked(registering(person, room), ADVISER, NOW)
    if kind < 0.9:
        return Asked(random.choice(retaining(person)), TRAINER, NOW)
    if kind < 0.95:
        return Asked(commands.Withdraw(f"C-{person}", reason="found-employment"), ADVISER, NOW)
    if kind < 0.99:
        return Asked(commands.SetCoefficient(room, coefficient=random.randrange(2, 4)), TRAINER, NOW)
    return Asked(commands.CancelSession(room, reason="Trop peu d'inscrits"), PLATFORM, NOW)


def answered(workflow: Workflow, number: int, room: str, asked: Asked) -> History:
    """One command, and what the storage answers."""
    invoked = monotonic_ns()
    answer = workflow.submit(Request(command=asked.command, actor=asked.actor, at=asked.at))
    responded = monotonic_ns()
    return [(room, _operation(number, asked, said(answer), invoked, responded))]


def swept(storage: Storage, number: int, of: int, size: int) -> Iterator[tuple[str, Operation[Question]]]:
    """A sweep's batches, session by session, and its last look at every session; `of` is its own number."""
    batches = sweep.batches(storage, LATE, Settings(), size=size)
    while True:
        invoked = monotonic_ns()
        batch = next(batches, ())
        responded = monotonic_ns()
        expired: dict[str, list[str]] = defaultdict(list)
        for each in batch:
            expired[f"S-{int(each.subject.reference[2:]) // 100}"].append(each.subject.reference)
        for room, references in expired.items():
            yield room, _operation(number, Batch(LATE), tuple(references), invoked, responded)
        if not batch:
            break
    for session in range(1, ROOMS + 1):
        for part in (LooksRound(of), HasLooked(of)):
            yield f"S-{session}", _operation(number, part, None, invoked, responded)


def _operation(number: int, asked: Question, answer: Hashable, invoked: int, responded: int) -> Operation[Question]:
    return Operation(client=number, asked=asked, answer=answer, invoked=invoked, responded=responded)


def judged(history: History, initial: dict[str, Room]) -> dict[str, Verdict]:
    """The verdict on every session's history."""
    return {
        room: search([operation for of, operation in history if of == room], state, step)
        for room, state in initial.items()
    }


def crowding(history: History) -> float:
    """How many commands on the same session a command overlaps with, on the average: there is something to order."""
    by_room: dict[str, list[Operation[Question]]] = defaultdict(list)
    for room, operation in history:
        if isinstance(operation.asked, Asked):
            by_room[room].append(operation)
    met = sum(
        one.invoked <= other.responded and other.invoked <= one.responded
        for operations in by_room.values()
        for one in operations
        for other in operations
        if one is not other
    )
    return met / max(1, sum(map(len, by_room.values())))
