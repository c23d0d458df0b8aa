"""The database tables, columns and indexes. A subject stands whole in `data`, as JSON; other columns are for searching.

Every table and constraint has a name, for migrations. Types are those that both databases have, and that no driver
or host converts: days are ISO text, instants microseconds since 1970, flags 0 or 1.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import reduce
from operator import add
from typing import Any

from attrs import fields
from sqlalchemy import (
    DDL,
    BigInteger,
    Column,
    ColumnElement,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    event,
    literal,
)

from poec_workflow.model import ApplicationState, SubjectKind, Tally

HEAD = "0008"
"""The revision of these tables; a change needs a new one, with its script in `migrations/versions`."""

# Order is by code point everywhere, as Python sorts.
_Reference = String(64).with_variant(String(64, collation="C"), "postgresql")
_Instant = BigInteger
_Key = String(81).with_variant(String(81, collation="C"), "postgresql")
_Day = String(10)
_Folded = String(65).with_variant(String(65, collation="C"), "postgresql")
# A digest, and what says so, where the text is longer than a reference.
_Funder = String(71).with_variant(String(71, collation="C"), "postgresql")
_Digest = String(64)
_Row = BigInteger().with_variant(Integer, "sqlite")


def _message_columns() -> Sequence[Column[Any]]:
    """The columns that say which message a row is of."""
    return (
        Column("message_id", String(36), nullable=False),
        Column("notice", String(16), nullable=False),
        Column("kind", String(16), nullable=False),
        Column("reference", _Reference, nullable=False),
        Column("version", Integer, nullable=False),
        Column("stream", _Reference, nullable=False),
        Column("stream_kind", String(16), nullable=False),
        Column("to_kind", String(16), nullable=False),
        Column("to_reference", _Reference, nullable=False),
    )


metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

# Prefixed, for a host's own alembic has its table beside ours.
revision = Table(
    "poec_alembic_version",
    metadata,
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="poec_alembic_version_pkc"),
)

# Read by the releases before there were revisions, which refuse a number that they don't know: every revision sets it.
marker = Table("poec_schema", metadata, Column("version", Integer, primary_key=True, autoincrement=False))

COUNTS = tuple(each.name for each in fields(Tally))
"""The counters of a session's row: `Tally`'s."""

actions = Table(
    "poec_actions",
    metadata,
    Column("reference", _Reference, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("state", String(32), nullable=False),
    Column("responsible", _Reference, nullable=False),
    Column("awaits_validation", Integer, nullable=False),
    Column("incomplete", Integer, nullable=False),
    Column("search", Text, nullable=False),
    Column("data", Text, nullable=False),
    Column("funder", _Funder, nullable=False, server_default=""),
    # The digest of the subject's last entry.
    Column("head", _Digest, nullable=False, server_default=""),
    Index(None, "funder", "reference"),
)

sessions = Table(
    "poec_sessions",
    metadata,
    Column("reference", _Reference, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("state", String(32), nullable=False),
    Column("action", _Reference, nullable=False),
    Column("start_on", _Day, nullable=False),
    Column("end_on", _Day, nullable=False),
    Column("registration_deadline", _Day, nullable=False),
    Column("responsible", _Reference, nullable=False),
    Column("positioner", _Reference, nullable=False),
    Column("trainer", _Reference, nullable=False),
    Column("quota", BigInteger, nullable=False),
    Column("search", Text, nullable=False),
    Column("data", Text, nullable=False),
    *(Column(name, Integer, nullable=False, server_default="0") for name in COUNTS),
    Column("session_type", Text),
    Column("place_key", _Folded, nullable=False, server_default=""),
    # The digest of the subject's last entry.
    Column("head", _Digest, nullable=False, server_default=""),
    Index(None, "action", "reference"),
    Index(None, "responsible", "end_on"),
    Index(None, "positioner", "end_on"),
    Index(None, "trainer", "end_on"),
    Index(None, "end_on", "reference"),
    Index(None, "start_on", "reference"),
    Index(None, "place_key", "reference"),
)

# No index holds the state, which changes most: the row stays on its page, and sweeps cost half.
applications = Table(
    "poec_applications",
    metadata,
    Column("reference", _Reference, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("state", String(32), nullable=False),
    Column("session", _Reference, nullable=False),
    Column("candidate", _Reference, nullable=False),
    Column("registered_at", _Instant, nullable=False),
    Column("search", Text, nullable=False),
    Column("data", Text, nullable=False),
    # The instant and the reference as one text that sorts: pages by registration are found as those by reference.
    Column("registration_key", _Key, nullable=False, server_default=""),
    # The organisation that sent the person.
    Column("prescriber", _Reference),
    # The digest of the subject's last entry.
    Column("head", _Digest, nullable=False, server_default=""),
    Index(None, "session", "reference"),
    Index(None, "candidate", "reference"),
    Index(None, "registration_key"),
    Index(None, "session", "registration_key"),
    # With the session, so that no row is read whose session is not asked for.
    Index(None, "prescriber", "reference", "session"),
    Index(None, "prescriber", "registration_key", "session"),
)

people = Table(
    "poec_people",
    metadata,
    Column("reference", _Reference, primary_key=True),
    Column("name", Text, nullable=False),
    Column("email", Text),
    Column("search", Text, nullable=False),
    Column("name_key", _Folded, nullable=False, server_default="0"),
    Index(None, "name_key", "reference"),
)

history = Table(
    "poec_history",
    metadata,
    Column("kind", String(16), nullable=False),
    Column("reference", _Reference, nullable=False),
    Column("version", Integer, nullable=False),
    Column("decision_kind", String(16), nullable=False),
    Column("decision_reference", _Reference, nullable=False),
    Column("decision_version", Integer, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("actor_candidate", _Reference),
    Column("data", Text, nullable=False),
    Column("session", _Reference),
    # The place in the feed: `feed_order` says how it is given.
    Column("feed_transaction", BigInteger, nullable=False, server_default="0"),
    Column("feed_number", BigInteger, nullable=False, server_default="0"),
    # The digest of the entry before; see `adapters.entry_digests`.
    Column("previous", _Digest, nullable=False, server_default=""),
    PrimaryKeyConstraint("kind", "reference", "version"),
    Index(None, "decision_kind", "decision_reference", "decision_version"),
    Index(None, "actor_candidate"),
    Index(None, "feed_transaction", "feed_number"),
)

# One row: what is added to the transaction numbers of this server, so that they go on from those of an earlier one.
feed = Table(
    "poec_feed",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("base", BigInteger, nullable=False),
)

receipts = Table(
    "poec_receipts",
    metadata,
    Column("key", Text, primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("reference", _Reference, nullable=False),
    Column("version", Integer, nullable=False),
    Column("session", _Reference),
)

# The session is what a larger store would be distributed by: all that a command writes is of one.
messages = Table(
    "poec_messages",
    metadata,
    Column("id", _Row, primary_key=True, autoincrement=True),
    *_message_columns(),
    Column("session", _Reference),
    Column("recorded_at", _Instant, nullable=False),
    Column("dead", Integer, nullable=False, server_default="0"),
    Column("due_at", _Instant, nullable=False, server_default="0"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("fence", Integer, nullable=False, server_default="0"),
    Column("answer", Text),
    Index(None, "stream"),
)

deliveries = Table(
    "poec_deliveries",
    metadata,
    *_message_columns(),
    Column("session", _Reference),
    Column("outcome", String(16), nullable=False),
    Column("at", _Instant, nullable=False),
    PrimaryKeyConstraint("message_id"),
    Index(None, "stream"),
)

digests = Table(
    "poec_digests",
    metadata,
    Column("organization", _Reference, primary_key=True),
    Column("day", _Day, nullable=False),
    Column("number", Integer, nullable=False),
)

# PostgreSQL leaves the rest of a page free, so that a changed row stays on its page, and no index is touched. Said as a
# statement of its own, for an option of a dialect would load that dialect in every process.
FILL_FACTOR = 70
_fill = DDL(f"ALTER TABLE %(table)s SET (fillfactor = {FILL_FACTOR})")  # type: ignore[no-untyped-call]
for _table in (sessions, applications):
    event.listen(_table, "after_create", _fill.execute_if(dialect="postgresql"))
FILLED = frozenset({sessions.name, applications.name})

SUBJECTS = {
    SubjectKind.APPLICATION: applications,
    SubjectKind.SESSION: sessions,
    SubjectKind.ACTION: actions,
}


def count_of(states: Collection[ApplicationState]) -> ColumnElement[int]:
    """How many applications of a session are in one of some states, from its counters."""
    counters: list[ColumnElement[int]] = [sessions.c[each.name.lower()] for each in sorted(states)]
    return reduce(add, counters) if counters else literal(0)
