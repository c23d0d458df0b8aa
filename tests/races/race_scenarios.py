"""Many want the last seat, or the last place of the quota, while others change capacity and coefficient.

2 to 64 processes want, and two more change, to values that really differ. What is left is the limit (the capacity for
seats, capacity × coefficient for places) less what is taken. Each race is run in two forms, and in both the number of
winners is `min(asked, left)`, whatever the schedule:

**steady**: capacity and coefficient change, and leave as many, at any boundary of a transaction. For places both
change in one transaction, between pairs of one product (6 × 2, 4 × 3, 3 × 4): whoever saw half of a change would see 8
or 18 places. For seats one is added and given to somebody in reserve, in one transaction. Everybody asks once. As every
accepted one takes one of what is left, and nothing else does, `min(asked, left)` win.

**moving**: capacity goes up and down by one hand, and the coefficient by the other, so that there is often nothing
left, and nothing at first; capacities below the retained are refused. At last both are set to their largest values,
and `left` is what is left then. Who is refused asks again, and once more when the limit has come to rest. No more than
that can win, as no limit was larger; no fewer, as everybody else was refused by the last limit.

Each round is also judged by its order (`judging`): replayed as they were stored, every accepted one found something
left, and every refusal named counts and limits that were true at a moment between its question and its answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from random import Random

from attrs import frozen
from participants import CHANGERS, Changing, Part, Raising, Record, Wanting, take_part
from replay_check import PLACES as OF_PLACES
from replay_check import SEATS as OF_SEATS
from replay_check import Taken, judge, standing, stored_after, stored_so_far

from guarantees import ADVISER, PLATFORM, TRAINER, registering, retaining, workflow_on
from poec_workflow import Accepted, Actor, Request, Workflow
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.commands import Command, SetCapacity, SetCoefficient
from poec_workflow.testing.contracts.fixtures import opening
from processes import Crew
from stores import engine_of

SIZES = (2, 4, 8, 16, 32, 64)
LEFT = (1, 5, 1)
"""What is left, round by round."""
CHANGES = 4
"""How many changes each of the changers makes."""
SAME_PRODUCT = ((6, 2), (4, 3), (3, 4))
CAPACITIES, COEFFICIENTS = (8, 9, 10), (2, 3)


@frozen
class Course:
    """A race that is prepared: who wants, who changes, and how many of the changers' own are accepted."""

    wanting: Sequence[Part]
    changing: Sequence[Part]
    given_away: int = 0


def seats_steady(workflow: Workflow, session: str, first: int, clients: int, left: int) -> Course:
    """As many seats as are left, and eight in reserve for whom seats are added."""
    wanting = _present(workflow, session, range(first, first + clients))
    reserves = range(first + clients, first + clients + CHANGERS * CHANGES)
    _present(workflow, session, reserves)
    _done(workflow, [Request(command=SetCapacity(session, capacity=left), actor=PLATFORM)])
    changing = [Raising(session, reserves[each::CHANGERS]) for each in range(CHANGERS)]
    return Course([Wanting(each, TRAINER, patient=False) for each in wanting], changing, len(reserves))


def seats_moving(workflow: Workflow, session: str, first: int, clients: int, left: int) -> Course:
    """Two are retained; the capacity moves from one, which is refused, to two and what is left."""
    wanting = _present(workflow, session, range(first, first + clients))
    retained = _present(workflow, session, range(first + clients, first + clients + 2))
    _done(workflow, [Request(command=each, actor=TRAINER) for each in retained])
    _done(workflow, _capacity_and_coefficient(session, 2, 5))
    return _moving(session, first, wanting, TRAINER, range(1, 3 + left), range(2, 6))


def places_steady(workflow: Workflow, session: str, first: int, clients: int, left: int) -> Course:
    """Twelve places, however capacity and coefficient come to them."""
    _done(workflow, _capacity_and_coefficient(session, *SAME_PRODUCT[0]))
    _fill(workflow, session, range(first + clients, first + clients + 12 - left))
    pairs = [_capacity_and_coefficient(session, *SAME_PRODUCT[each % 3]) for each in range(1, 1 + CHANGES)]
    changing = [Changing(pairs), Changing([each[::-1] for each in pairs[::-1]])]
    wanting = (registering(each, session) for each in range(first, first + clients))
    return Course([Wanting(each, ADVISER, patient=False) for each in wanting], changing)


