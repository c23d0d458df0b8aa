"""PostgreSQL's locks, taken in one order: an action, its sessions by reference, a session's applications.

Somebody holds a row, a command waits for it in another process, and what comes later in the order is still free.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Self

import psycopg
import pytest
from attrs import evolve

from guarantees import ADVISER, PLATFORM, TRAINER, check, registering, retaining, workflow_on, workflow_with_session
from poec_workflow import Accepted, Actor, Request, SubjectKind, Workflow, commands
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.commands import Command
from poec_workflow.model import ActionState
from poec_workflow.testing import SettableClock
from poec_workflow.testing.contracts.fixtures import opening
from poec_workflow.testing.contracts.sample_subjects import SESSION
from postgres import raw_url
from processes import PATIENCE, Crew, crew

Row = tuple[str, str]
LATE = SettableClock("2022-04-20T09:00:00+02:00")
EVERYTHING: Sequence[Row] = [
    ("poec_sessions", "S-1"),
    ("poec_sessions", "S-2"),
    ("poec_applications", "C-1"),
    ("poec_applications", "C-2"),
]


@pytest.fixture(scope="module")
def together() -> Iterator[Crew]:
    """Two processes."""
    with crew(2) as found:
        yield found


@pytest.fixture
def town(postgresql_url: str) -> str:
    """Two actions; the sessions of the second were stored, and end, in the order opposite to their references."""
    with SqlStorage.open(postgresql_url) as storage:
        workflow = workflow_with_session(storage)
        workflow.execute(commands.CreateAction("A-2", title="[POEC] ", funder="OPCO", responsible="R"), PLATFORM)
        workflow.execute(commands.PublishAction("A-2"), PLATFORM)
        for number in (3, 2, 1):
            command = evolve(opening(f"T-{number}", seats=9), action="A-2", end=SESSION.end - timedelta(days=number))
            workflow.execute(command, PLATFORM)
        workflow.execute(registering(1), ADVISER)
        workflow.execute(retaining(1)[0], TRAINER)
        for number in (1, 2, 3):
            workflow.execute(registering(10 - number, f"T-{number}"), ADVISER)
    return postgresql_url


class Held:
    """Rows that somebody holds."""

    def __init__(self, url: str, *rows: Row) -> None:
        self._connection = psycopg.connect(raw_url(url))
        for row in rows:
            self._connection.execute(_locking(row)).close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # The server ends the transaction of a connection that is closed when it gets to it.
        self._connection.rollback()
        self._connection.close()


def _locking(row: Row) -> bytes:
    return f"SELECT 1 FROM {row[0]} WHERE reference = '{row[1]}' FOR UPDATE".encode()  # noqa: S608 - a test's own words


def is_free(url: str, row: Row) -> bool:
    """Whether it could be had at once."""
    with psycopg.connect(raw_url(url)) as connection:
        try:
            connection.execute(_locking(row) + b" NOWAIT").close()
        except psycopg.errors.LockNotAvailable:
            return False
        return True


def until_waiting(url: str, processes: int) -> None:
    """Return when so many wait for a lock of this database; fail when somebody has not come to wait for long."""
    asked = b"SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with psycopg.connect(raw_url(url), autocommit=True) as connection:
        for _ in range(1_000_000):
            if connection.execute(asked).fetchall() == [(processes,)]:
                return
    pytest.fail(f"never were there {processes} who waited")


def executed(url: str, command: Command, actor: Actor) -> bool:
    """In a process: carried out at once, with no second attempt."""
    with SqlStorage.open(url, attempts=1, busy_timeout=PATIENCE) as storage:
        answer = workflow_on(storage).submit(Request(command=command, actor=actor))
        return isinstance(answer, Accepted)


def ended(url: str, command: Command) -> str:
    """In a process: an action's end, long after the sessions'."""
    with SqlStorage.open(url, attempts=1, busy_timeout=PATIENCE) as storage:
        return Workflow(storage, clock=LATE).execute(command, PLATFORM).subject.state.value


def swept(url: str) -> list[str]:
    """In a process: a sweep, with no second attempt."""
    with SqlStorage.open(url, attempts=1, busy_timeout=PATIENCE) as storage:
        return list(Workflow(storage, clock=LATE).sweep().expired)


def in_batches(url: str, commands_: Sequence[Command]) -> list[bool]:
    """In a process: applicants' commands in one transaction, with no second attempt."""
    with SqlStorage.open(url, attempts=1, busy_timeout=PATIENCE) as storage:
        requests = [Request(command=each, actor=ADVISER) for each in commands_]
        answers = workflow_on(storage).execute_many(requests, batch=len(requests))
        return [isinstance(each, Accepted) for each in answers]


