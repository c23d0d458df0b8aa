"""What an operation does when nothing goes wrong; whether a disturbed one, done again, ends the same."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from attrs import evolve, field, frozen
from database_copies import Picture, PreparedDatabase, picture
from driver_interception import AFTER, COMMIT, RETURN, InterceptedCall, Interceptor, Watch
from operations import Answer, Operation

from guarantees import check
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.decider import Accepted
from poec_workflow.notices import NOTICES
from stores import stored_by

TOLD = {event.type for event in NOTICES.by_event}
"""The events that somebody is told of."""


def done(operation: Operation, storage: SqlStorage, interceptor: Interceptor, watch: Watch) -> Answer:
    """Do an operation under a watcher; the statements of a storage's first use are watched only where `first`."""
    if not operation.first:
        storage.queries.organizations()
    before, interceptor.watch = interceptor.watch, watch
    try:
        answer = operation.act(storage)
        watch(InterceptedCall(RETURN, AFTER))
    finally:
        interceptor.watch = before
    return answer


def commits(calls: Sequence[InterceptedCall]) -> int:
    """How many commits the driver came back from."""
    return sum(each.what == COMMIT and each.when == AFTER for each in calls)


@frozen
class UndisturbedRun:
    """How an operation goes undisturbed: its moments, its answer, and the database after each commit."""

    operation: Operation
    calls: tuple[InterceptedCall, ...]
    answer: Answer
    stages: dict[int, Picture] = field(factory=dict)

    @classmethod
    def of(cls, operation: Operation, prepared: PreparedDatabase, interceptor: Interceptor) -> UndisturbedRun:
        """Go it once; what is stored at the end is whole."""
        calls: list[InterceptedCall] = []
        with prepared[operation.base]() as url:
            stages = {0: picture(url)}
            with stored_by(operation.chain, url) as storage:
                answer = done(operation, storage, interceptor, calls.append)
                last = stages[commits(calls)] = picture(url)
                whole(storage, last)
        if isinstance(answer, Accepted):
            assert not answer.replayed
        return cls(operation, tuple(evolve(each, connection=None) for each in calls), answer, stages)

    @property
    def last(self) -> Picture:
        """What is there in the end."""
        return self.stages[commits(self.calls)]

    def expect(self, url: str, stage: int) -> None:
        """What a disturbed operation left is the stage of its commits, and nothing of the next.

        A stage between two commits is taken from the first disturbed one that is whole.
        """
        found = picture(url)
        if stage not in self.stages:
            with stored_by(self.operation.chain, url) as storage:
                whole(storage, found)
            self.stages[stage] = found
        _same(found, self.stages[stage])

    def again(self, storage: SqlStorage, interceptor: Interceptor, url: str, *, stored: bool | None) -> bool:
        """Done again it comes to the same, once; whether the answer was the first one again.

        Args:
            storage: to do it with.
            interceptor: where the storage connects.
            url: of the database.
            stored: whether it was stored before; None is either.
        """
        answer = done(self.operation, storage, interceptor, lambda _moment: None)
        _same(picture(url), self.last)
        if not isinstance(answer, Accepted):
            assert answer == self.answer
            return False
        assert evolve(answer, replayed=False) == self.answer
        assert stored in (None, answer.replayed), (stored, answer.replayed)
        return answer.replayed


def whole(storage: SqlStorage, found: Picture) -> None:
    """Folds equal what is stored, counters a recount, and each event that has a notice was told of."""
    check(storage)
    assert told(found["poec_messages"]) == {
        row[:3] for row in found["poec_history"] if json.loads(row[8])["type"] in TOLD
    }


def told(messages: Sequence[Sequence[Any]]) -> set[tuple[Any, ...]]:
    """The positions of the events that some rows tell of, each of which names a message of its own."""
    assert len({row[1] for row in messages}) == len(messages)
    return {tuple(row[3:6]) for row in messages}


def _same(found: Picture, expected: Picture) -> None:
    assert found.keys() == expected.keys(), (found.keys(), expected.keys())
    for table, rows in expected.items():
        assert found[table] == rows, table
