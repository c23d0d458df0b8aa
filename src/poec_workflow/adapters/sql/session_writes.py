"""Write to a partitioned store: a statement names one session, or one key that is unique over all sessions.

What is of one session is written by one statement, as on any PostgreSQL; of several sessions by one for each. The
directory, the receipts and the tables that are not distributed have statements of their own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain

from attrs import frozen
from sqlalchemy import Dialect, Update, UpdateBase, bindparam, select

from poec_workflow.adapters.sql import feed_order
from poec_workflow.adapters.sql.bulk import TableWrite, Write, insert, names_of, write_all
from poec_workflow.adapters.sql.partitioned_schema import BY_SESSION, NO_SESSION, directory
from poec_workflow.adapters.sql.prepared import (
    Columns,
    Parameters,
    PartitionedTransaction,
    Prepared,
    StatementConnection,
)
from poec_workflow.adapters.sql.schema import actions, applications, feed, sessions

_SESSION = "of_session"
"""The parameter that names the session of an UPDATE's rows."""
_HISTORY = feed_order.NUMBERED_HISTORY
_OWN_ENTRIES = Prepared(select(feed_order.last_number(feed_order.OWN)).select_from(feed))
_DIRECTORY = insert(directory, names_of(directory))


def write_by_session(
    connection: StatementConnection, transaction: PartitionedTransaction, writes: Sequence[Write]
) -> Write | None:
    """Write all, up to one whose rows can't all be written; return that one, None where all can.

    Actions first, then which sessions new applications are of, then session by session, in the order of locking, then
    receipts and people.
    """
    writes = [_placed(connection, transaction, each) if each.by is feed_order.HISTORY else each for each in writes]
    first = [[each] for each in writes if each.by.table is actions]
    last = [[each] for each in writes if each.by.table is not actions and each.by.table.name not in BY_SESSION]
    for together in chain(first, _places(writes), _by_session(writes), last):
        missed = write_all(connection, together)
        if missed is not None:
            return missed
    return None


def _placed(connection: StatementConnection, transaction: PartitionedTransaction, write: Write) -> Write:
    """Entries with their numbers in the feed, which go on from what the transaction wrote, whatever the session."""
    if transaction.entries is None:
        transaction.entries = connection.values(_OWN_ENTRIES)[0]
    numbers = range(transaction.entries + 1, transaction.entries + len(write.rows) + 1)
    transaction.entries += len(write.rows)
    if isinstance(write.rows, Columns):
        return Write(_HISTORY, Columns({**write.rows.columns, "feed_number": list(numbers)}))
    rows = [{**row, "feed_number": number} for row, number in zip(write.rows, numbers, strict=True)]
    return Write(_HISTORY, rows)


def _places(writes: Sequence[Write]) -> Iterator[list[Write]]:
    """The sessions of new applications; by reference, so that two that write the same ones do not lock each other."""
    for each in writes:
        if each.by.table is applications and "reference" in each.by.names:
            rows = [{name: row[name] for name in ("reference", "session")} for row in each.rows]
            yield [Write(_DIRECTORY, sorted(rows, key=lambda row: row["reference"]))]


def _by_session(writes: Sequence[Write]) -> Iterator[list[Write]]:
    """The writes of each session."""
    parts: dict[str, list[Write]] = defaultdict(list)
    for each in writes:
        if each.by.table.name in BY_SESSION:
            for session, part in _split(each):
                parts[session].append(part)
    for session in sorted(parts):
        yield parts[session]


def _split(write: Write) -> Iterator[tuple[str, Write]]:
    """The rows of each session, and how they are written."""
    places: dict[str, list[int]] = defaultdict(list)
    for place, session in enumerate(_sessions_of(write)):
        places[session or NO_SESSION].append(place)
    for session, some in places.items():
        rows = write.rows if len(places) == 1 else _picked(write.rows, some)
        if "session" in write.by.names and session == NO_SESSION:
            rows = [{**row, "session": NO_SESSION} for row in rows]
        shared = {_SESSION: session} if _names_no_session(write.by) else {}
        by = _of_one_session(write.by) if shared else write.by
        yield session, write._replace(by=by, rows=rows, sessions=(), shared=shared)


def _sessions_of(write: Write) -> Sequence[str | None]:
    if write.sessions:
        return write.sessions
    if write.by.table is sessions:
        name = "reference" if "reference" in write.by.names else "known_reference"
    else:
        name = "session"
    rows = write.rows
    return rows.columns[name] if isinstance(rows, Columns) else [each[name] for each in rows]


def _picked(rows: Sequence[Parameters], places: Sequence[int]) -> Sequence[Parameters]:
    if isinstance(rows, Columns):
        return Columns({name: [values[place] for place in places] for name, values in rows.columns.items()})
    return [rows[place] for place in places]


def _names_no_session(by: TableWrite) -> bool:
    """Whether a row's values do not say its session: those of an UPDATE of applications."""
    return by.table is not sessions and "session" not in by.names


@frozen(eq=False)
class _OfOneSession(TableWrite):
    """An UPDATE of rows of one session, which it names."""

    def statement(self, dialect: Dialect, *, batch: bool, prefix: str = "") -> UpdateBase:
        """The statement for one row, or for arrays of rows."""
        made = super().statement(dialect, batch=batch, prefix=prefix)
        assert isinstance(made, Update)  # noqa: S101 - whatever is inserted says its session
        return made.where(self.table.columns[BY_SESSION[self.table.name]] == bindparam(f"{prefix}{_SESSION}"))


@cache
def _of_one_session(by: TableWrite) -> TableWrite:
    return _OfOneSession(by.table, by.names, by._build)  # noqa: SLF001 - its own class
