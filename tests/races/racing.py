"""Many want the last: clients in several processes retain for the seats left, or register for the places left.

At most eight processes, whose threads are the clients: sixty-four interpreters would only wait for two cores.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.pool import Pool
from random import Random

from guarantees import ADVISER, PLATFORM, TRAINER, check, founded, registering, retaining, tally_of, workflow_on
from poec_workflow import Actor, Refused, Request
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.commands import Command, SetCapacity, SetCoefficient

PROCESSES = 8


def for_seats(pool: Pool, url: str, clients: int, seed: int) -> Counter[str]:
    """Everybody is present; the coefficient changes, and the capacity is set again and again."""
    left = 1 + seed % 2
    with SqlStorage.open(url) as storage:
        workflow = founded(storage, seats=200, coefficient=5)
        for each in range(clients):
            for number, command in enumerate((registering(each), *retaining(each)[:2])):
                workflow.execute(command, TRAINER if number else ADVISER)
        workflow.execute(SetCapacity("S-1", capacity=left), PLATFORM)
        others: list[tuple[Command, Actor]] = [(SetCoefficient("S-1", coefficient=each), TRAINER) for each in (4, 3, 5)]
        others += [(SetCapacity("S-1", capacity=left), PLATFORM)]
        wanted = [(retaining(each)[2], TRAINER) for each in range(clients)]
        answers = _all(pool, url, wanted, others, seed)
        check(storage)
        _expect(answers, clients, left, "no-seat-left", tally_of(storage, "S-1").retained)
    return answers


def for_places(pool: Pool, url: str, clients: int, seed: int) -> Counter[str]:
    """One quota place is left, or three; whatever is set meanwhile leaves as many."""
    left = (1, 3)[seed % 2]
    with SqlStorage.open(url) as storage:
        workflow = founded(storage, seats=2, coefficient=2)
        for each in range(4 - left):
            workflow.execute(registering(1_000 + each), ADVISER)
        others: list[tuple[Command, Actor]] = [
            (SetCapacity("S-1", capacity=2), PLATFORM),
            (SetCoefficient("S-1", coefficient=2), TRAINER),
        ] * 2
        answers = _all(pool, url, [(registering(each), ADVISER) for each in range(clients)], others, seed)
        check(storage)
        _expect(answers, clients, left, "quota-reached", tally_of(storage, "S-1").registered - (4 - left))
    return answers


RACES = {"seats": for_seats, "places": for_places}


def _expect(answers: Counter[str], asked: int, left: int, refusal: str, stored: int) -> None:
    won = min(asked, left)
    assert answers == Counter({"accepted": won, refusal: asked - won}) - Counter(), (answers, asked, left)
    assert stored == won, (stored, won)


def _all(
    pool: Pool, url: str, wanted: Sequence[tuple[Command, Actor]], others: Sequence[tuple[Command, Actor]], seed: int
) -> Counter[str]:
    asked = [(*each, True) for each in wanted] + [(*each, False) for each in others]
    Random(seed).shuffle(asked)  # noqa: S311 - an order, not a secret
    parts = [(url, asked[each::PROCESSES]) for each in range(PROCESSES)]
    return Counter(
        said for some in pool.starmap(_client, [each for each in parts if each[1]], chunksize=1) for said in some
    )


def _client(url: str, asked: list[tuple[Command, Actor, bool]]) -> list[str]:
    with SqlStorage.open(url) as storage, ThreadPoolExecutor(len(asked)) as threads:
        workflow = workflow_on(storage)

        def said(each: tuple[Command, Actor, bool]) -> str | None:
            command, actor, counted = each
            [answer] = workflow.execute_many([Request(command=command, actor=actor)])
            words = ",".join(sorted(answer.codes)) if isinstance(answer, Refused) else "accepted"
            return words if counted else None

        return [words for words in threads.map(said, asked) if words]
