"""Read the feed: the entries of transactions that have all ended, in the order of `feed_order`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlalchemy import BigInteger, bindparam, func, select, tuple_

from poec_workflow.adapters.sql.dialects import WITH_TRANSACTION_NUMBERS
from poec_workflow.adapters.sql.feed_order import IN_STEP, OLDEST_OPEN, PLACE, outdated
from poec_workflow.adapters.sql.prepared import Prepared, StatementConnection
from poec_workflow.adapters.sql.schema import history
from poec_workflow.adapters.sql.stored_values import read
from poec_workflow.errors import Conflict, Malformed
from poec_workflow.history import HistoryEntry
from poec_workflow.ports.feed import FeedEntry

_LARGEST = 2**63 - 1
_PLACE = re.compile(r"(0|[1-9][0-9]{0,18})\.([1-9][0-9]{0,18})")

_given = {name: bindparam(name, type_=BigInteger) for name in ("transaction", "number", "horizon", "limit")}
_horizon = Prepared(select(OLDEST_OPEN.label("horizon"), IN_STEP.label("in_step")))
_entries = Prepared(
    select(history.c.data, *PLACE)
    .where(
        tuple_(*PLACE) >= tuple_(_given["transaction"], _given["number"]),
        history.c.feed_transaction < _given["horizon"],
    )
    .order_by(*PLACE)
    .limit(_given["limit"])
)
_recovering = Prepared(select(func.pg_is_in_recovery()))
_held = Prepared(select(func.count()).select_from(history).where(history.c.feed_transaction >= _given["horizon"]))


def entries(connection: StatementConnection, start: str | None, limit: int | None) -> Sequence[FeedEntry]:
    """Entries from a place on, at most so many.

    Raises:
        Conflict: this is a replica, which is behind.
        Malformed: there is no such place.
        SchemaOutdated: see `outdated`.
    """
    transaction, number = (0, 0) if start is None else _parts(start)
    given = {"transaction": transaction, "number": number, "limit": _LARGEST if limit is None else limit}
    rows = connection.rows(_entries, {**given, "horizon": horizon(connection)})
    if start is not None and not rows and _is_replica(connection):
        raise Conflict("the replica has not got to the cursor yet")
    return [FeedEntry(f"{row.feed_transaction}.{row.feed_number}", read(row.data, HistoryEntry)) for row in rows]


def held_back(connection: StatementConnection) -> int:
    """How many entries wait for an older transaction to end."""
    [count] = connection.values(_held, {"horizon": horizon(connection)})
    return int(count)


def horizon(connection: StatementConnection) -> int:
    """The oldest transaction that is open: what a later one stored is not given yet.

    Raises:
        SchemaOutdated: see `outdated`.
    """
    if connection.dialect.name not in WITH_TRANSACTION_NUMBERS:
        return _LARGEST
    found = connection.row(_horizon)
    if not found.in_step:
        raise outdated()
    return int(found.horizon)


def _is_replica(connection: StatementConnection) -> bool:
    if connection.dialect.name not in WITH_TRANSACTION_NUMBERS:
        return False
    [found] = connection.values(_recovering)
    return bool(found)


def _parts(place: str) -> tuple[int, int]:
    found = _PLACE.fullmatch(place)
    transaction, number = (int(found[1]), int(found[2])) if found else (_LARGEST + 1, 0)
    if max(transaction, number) > _LARGEST:
        raise Malformed.at("$.after", "not a cursor of this store's feed")
    return transaction, number
