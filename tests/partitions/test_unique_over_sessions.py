"""What is unique over all sessions stays so on a partitioned store, whoever asks at the same time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from partitioned_stores import partitioned_database, partitioned_storage
from sqlalchemy import create_engine, text

from guarantees import ADVISER, PLATFORM, TRAINER, check, registering, workflow_on, workflow_with_session
from poec_workflow import Accepted, Refused, Request, commands
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.testing.contracts.fixtures import opening

ROUNDS = 12
SESSIONS = ("S-1", "S-2", "S-3", "S-4")


@pytest.fixture(scope="module")
def store() -> Iterator[SqlStorage]:
    """A store with sessions in several partitions."""
    with partitioned_storage() as storage:
        workflow = workflow_with_session(storage, seats=20)
        for each in SESSIONS[1:]:
            workflow.execute(opening(each, seats=20), PLATFORM)
        yield storage


def at_once(store: SqlStorage, ask: Callable[[str], Request]) -> Counter[str]:
    """How a request to each session is answered, when all are sent at the same time."""
    meeting = Barrier(len(SESSIONS))

    def send(session: str) -> str:
        meeting.wait()
        answer = workflow_on(store).submit(ask(session))
        return "accepted" if isinstance(answer, Accepted) else ",".join(sorted(answer.codes))

    with ThreadPoolExecutor(len(SESSIONS)) as threads:
        return Counter(threads.map(send, SESSIONS))


def test_a_reference_is_taken_once(store: SqlStorage) -> None:
    """Of applications to several sessions with one reference, one is registered; the others are told so."""
    for number in range(ROUNDS):
        found = at_once(store, lambda session, n=number: Request(registering(n, session), ADVISER))  # type: ignore[misc]
        assert found == {"accepted": 1, "duplicate-reference": len(SESSIONS) - 1}
    check(store)


def test_a_reference_is_taken_by_another_session(store: SqlStorage) -> None:
    """One after the other, in a batch, and where the command came from another system."""
    workflow = workflow_on(store)
    workflow.execute(registering(70, "S-1"), ADVISER)
    for session in SESSIONS:
        answer = workflow.submit(Request(registering(70, session), ADVISER))
        assert isinstance(answer, Refused)
        assert answer.codes == {"duplicate-reference"}
    answers = workflow.execute_many([Request(registering(n, "S-2"), ADVISER) for n in (70, 71, 71)], batch=3)
    assert [isinstance(each, Accepted) for each in answers] == [False, True, False]


def test_a_key_is_used_once(store: SqlStorage) -> None:
    """Of commands to several sessions with one key, one is carried out; the others are told that it was used."""
    for number in range(ROUNDS):

        def ask(session: str, key: str = f"once-{number}") -> Request:
            return Request(commands.SetCoefficient(session, coefficient=3), TRAINER, key=key)

        assert at_once(store, ask) == {"accepted": 1, "key-reused": len(SESSIONS) - 1}


def test_without_the_directory_they_would_not() -> None:
    """The fault planted: with its key gone, two sessions get one reference."""
    with partitioned_database() as url:
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.execute(
                text("ALTER TABLE poec_application_sessions DROP CONSTRAINT pk_poec_application_sessions")
            )
        engine.dispose()
        with SqlStorage.open(url) as storage:
            workflow = workflow_with_session(storage, seats=20)
            for each in SESSIONS[1:]:
                workflow.execute(opening(each, seats=20), PLATFORM)
            found = [
                at_once(storage, lambda session, n=number: Request(registering(n, session), ADVISER))["accepted"]  # type: ignore[misc]
                for number in range(ROUNDS)
            ]
    assert max(found) > 1
