"""SQL outbox: messages are claimed with a lease and a fencing number, and settled by who claimed them last."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from attrs import evolve
from sqlalchemy import BindParameter, ColumnElement, Dialect, bindparam, exists, func, or_, select

from poec_workflow.adapters.sql.bulk import any_of, insert, list_parameter, names_of
from poec_workflow.adapters.sql.connections import Connections
from poec_workflow.adapters.sql.dialects import dialect_insert
from poec_workflow.adapters.sql.prepared import Prepared, StatementConnection
from poec_workflow.adapters.sql.row_mapping import Values, delivery_of, instant_of, microseconds, queued_of
from poec_workflow.adapters.sql.schema import deliveries, digests, messages
from poec_workflow.messages import Addressee, StreamKind
from poec_workflow.ports import (
    Delivery,
    DeliveryRecord,
    MessageState,
    OutboxFigures,
    QueuedMessage,
    Routes,
    Settlement,
)
from poec_workflow.ports.outbox import EVERYBODY

_earlier = messages.alias("earlier")
_waits = messages.c.dead == 0
_addressee = messages.c.to_kind + ":" + messages.c.to_reference


def _claimable(dialect: Dialect, *same_session: ColumnElement[bool]) -> Any:  # noqa: ANN401 - a SELECT
    """The oldest waiting message of each stream and addressee, where it is due and its addressee can be reached."""
    first = ~exists().where(
        *same_session,
        _earlier.c.stream == messages.c.stream,
        _earlier.c.stream_kind == messages.c.stream_kind,
        _earlier.c.to_kind == messages.c.to_kind,
        _earlier.c.to_reference == messages.c.to_reference,
        _earlier.c.id < messages.c.id,
        _earlier.c.dead == 0,
    )
    reached = or_(any_of(messages.c.to_kind, "kinds", dialect), any_of(_addressee, "addressees", dialect))
    resting = any_of(_addressee, "resting", dialect)
    return (
        select(messages)
        .where(_waits, messages.c.due_at <= bindparam("now"), reached, ~resting, first)
        .order_by(messages.c.id)
        .limit(bindparam("limit"))
        .with_for_update(of=messages, skip_locked=True)
    )


_ROW: BindParameter[int] = bindparam("row")
_ID: BindParameter[str] = bindparam("known")
# On a partitioned store, True, what is written to a message names its session too; on others it is NULL of a digest.
_CLAIMABLE = {
    False: Prepared(_claimable),
    True: Prepared(lambda dialect: _claimable(dialect, _earlier.c.session == messages.c.session)),
}
_ONE = {False: (messages.c.id == _ROW,), True: (messages.c.id == _ROW, messages.c.session == bindparam("of_session"))}
_CLAIM = {
    partitioned: Prepared(
        messages.update()
        .where(*one)
        .values(due_at=bindparam("until"), attempts=messages.c.attempts + 1, fence=messages.c.fence + 1)
    )
    for partitioned, one in _ONE.items()
}
# By stream, which has an index; ids have none, for each would cost every command.
_CLAIMED = Prepared(
    lambda dialect: (
        select(messages)
        .where(any_of(messages.c.stream, "streams", dialect), any_of(messages.c.message_id, "ids", dialect), _waits)
        .order_by(messages.c.id)
        .with_for_update()
    )
)
_DELETE = {partitioned: Prepared(messages.delete().where(*one)) for partitioned, one in _ONE.items()}
_CHANGED = ("dead", "due_at", "attempts", "answer")
_CHANGE = {
    partitioned: Prepared(messages.update().where(*one).values({name: bindparam(f"new_{name}") for name in _CHANGED}))
    for partitioned, one in _ONE.items()
}
_DELIVERED = insert(deliveries, names_of(deliveries))
_QUEUED = {
    state: Prepared(
        select(messages)
        .where(messages.c.dead == int(state is MessageState.DEAD))
        .order_by(messages.c.id)
        .limit(bindparam("limit"))
    )
    for state in MessageState
}
_EVERY = 2**62
"""A limit of rows that no table reaches."""
_FIND = Prepared(select(messages).where(messages.c.message_id == _ID))
_FIND_TO_CHANGE = Prepared(select(messages).where(messages.c.message_id == _ID).with_for_update())
_RECORDS = Prepared(
    select(deliveries)
    .where(deliveries.c.stream == _ID, deliveries.c.stream_kind == bindparam("kind"))
    .order_by(deliveries.c.at, deliveries.c.version)
)
_FIGURES = Prepared(
    select(
        func.count().label("waiting"),
        func.min(messages.c.recorded_at).label("oldest"),
        func.count().filter(messages.c.attempts > 0).label("retried"),
        func.coalesce(func.max(messages.c.attempts), 0).label("attempts"),
        select(func.count()).select_from(_earlier).where(_earlier.c.dead == 1).scalar_subquery().label("dead"),
    ).where(_waits)
)


def _next_digest(dialect: Dialect) -> Any:  # noqa: ANN401 - an INSERT
    """Count an organisation's digest, unless its last one is of that day or a later one."""
    insert = dialect_insert(digests, dialect)
    given = insert.values(organization=bindparam("organization"), day=bindparam("day"), number=1)
    return given.on_conflict_do_update(
        index_elements=["organization"],
        set_={"day": given.excluded.day, "number": digests.c.number + 1},
        where=digests.c.day < given.excluded.day,
    ).returning(digests.c.number)


