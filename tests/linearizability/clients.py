"""Eight clients on one storage: what each asks is drawn, when it asked and was answered is recorded."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import count
from random import Random
from threading import Barrier

from attrs import evolve
from checker import Operation, Verdict, search
from model import Asked, Room, said, step

from poec_workflow import Request, Workflow, commands
from poec_workflow.model import SYSTEM
from poec_workflow.ports import Storage
from poec_workflow.testing import SettableClock
from poec_workflow.testing.contracts.ground import (
    ADVISER,
    NOW,
    PLATFORM,
    TRAINER,
    founded,
    opening,
    registering,
    retaining,
    workflow_on,
)

CLIENTS, ROOMS, PEOPLE = 8, 20, 8
LATE = datetime.fromisoformat("2022-04-20T09:00:00+02:00")
History = Sequence[tuple[str, Operation[Asked]]]


def prepared(storage: Storage, rooms: int = ROOMS) -> dict[str, Room]:
    """Sessions of one seat and a quota of four places, as the model has them."""
    workflow = founded(storage, seats=2, coefficient=2)
    for number in range(2, rooms + 1):
        workflow.execute(opening(f"S-{number}", seats=2, coefficient=2), PLATFORM)
    return {f"S-{each}": Room(workflow.session(f"S-{each}")) for each in range(1, rooms + 1)}


def recorded(storage: Storage, seed: int, each: int, rooms: int = ROOMS) -> History:
    """What every client did, on one clock of ticks."""
    tick, together = count(), Barrier(CLIENTS)

    def work(client: int) -> list[tuple[str, Operation[Asked]]]:
        random, workflow = Random(seed * 1_000 + client), workflow_on(storage)  # noqa: S311 - seeded
        found: list[tuple[str, Operation[Asked]]] = []
        together.wait()
        for _ in range(each):
            room, asked = drawn(random, rooms)
            invoked = next(tick)
            answers = answered(workflow, room, asked)
            responded = next(tick)
            found += [
                (of, Operation(client=client, asked=asked, answer=answer, invoked=invoked, responded=responded))
                for of, answer in answers
            ]
        return found

    with ThreadPoolExecutor(CLIENTS) as pool:
        return [each for some in pool.map(work, range(CLIENTS)) for each in some]


def drawn(random: Random, rooms: int) -> tuple[str, Asked]:
    """An operation on a session: register, go on to a seat, withdraw, change the seats, cancel or, seldom, sweep."""
    number = random.randrange(1, rooms + 1)
    room, person = f"S-{number}", number * 100 + random.randrange(PEOPLE)
    kind = random.random()
    if kind < 0.01:
        return room, Asked(None, SYSTEM, LATE)
    if kind < 0.35:
        return room, Asked(registering(person, room), ADVISER, NOW)
    if kind < 0.9:
        return room, Asked(random.choice(retaining(person)), TRAINER, NOW)
    if kind < 0.95:
        return room, Asked(commands.Withdraw(f"C-{person}", reason="found-employment"), ADVISER, NOW)
    if kind < 0.99:
        return room, Asked(commands.SetCoefficient(room, coefficient=random.randrange(2, 4)), TRAINER, NOW)
    return room, Asked(commands.CancelSession(room, reason="Trop peu d'inscrits"), PLATFORM, NOW)


def answered(workflow: Workflow, room: str, asked: Asked) -> list[tuple[str, Hashable]]:
    """What the storage answers, by session. A sweep is one operation an expiry: its batches are transactions each."""
    if asked.command is None:
        expired = evolve(workflow, clock=SettableClock(LATE)).sweep().expired
        return [(f"S-{int(each[2:]) // 100}", (each,)) for each in expired]
    [answer] = workflow.execute_many([Request(command=asked.command, actor=asked.actor, at=asked.at)])
    return [(room, said(answer))]


def judged(history: History, initial: dict[str, Room]) -> dict[str, Verdict]:
    """The verdict on every session's history."""
    return {
        room: search([operation for of, operation in history if of == room], state, step)
        for room, state in initial.items()
    }
