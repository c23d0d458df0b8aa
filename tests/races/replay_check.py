"""Whether a race came out right: its transactions are put into the order in which they were stored, and replayed.

Messages are numbered while the session is held, so their order is that of the session's transactions. In a race
somebody is told of every event.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from attrs import frozen
from participants import Record
from sqlalchemy import Connection, func, select

from guarantees import tally_of
from poec_workflow import SubjectKind
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.adapters.sql.row_mapping import position_of
from poec_workflow.adapters.sql.schema import messages
from poec_workflow.events import CapacitySet, Preregistered, Retained
from poec_workflow.folding import evolve
from poec_workflow.history import HistoryEntry, Position
from poec_workflow.model import ApplicationState, Tally, TrainingSession


@frozen
class Standing:
    """A session with its counts, between two transactions."""

    session: TrainingSession
    tally: Tally

    def after(self, entry: HistoryEntry) -> Standing:
        """How it stands after an event."""
        if entry.event.subject_kind is SubjectKind.SESSION:
            return Standing(cast("TrainingSession", evolve(self.session, entry.event)), self.tally)
        before = cast("ApplicationState | None", entry.from_state)
        return Standing(self.session, self.tally.moved(before, cast("ApplicationState", entry.event.state)))


Taken = Callable[[Standing], int]
SEATS: tuple[Taken, Taken] = (lambda of: of.tally.retained, lambda of: of.session.capacity)
PLACES: tuple[Taken, Taken] = (
    lambda of: of.tally.registered,
    lambda of: of.session.capacity * of.session.coefficient,
)
LIMITS: Mapping[type, tuple[Taken, Taken]] = {Retained: SEATS, Preregistered: PLACES}
"""What is counted, and what it has to be below, where an event is one more."""


def standing(storage: SqlStorage, session: str) -> Standing:
    """How it stands now."""
    found = storage.queries.subject(SubjectKind.SESSION, session)
    assert isinstance(found, TrainingSession)
    return Standing(found, tally_of(storage, session))


def stored_so_far(connection: Connection) -> int:
    """The number of the last message."""
    return connection.scalar(select(func.coalesce(func.max(messages.c.id), 0))) or 0


def stored_after(connection: Connection, number: int) -> list[Position]:
    """What was stored since, in order."""
    later = select(messages).where(messages.c.id > number).order_by("id")
    return [position_of(row) for row in connection.execute(later)]


def judge(storage: SqlStorage, before: Standing, records: Sequence[Record], stored: Sequence[Position]) -> None:
    """Every answer is right at a moment between its question and its end, in the order of what was stored.

    Raises:
        AssertionError: one is not.
    """
    ordered = _in_order(records, stored)
    states = [before]
    for record in ordered:
        states.append(_replayed(storage, states[-1], record))
    assert states[-1] == standing(storage, before.session.reference)
    latest = 0
    for record in ordered:
        assert latest <= record.responded, "stored before one that had been answered when it was asked"
        latest = max(latest, record.invoked)
    for record in records:
        if not record.accepted:
            _judge_refusal(record, ordered, states)


def _in_order(records: Sequence[Record], stored: Sequence[Position]) -> list[Record]:
    """The accepted ones as they were stored: all that was stored is somebody's, whole, and in one piece."""
    owners = {each: record for record in records for each in record.positions}
    ordered: list[Record] = []
    rest = list(stored)
    while rest:
        owner = owners[rest[0]]
        assert tuple(rest[: len(owner.positions)]) == owner.positions
        del rest[: len(owner.positions)]
        ordered.append(owner)
    assert len(ordered) == sum(each.accepted for each in records)
    return ordered


def _replayed(storage: SqlStorage, state: Standing, record: Record) -> Standing:
    """How it stands after a transaction, none of whose events was one too many."""
    for each in record.positions:
        entry = storage.queries.history(each.kind, each.reference)[each.version - 1]
        if limits := LIMITS.get(type(entry.event)):
            taken, limit = (say(state) for say in limits)
            assert taken < limit, f"{each}: {taken} of {limit} were taken"
        state = state.after(entry)
        if isinstance(entry.event, CapacitySet):
            assert state.session.capacity >= state.tally.retained
    return state


def _judge_refusal(record: Record, ordered: Sequence[Record], states: Sequence[Standing]) -> None:
    """All of it was true between the last that had ended when it was asked, and the first that began afterwards."""
    first = max((place for place, each in enumerate(ordered, 1) if each.responded < record.invoked), default=0)
    last = min((place for place, each in enumerate(ordered) if each.invoked > record.responded), default=len(ordered))
    assert any(
        all(_TRUE[code](each, details) for code, details in record.refusals) for each in states[first : last + 1]
    ), (record.refusals, first, last)


def _no_seat_left(of: Standing, said: Mapping[str, Any]) -> bool:
    return said == {"retained": of.tally.retained, "seats": of.session.capacity} and said["retained"] >= said["seats"]


def _quota_reached(of: Standing, said: Mapping[str, Any]) -> bool:
    capacity, coefficient = of.session.capacity, of.session.coefficient
    quota = capacity * coefficient
    true = {"counted": of.tally.registered, "quota": quota, "capacity": capacity, "coefficient": coefficient}
    return said == true and said["counted"] >= quota


def _capacity_below_retained(of: Standing, said: Mapping[str, Any]) -> bool:
    return bool(said["retained"] == of.tally.retained > said["seats"])


def _stale_version(of: Standing, said: Mapping[str, Any]) -> bool:
    return bool(said["version"] == of.session.version != said["expected"])


_TRUE = {
    "no-seat-left": _no_seat_left,
    "quota-reached": _quota_reached,
    "capacity-below-retained": _capacity_below_retained,
    "stale-version": _stale_version,
}