_NEXT_DIGEST = Prepared(_next_digest)


def start_digest(connection: StatementConnection, organization: str, day: date) -> int | None:
    """The number of an organisation's digest of a day; None where that day or a later one had one."""
    numbers = connection.values(_NEXT_DIGEST, {"organization": organization, "day": day.isoformat()})
    return numbers[0] if numbers else None


class SqlOutbox:
    """The `Outbox` port on the tables `poec_messages` and `poec_deliveries`."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def claim(
        self, *, limit: int, now: datetime, lease: timedelta, routes: Routes = EVERYBODY
    ) -> Sequence[QueuedMessage]:
        """Claim the oldest message of each stream and addressee, unless it is leased, at most `limit`."""
        until = microseconds(now + lease)

        def work(connection: StatementConnection) -> Sequence[QueuedMessage]:
            listed = {
                "kinds": sorted(routes.kinds),
                "addressees": _keys(routes.addressees),
                "resting": _keys(routes.resting),
            }
            lists = {name: list_parameter(texts, connection.dialect) for name, texts in listed.items()}
            rows = connection.rows(
                _CLAIMABLE[_is_partitioned(connection)], {"now": microseconds(now), "limit": limit, **lists}
            )
            if rows:
                _write(connection, _CLAIM, rows, [{"until": until} for _ in rows])
            claimed = map(queued_of, rows)
            return [
                evolve(each, attempts=each.attempts + 1, fence=each.fence + 1, due_at=instant_of(until))
                for each in claimed
            ]

        return self._connections.run(work, write=True)

    def settle(self, settlements: Sequence[Settlement]) -> int:
        """Take out what was delivered, let others wait or put them aside."""
        by_id = {each.claimed.message.id: each for each in settlements}

        def work(connection: StatementConnection) -> int:
            streams = sorted({each.claimed.message.stream for each in settlements})
            lists = {"ids": list_parameter(sorted(by_id), connection.dialect)}
            lists["streams"] = list_parameter(streams, connection.dialect)
            rows = connection.rows(_CLAIMED, lists)
            ours = [(row, by_id[row.message_id]) for row in rows if row.fence == by_id[row.message_id].claimed.fence]
            gone = [(row, each) for row, each in ours if each.outcome in _LEAVE]
            _take_out(connection, [(row, each.outcome, each.at) for row, each in gone])
            stay = [(row, _changed(row, each)) for row, each in ours if each.outcome not in _LEAVE]
            _write(connection, _CHANGE, [row for row, _ in stay], [values for _, values in stay])
            return len(ours)

        return self._connections.run(work, write=True) if settlements else 0

    def queued(
        self, state: MessageState = MessageState.WAITING, *, limit: int | None = None
    ) -> Sequence[QueuedMessage]:
        """Those that wait, in the order of sending, or the dead ones."""
        given = {"limit": _EVERY if limit is None else limit}
        return self._connections.select(lambda c: [queued_of(row) for row in c.rows(_QUEUED[state], given)])

    def find(self, message: str) -> QueuedMessage | None:
        """A message by its id."""
        rows = self._connections.select(lambda c: c.rows(_FIND, {"known": message}))
        return queued_of(rows[0]) if rows else None

    def retry(self, message: str) -> bool:
        """Let a message be due at once, with no attempts."""

        def work(connection: StatementConnection) -> bool:
            rows = connection.rows(_FIND_TO_CHANGE, {"known": message})
            changes = [{"new_dead": 0, "new_due_at": 0, "new_attempts": 0, "new_answer": row.answer} for row in rows]
            _write(connection, _CHANGE, rows, changes)
            return bool(changes)

        return self._connections.run(work, write=True)

    def drop(self, message: str, at: datetime) -> bool:
        """Take a dead message out."""

        def work(connection: StatementConnection) -> bool:
            dead = [row for row in connection.rows(_FIND_TO_CHANGE, {"known": message}) if row.dead]
            _take_out(connection, [(row, Delivery.DROPPED, at) for row in dead])
            return bool(dead)

        return self._connections.run(work, write=True)

    def delivered(self, kind: StreamKind, stream: str) -> Sequence[DeliveryRecord]:
        """What left the outbox of a stream, the earliest first."""
        rows = self._connections.select(lambda c: c.rows(_RECORDS, {"known": stream, "kind": kind.value}))
        return [delivery_of(row) for row in rows]

    def figures(self) -> OutboxFigures:
        """What an operator watches."""
        row = self._connections.select(lambda c: c.row(_FIGURES))
        return OutboxFigures(
            waiting=row.waiting,
            oldest=None if row.oldest is None else instant_of(row.oldest),
            retried=row.retried,
            attempts=row.attempts,
            dead=row.dead,
        )


_LEAVE = frozenset({Delivery.DELIVERED, Delivery.UNNEEDED})
_MESSAGE_COLUMNS = tuple(name for name in names_of(deliveries) if name not in ("outcome", "at"))


def _take_out(connection: StatementConnection, gone: Sequence[tuple[Any, Delivery, datetime]]) -> None:
    """Delete messages, and record what became of them."""
    if not gone:
        return
    _write(connection, _DELETE, [row for row, _, _ in gone], [{} for _ in gone])
    records = [
        {
            **{name: getattr(row, name) for name in _MESSAGE_COLUMNS},
            "outcome": outcome.value,
            "at": microseconds(at),
        }
        for row, outcome, at in gone
    ]
    _DELIVERED.write(connection, records)


def _is_partitioned(connection: StatementConnection) -> bool:
    return connection.partitioned is not None


def _write(
    connection: StatementConnection, statements: Mapping[bool, Prepared], rows: Sequence[Any], values: Sequence[Values]
) -> None:
    """Write to each message its values, where there is any."""
    partitioned = _is_partitioned(connection)
    given = [
        {"row": row.id, **({"of_session": row.session} if partitioned else {}), **each}
        for row, each in zip(rows, values, strict=True)
    ]
    if given:
        connection.write(statements[partitioned], given)


def _changed(row: Any, settlement: Settlement) -> Values:  # noqa: ANN401 - a row
    """What a settlement changes of a message that stays."""
    retry_at, outcome = settlement.retry_at, settlement.outcome
    released = outcome is Delivery.RELEASED
    return {
        "new_dead": int(outcome is Delivery.DEAD),
        "new_due_at": 0 if retry_at is None else microseconds(retry_at),
        "new_attempts": row.attempts - released,
        "new_answer": row.answer if released else settlement.answer,
    }


def _keys(addressees: Iterable[Addressee]) -> Sequence[str]:
    """Addressees as one text each."""
    return sorted(f"{each.kind}:{each.reference}" for each in addressees)
