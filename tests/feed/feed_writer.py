"""A writer: commands of every kind in transactions of very different length, until it is told to end, or killed."""

from __future__ import annotations

import random
from collections.abc import Callable
from multiprocessing.connection import Connection

from guarantees import ADVISER, PLATFORM, TRAINER, registering, retaining, workflow_on
from poec_workflow import Conflict, Request, Workflow
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.commands import CancelSession
from poec_workflow.testing.contracts.fixtures import opening

SESSIONS = 4
SEATS, COEFFICIENT = 500, 5
LONGEST = 25
"""Commands of one transaction."""
_NUMBERS = 1_000_000
"""So far apart are the numbers of two lives."""


def write(url: str, life: int, stage: Connection) -> None:
    """Give commands under references that no other life of a writer has, and say so once the first is given."""
    with SqlStorage.open(url, attempts=30) as storage:
        writer = _Writer(workflow_on(storage), life)
        writer.write()
        stage.send("there")
        # A pipe of its own: whoever is killed holds no lock that others need.
        while not stage.poll():
            writer.write()


class _Writer:
    def __init__(self, workflow: Workflow, life: int) -> None:
        self._workflow = workflow
        self._numbers = iter(range(life * _NUMBERS, (life + 1) * _NUMBERS))
        self._random = random.Random(life)  # noqa: S311
        self._kinds: list[tuple[Callable[[], None], int]] = [
            (self._alone, 8),
            (self._together, 4),
            (self._moved, 3),
            (self._undone, 1),
            (self._with_consequences, 1),
        ]

    def write(self) -> None:
        """One transaction of some kind, or a few."""
        kinds, weights = zip(*self._kinds, strict=True)
        [kind] = self._random.choices(kinds, weights)
        try:
            kind()
        except Conflict:
            return

    def _alone(self) -> None:
        self._workflow.submit(self._registration())

    def _together(self) -> None:
        """All in one transaction, which others begin after and end before."""
        count = self._random.randint(2, LONGEST)
        self._workflow.execute_many([self._registration() for _ in range(count)], atomic=True)

    def _moved(self) -> None:
        """One application, step by step, a transaction each or all in one."""
        number = next(self._numbers)
        requests = [self._registration(number), *(Request(each, TRAINER) for each in retaining(number))]
        self._workflow.execute_many(requests, atomic=self._random.random() < 0.5)

    def _undone(self) -> None:
        """The last is refused, so nothing of them is stored."""
        known = self._registration()
        self._workflow.execute_many([self._registration(), known, known], atomic=True)

    def _with_consequences(self) -> None:
        """A session is cancelled with all that is registered on it."""
        session = f"S-{next(self._numbers)}"
        some = [registering(next(self._numbers), session) for _ in range(self._random.randint(1, 9))]
        self._workflow.execute_many([Request(opening(session, seats=9), PLATFORM)])
        self._workflow.execute_many([Request(each, ADVISER) for each in some], batch=4)
        self._workflow.submit(Request(CancelSession(session, reason="…"), PLATFORM))

    def _registration(self, number: int | None = None) -> Request:
        session = f"S-{self._random.randint(1, SESSIONS)}"
        return Request(registering(next(self._numbers) if number is None else number, session), ADVISER)
