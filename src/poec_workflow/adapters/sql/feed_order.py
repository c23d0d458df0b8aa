"""The order of the feed: how an entry that is written gets its place, which is after all that any reader may have read.

PostgreSQL: the number of the transaction that writes, and a number within. Transactions commit in another order than
they were numbered in, so a reader goes no further than the oldest one that is still open (`feed_reading`). The
transaction numbers are the server's. In a database that was restored from a dump into another server, those of its
entries may be ahead of that server's: what is written next would come before them, and be missed. So nothing is written
and nothing is read there until `create` has raised the base that is added to the numbers.

SQLite: one transaction writes at a time, so the number of an entry is one more than the last. All are of one
transaction: none, or the last that a PostgreSQL from which they came had.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Dialect,
    FromClause,
    Insert,
    Text,
    UpdateBase,
    case,
    cast,
    extract,
    func,
    join,
    literal_column,
    select,
    true,
)

from poec_workflow.adapters.sql.bulk import TableWrite, ValueOf, names_of
from poec_workflow.adapters.sql.dialects import WITH_TRANSACTION_NUMBERS
from poec_workflow.adapters.sql.driver_errors import REMEDY
from poec_workflow.adapters.sql.schema import feed, history
from poec_workflow.errors import SchemaOutdated

PLACE = (history.c.feed_transaction, history.c.feed_number)
"""What the feed is ordered by."""


def outdated() -> SchemaOutdated:
    """What to raise where the entries are ahead of the server."""
    return SchemaOutdated(
        "the history's transaction numbers are ahead of the server's, as after a restore from another server's dump: "
        f"{REMEDY}, which lets the feed go on after them"
    )


def _number(number: ColumnElement[Any]) -> ColumnElement[int]:
    """A transaction number as an integer."""
    return cast(cast(number, Text), BigInteger)


_snapshot = func.pg_current_snapshot()
OWN = feed.c.base + _number(func.pg_current_xact_id())
"""The transaction that writes, in the feed's numbers."""
OLDEST_OPEN = feed.c.base + _number(func.pg_snapshot_xmin(_snapshot))
"""All transactions before this one have ended."""
_next = _number(func.pg_snapshot_xmax(_snapshot))
_after_own = _number(func.pg_current_xact_id_if_assigned()) + 1
NEXT = feed.c.base + func.greatest(_next, _after_own)
"""Of no transaction from this one on can an entry be seen: none of them has ended, and none is the reader's own."""
# A maximum, which is read off the index; for a search PostgreSQL may read the table.
LAST = select(func.coalesce(func.max(history.c.feed_transaction), 0)).scalar_subquery()
"""The last transaction that has entries."""
IN_STEP = LAST < NEXT
"""Whether the server's numbers are ahead of those of all entries, as they should be."""


def last_number(transaction: ColumnElement[int]) -> ColumnElement[int]:
    """The number of the last entry of a transaction, 0 where it has none."""
    written = history.alias("written")
    last = select(func.coalesce(func.max(written.c.feed_number), 0)).where(written.c.feed_transaction == transaction)
    return last.correlate(feed).scalar_subquery()


# Where a host is serializable, what is looked up conflicts with all that others write: its entries are numbered by the
# clock, which is behind the rows that are written, and are not compared with the server's numbers.
_serializable = func.current_setting("transaction_isolation") == "serializable"
_clock = cast(extract("epoch", func.clock_timestamp()) * 1_000_000, BigInteger)

# The offset keeps PostgreSQL from looking for each row of many anew.
_own = (
    select(OWN.label("transaction"), case((_serializable, _clock), else_=last_number(OWN)).label("number"))
    .where(case((_serializable, true()), else_=IN_STEP))
    .offset(literal_column("0"))
    .subquery("own")
)
"""The transaction that writes, and the number of its last entry; nothing where the entries are ahead of the server."""


_NAMES = tuple(name for name in names_of(history) if name not in ("feed_transaction", "feed_number"))


def _build(dialect: Dialect, value: ValueOf, rows: FromClause | None) -> UpdateBase:
    """An INSERT that writes nothing where the entries are ahead of the server."""
    if dialect.name not in WITH_TRANSACTION_NUMBERS:
        given = {name: value(name) for name in _NAMES}
        placed = {"feed_transaction": LAST, "feed_number": last_number(LAST) + 1}
        return Insert(history).values(**given, **placed).inline()
    place = literal_column("1") if rows is None else rows.c.place
    values = select(*(_typed(name, value) for name in _NAMES), _own.c.transaction, _own.c.number + place)
    # Each row beside the one of `own`: said, for SQLAlchemy warns of what looks forgotten.
    ordered = values if rows is None else values.select_from(join(rows, _own, true())).order_by(place)
    return Insert(history).from_select([*_NAMES, *(each.name for each in PLACE)], ordered).inline()


def _typed(name: str, value: ValueOf) -> ColumnElement[Any]:
    """A value of a column, which has no type by itself where it is selected."""
    return cast(value(name), history.c[name].type)


HISTORY = TableWrite(history, _NAMES, _build)
"""How entries are written, in the order given; counted, so that `outdated` is raised where they are not."""


def _build_numbered(_dialect: Dialect, value: ValueOf, rows: FromClause | None) -> UpdateBase:
    """An INSERT of entries whose numbers are given, into the partition of their session; it looks at no other."""
    names = (*_NAMES, "feed_number")
    values = select(*(_typed(name, value) for name in names), OWN)
    ordered = values if rows is None else values.order_by(rows.c.place)
    return Insert(history).from_select([*names, "feed_transaction"], ordered).inline()


NUMBERED_HISTORY = TableWrite(history, (*_NAMES, "feed_number"), _build_numbered)
"""How entries are written to a partitioned store. Whether they are ahead of the server is looked at when a process
first uses the store (`must_be_in_step`), for that takes a look at every partition."""


def must_be_in_step(connection: Connection) -> None:
    """Look whether the server's transaction numbers are ahead of those of all entries.

    Raises:
        SchemaOutdated: they are not; see `outdated`.
    """
    if not connection.execute(select(IN_STEP).select_from(feed)).scalar():
        raise outdated()


def raise_base(connection: Connection) -> bool:
    """Let the server's transaction numbers go on after those of all entries, unless they do; whether it was needed."""
    if connection.dialect.name not in WITH_TRANSACTION_NUMBERS:
        return False
    raised = feed.update().values(base=LAST).where(~IN_STEP)
    return bool(connection.execute(raised).rowcount)
