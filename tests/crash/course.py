"""What a deed comes to when nothing goes wrong, and whether one that was disturbed and done again comes to the same."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve, field, frozen
from deeds import Answer, Deed
from edge import AFTER, COMMIT, RETURN, Edge, Moment, Watch
from grounds import Ground, Picture, picture

from guarantees import check
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.decider import Accepted
from stores import stored_by


def done(deed: Deed, storage: SqlStorage, edge: Edge, watch: Watch) -> Answer:
    """Do a deed under a watcher; what only the first use of a storage asks is not criteria, unless it is the deed."""
    if not deed.first:
        storage.queries.organizations()
    before, edge.watch = edge.watch, watch
    try:
        answer = deed.act(storage)
        watch(Moment(RETURN, AFTER))
    finally:
        edge.watch = before
    return answer


def commits(moments: Sequence[Moment]) -> int:
    """How many commits the driver came back from."""
    return sum(each.what == COMMIT and each.when == AFTER for each in moments)


@frozen
class Course:
    """How a deed goes undisturbed: its moments, its answer, and the database after each commit."""

    deed: Deed
    moments: tuple[Moment, ...]
    answer: Answer
    stages: dict[int, Picture] = field(factory=dict)

    @classmethod
    def of(cls, deed: Deed, ground: Ground, edge: Edge) -> Course:
        """Go it once; what is stored at the end is whole."""
        moments: list[Moment] = []
        with ground[deed.base]() as url:
            stages = {0: picture(url)}
            with stored_by(deed.chain, url) as storage:
                answer = done(deed, storage, edge, moments.append)
                last = stages[commits(moments)] = picture(url)
                whole(storage, last)
        if isinstance(answer, Accepted):
            assert not answer.replayed
        return cls(deed, tuple(evolve(each, connection=None) for each in moments), answer, stages)

    @property
    def last(self) -> Picture:
        """What is there in the end."""
        return self.stages[commits(self.moments)]

    def expect(self, url: str, stage: int) -> None:
        """What a disturbed deed left is the stage of its commits, and nothing of the next.

        A stage between two commits is taken from the first disturbed one that is whole.
        """
        found = picture(url)
        if stage not in self.stages:
            with stored_by(self.deed.chain, url) as storage:
                whole(storage, found)
            self.stages[stage] = found
        _same(found, self.stages[stage])

    def again(self, storage: SqlStorage, edge: Edge, url: str, *, stored: bool | None) -> bool:
        """Done again it comes to the same, once; whether the answer was the first one again.

        Args:
            storage: to do it with.
            edge: where the storage connects.
            url: of the database.
            stored: whether it was stored before; None is either.
        """
        answer = done(self.deed, storage, edge, lambda _moment: None)
        _same(picture(url), self.last)
        if not isinstance(answer, Accepted):
            assert answer == self.answer
            return False
        assert evolve(answer, replayed=False) == self.answer
        assert stored in (None, answer.replayed), (stored, answer.replayed)
        return answer.replayed


def whole(storage: SqlStorage, found: Picture) -> None:
    """Folds equal what is stored, counters a recount, and the outbox has a row for each event."""
    check(storage)
    events = sorted(row[:3] for row in found["poec_history"])
    assert sorted(row[1:4] for row in found["poec_outbox"]) == events


def _same(found: Picture, expected: Picture) -> None:
    assert found.keys() == expected.keys(), (found.keys(), expected.keys())
    for table, rows in expected.items():
        assert found[table] == rows, table