def places_moving(workflow: Workflow, session: str, first: int, clients: int, left: int) -> Course:
    """From sixteen places to thirty; as many are registered as leave so many of thirty."""
    largest = CAPACITIES[-1], COEFFICIENTS[-1]
    _done(workflow, _capacity_and_coefficient(session, *largest))
    _fill(workflow, session, range(first + clients, first + clients + largest[0] * largest[1] - left))
    _done(workflow, _capacity_and_coefficient(session, CAPACITIES[0], COEFFICIENTS[0]))
    wanting = [registering(each, session) for each in range(first, first + clients)]
    return _moving(session, first, wanting, ADVISER, CAPACITIES, COEFFICIENTS)


def _moving(
    session: str,
    seed: int,
    wanting: Iterable[Command],
    actor: Actor,
    capacities: Sequence[int],
    coefficients: Sequence[int],
) -> Course:
    """One hand moves the capacity, the other the coefficient; the largest come last."""
    random = Random(seed)  # noqa: S311 - seeded
    one = [SetCapacity(session, capacity=random.choice(capacities)) for _ in range(CHANGES)]
    other = [SetCoefficient(session, coefficient=random.choice(coefficients)) for _ in range(CHANGES)]
    other.append(SetCoefficient(session, coefficient=coefficients[-1]))
    last = [Request(command=SetCapacity(session, capacity=capacities[-1]), actor=PLATFORM)]
    changing = [
        Changing([[Request(command=each, actor=PLATFORM)] for each in one], last),
        Changing([[Request(command=each, actor=TRAINER)] for each in other]),
    ]
    return Course([Wanting(each, actor, patient=True) for each in wanting], changing)


def _capacity_and_coefficient(session: str, capacity: int, coefficient: int) -> list[Request]:
    return [
        Request(command=SetCapacity(session, capacity=capacity), actor=PLATFORM),
        Request(command=SetCoefficient(session, coefficient=coefficient), actor=TRAINER),
    ]


def _present(workflow: Workflow, session: str, numbers: Iterable[int]) -> list[Command]:
    """Registered, convoked and present; what would retain them."""
    paths = {number: retaining(number) for number in numbers}
    _fill(workflow, session, paths)
    _done(workflow, [Request(command=each, actor=TRAINER) for path in paths.values() for each in path[:-1]])
    return [path[-1] for path in paths.values()]


def _fill(workflow: Workflow, session: str, numbers: Iterable[int]) -> None:
    _done(workflow, [Request(command=registering(each, session), actor=ADVISER) for each in numbers])


def _done(workflow: Workflow, requests: Sequence[Request]) -> None:
    answers = workflow.execute_many(requests, atomic=True)
    assert all(isinstance(each, Accepted) for each in answers), answers


Prepare = Callable[[Workflow, str, int, int, int], Course]
RACES: dict[str, tuple[Prepare, tuple[Taken, Taken]]] = {
    "seats, steady": (seats_steady, OF_SEATS),
    "seats, moving": (seats_moving, OF_SEATS),
    "places, steady": (places_steady, OF_PLACES),
    "places, moving": (places_moving, OF_PLACES),
}


def run(name: str, crew: Crew, url: str, clients: int, number: int) -> list[Record]:
    """One round, on a session of its own, of an action that is there; what everybody was answered.

    Raises:
        AssertionError: it did not come out right.
    """
    prepare, (taken, limit) = RACES[name]
    left, session, first = LEFT[number % len(LEFT)], f"S-{number}", number * 1_000
    with SqlStorage.open(url) as storage:
        workflow = workflow_on(storage)
        _done(workflow, [Request(command=opening(session, seats=200, coefficient=5), actor=PLATFORM)])
        course = prepare(workflow, session, first, clients, left)
        engine = engine_of(url)
        with engine.connect() as connection:
            begun, before = stored_so_far(connection), standing(storage, session)
        parts = [*course.wanting, *course.changing]
        records = [each for some in crew.work(take_part, [(url, len(parts), part) for part in parts]) for each in some]
        with engine.connect() as connection:
            stored = stored_after(connection, begun)
        engine.dispose()
        judge(storage, before, records, stored)
        after = standing(storage, session)
    winners = sum(each.wants and each.accepted for each in records)
    assert winners == min(clients, left), (winners, clients, left)
    assert taken(after) - taken(before) == winners + course.given_away
    assert taken(after) <= limit(after)
    return records
