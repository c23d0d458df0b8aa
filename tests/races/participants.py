"""Who takes part in a race, each in a process of its own, and the record of what each asked and was answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from time import monotonic_ns
from typing import Any, Protocol

from attrs import evolve, frozen

from guarantees import PLATFORM, TRAINER, retaining, workflow_on
from poec_workflow import Accepted, Actor, Refused, Request, Workflow
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.commands import Command, SetCapacity, SetCoefficient
from poec_workflow.events import EVENTS, ApplicationEvent, SessionEvent
from poec_workflow.history import Position
from poec_workflow.notices import POSITIONER, Notice, Notices
from processes import PATIENCE, flag, meet

CHANGERS = 2
TRIES = 3
"""How often a patient one asks while the limit moves."""
_EVENTS = [each for each in EVENTS.values() if issubclass(each, ApplicationEvent | SessionEvent)]
OF_EVERYTHING = Notices([Notice("all", _EVENTS, tell=[POSITIONER])])
"""One message for each event: what is numbered says in which order all was stored."""


@frozen(kw_only=True)
class Record:
    """One transaction that was asked for.

    Attributes:
        wants: whether it is one of those who want the last.
        positions: what it stored, in order; nothing when it was refused.
        refusals: the codes with their details, when it was refused.
        invoked: before it was asked, on the machine's monotonic clock, which all processes share.
        responded: after it was answered.
    """

    wants: bool
    positions: tuple[Position, ...]
    refusals: tuple[tuple[str, Mapping[str, Any]], ...]
    invoked: int
    responded: int

    @property
    def accepted(self) -> bool:
        """Whether it was carried out."""
        return not self.refusals


class Part(Protocol):
    """What one process does, once all have come."""

    def play(self, workflow: Workflow) -> Iterator[Record]:
        """Ask."""
        ...


def take_part(url: str, parties: int, part: Part) -> list[Record]:
    """Open a storage, wait for the others, and go."""
    workflow = evolve(workflow_on(_storage(url)), notices=OF_EVERYTHING)
    workflow.storage.queries.organizations()
    meet(parties)
    return list(part.play(workflow))


_open: dict[str, SqlStorage] = {}


def _storage(url: str) -> SqlStorage:
    """The process's own, which stays open from one round to the next."""
    if url not in _open:
        for each in _open.values():
            each.close()
        _open.clear()
        _open[url] = SqlStorage.open(url)
    return _open[url]


@frozen
class Wanting:
    """Wants the last: asks once, or, when patient, some times, and once more when the limit has come to rest."""

    command: Command
    actor: Actor
    patient: bool

    def play(self, workflow: Workflow) -> Iterator[Record]:
        request = Request(command=self.command, actor=self.actor)
        for _ in range(TRIES if self.patient else 1):
            record = asked(workflow, [request], wants=True)
            yield record
            if record.accepted:
                return
        if self.patient:
            flag().wait(PATIENCE)
            yield asked(workflow, [request], wants=True)


@frozen
class Changing:
    """Changes the session, a transaction each; the last one's end is the limit's coming to rest."""

    transactions: Sequence[Sequence[Request]]
    last: Sequence[Request] = ()

    def play(self, workflow: Workflow) -> Iterator[Record]:
        for each in self.transactions:
            yield asked(workflow, each)
        meet(CHANGERS)
        if self.last:
            yield asked(workflow, self.last)
            flag().set()


@frozen
class Raising:
    """Adds a seat and gives it away, in one transaction: more seats, more retained, and as many left."""

    session: str
    reserves: Sequence[int]

    def play(self, workflow: Workflow) -> Iterator[Record]:
        for number in self.reserves:
            while True:
                record = self._raised(workflow, number)
                yield record
                if record.accepted:
                    break

    def _raised(self, workflow: Workflow, number: int) -> Record:
        known = workflow.session(self.session)
        seats = SetCapacity(self.session, capacity=known.capacity + 1)
        coefficient = SetCoefficient(self.session, coefficient=2 + number % 4)
        return asked(
            workflow,
            [
                Request(command=seats, actor=PLATFORM, expected_version=known.version),
                Request(command=retaining(number)[-1], actor=TRAINER),
                Request(command=coefficient, actor=TRAINER),
            ],
        )


def asked(workflow: Workflow, requests: Sequence[Request], *, wants: bool = False) -> Record:
    """All in one transaction, and what came of it."""
    invoked = monotonic_ns()
    answers = workflow.execute_many(requests, atomic=True)
    responded = monotonic_ns()
    refusals = tuple(
        (refusal.code, dict(refusal.details))
        for each in answers
        if isinstance(each, Refused)
        for refusal in each.refusals
    )
    changes = () if refusals else [change for each in answers if isinstance(each, Accepted) for change in each.changes]
    return Record(
        wants=wants,
        positions=tuple(
            Position(each.subject.subject_kind, each.subject.reference, each.subject.version) for each in changes
        ),
        refusals=refusals,
        invoked=invoked,
        responded=responded,
    )