ACTION, S1, C1 = ("poec_actions", "A-1"), ("poec_sessions", "S-1"), ("poec_applications", "C-1")


@pytest.mark.parametrize(
    ("command", "actor", "held", "free"),
    [
        (commands.RecordPresence("C-1"), TRAINER, S1, [ACTION, C1]),
        (commands.Withdraw("C-1", reason="found-employment"), ADVISER, S1, [ACTION, C1]),
        (commands.CancelSession("S-1", reason="r"), PLATFORM, S1, [ACTION, C1]),
        (registering(2), ADVISER, ACTION, [S1, C1]),
        (registering(2), ADVISER, S1, [C1]),
        (opening("S-9"), PLATFORM, ACTION, [S1, C1]),
        (commands.DeleteAction("A-1"), PLATFORM, ACTION, [S1, C1]),
        (commands.ArchiveAction("A-1"), PLATFORM, S1, [C1]),
    ],
    ids=lambda each: each.type if isinstance(each, commands.Command) else None,
)
def test_who_waits_holds_nothing_later(
    command: Command, actor: Actor, held: Row, free: list[Row], town: str, together: Crew
) -> None:
    """Of the action, the session and the application."""
    with Held(town, held):
        answer = together.pool.apply_async(executed, (town, command, actor))
        until_waiting(town, 1)
        assert [row for row in free if not is_free(town, row)] == []
    answer.get(PATIENCE)


@pytest.mark.parametrize("command", [commands.ArchiveAction("A-2"), commands.DeleteAction("A-2")])
def test_an_action_and_a_sweep_from_opposite_ends(command: Command, town: str, together: Crew) -> None:
    """The action's sessions were stored, and end, in the order opposite to their references; nobody waits in a circle.

    Both are held up at the first session by reference. Were the sweep to begin at the other end, it would take that
    one when it is let go, and each of them would wait for the other.
    """
    first, last = ("poec_sessions", "T-1"), ("poec_sessions", "T-3")
    with Held(town, first):
        with Held(town, ("poec_sessions", "T-2"), last):
            answer = together.pool.apply_async(ended, (town, command))
            until_waiting(town, 1)
            expired = together.pool.apply_async(swept, (town,))
            until_waiting(town, 2)
        assert is_free(town, last)
    assert answer.get(PATIENCE) in (ActionState.ARCHIVED, ActionState.DELETED)
    assert expired.get(PATIENCE) == ["C-1"]
    with SqlStorage.open(town) as storage:
        check(storage)
        assert len(storage.queries.history(SubjectKind.APPLICATION, "C-9")) == 2


def test_batches_from_opposite_ends(town: str, together: Crew) -> None:
    """Whatever the order of their commands, two batches lock sessions in one order, and applications after them.

    Both are held up at the first session. Were the second to begin with its first command, it would hold the last one.
    """
    first, last = ("poec_sessions", "T-1"), ("poec_sessions", "T-3")
    there = [registering(number, f"T-{number - 20}") for number in (21, 22, 23)]
    back = [commands.Withdraw(f"C-{number}", reason="found-employment") for number in (7, 8, 9)]
    with Held(town, first):
        answers = []
        for number, batch in enumerate((there, [*back, registering(31, "T-3")]), 1):
            answers.append(together.pool.apply_async(in_batches, (town, batch)))
            until_waiting(town, number)
        free = [is_free(town, row) for row in (last, ("poec_applications", "C-9"), ("poec_applications", "C-7"))]
    assert all(free)
    assert [each for answer in answers for each in answer.get(PATIENCE)] == [True] * 7
    with SqlStorage.open(town) as storage:
        check(storage)
