"""Revision 0007: give each history entry its place in the feed; those that are there are numbered as they happened."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from alembic.operations import Operations

from poec_workflow.errors import SchemaOutdated

revision = "0007"
down_revision = "0006"

INSTANT: Mapping[str, str] = {
    "postgresql": (
        "CAST(extract(epoch FROM CAST(CAST(data AS json) ->> 'recorded' AS timestamptz)) * 1000000 AS BIGINT)"
    ),
    # SQLite's own instants end at milliseconds, so the fraction is read apart.
    "sqlite": (
        "strftime('%s', substr(json_extract(data, '$.recorded'), 1, 19)"
        " || substr(json_extract(data, '$.recorded'), -6))"
        " * 1000000 + CASE substr(json_extract(data, '$.recorded'), 20, 1)"
        " WHEN '.' THEN CAST(substr(json_extract(data, '$.recorded'), 21, 6) AS INTEGER) ELSE 0 END"
    ),
}
"""When an entry was recorded, in microseconds since 1970."""

SAME = " AND ".join(f"{{0}}.{name} = {{1}}.{name}" for name in ("kind", "reference", "version"))
OWN = " AND ".join(f"own.{name} = poec_feed_order.decision_{name}" for name in ("kind", "reference", "version"))

GATHER = (
    "CREATE TEMPORARY TABLE poec_feed_order AS SELECT kind, reference, version, decision_kind, decision_reference,"
    " decision_version, ordinal, {instant} AS placed FROM poec_history"
)
INDEX = "CREATE UNIQUE INDEX ix_poec_feed_order ON poec_feed_order (kind, reference, version)"
# A later version comes later, whatever the clock said.
IN_STREAMS = (
    "CREATE TEMPORARY TABLE poec_feed_streams AS SELECT kind, reference, version, version + max(placed - version)"
    " OVER (PARTITION BY kind, reference ORDER BY version) AS placed FROM poec_feed_order"
)
STREAMS_INDEX = "CREATE UNIQUE INDEX ix_poec_feed_streams ON poec_feed_streams (kind, reference, version)"
LATER_VERSIONS = (
    "UPDATE poec_feed_order SET placed = (SELECT known.placed FROM poec_feed_streams AS known"  # noqa: S608
    f" WHERE {SAME.format('known', 'poec_feed_order')}) WHERE placed < (SELECT known.placed FROM poec_feed_streams"
    f" AS known WHERE {SAME.format('known', 'poec_feed_order')})"
)
# A consequence comes after what caused it.
CONSEQUENCES = (
    "UPDATE poec_feed_order SET placed = (SELECT own.placed + poec_feed_order.ordinal FROM poec_feed_order AS own"  # noqa: S608
    f" WHERE {OWN}) WHERE ordinal > 0 AND placed < (SELECT own.placed + poec_feed_order.ordinal"
    f" FROM poec_feed_order AS own WHERE {OWN})"
)
# What was recorded in the same instant: actions before their sessions, sessions before what is registered on them.
NUMBERS = (
    "CREATE TEMPORARY TABLE poec_feed_numbers AS SELECT kind, reference, version, row_number() OVER (ORDER BY placed,"
    " CASE kind WHEN 'action' THEN 0 WHEN 'session' THEN 1 ELSE 2 END, reference, version) AS number"
    " FROM poec_feed_order"
)
NUMBERS_INDEX = "CREATE UNIQUE INDEX ix_poec_feed_numbers ON poec_feed_numbers (kind, reference, version)"
NUMBER = (
    "UPDATE poec_history SET feed_number = (SELECT known.number FROM poec_feed_numbers AS known"  # noqa: S608
    f" WHERE {SAME.format('known', 'poec_history')})"
)


def upgrade(op: Operations) -> None:
    """Add the columns, number what is there, and index it then.

    Raises:
        SchemaOutdated: SQL is written for a database that may have rows, which are put in order step by step.
    """
    context = op.get_context()
    for name in ("feed_transaction", "feed_number"):
        op.add_column("poec_history", sa.Column(name, sa.BigInteger, server_default="0", nullable=False))
    op.create_table(
        "poec_feed",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("base", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_poec_feed"),
    )
    op.execute("INSERT INTO poec_feed (id, base) VALUES (1, 0)")
    if not context.as_sql:
        _number(op.get_bind(), INSTANT[context.dialect.name])
    elif context.opts.get("starting_rev") is not None:
        raise SchemaOutdated("the revision 0007 orders histories step by step: run `poec-workflow store upgrade`")
    op.create_index("ix_poec_history_feed_transaction_feed_number", "poec_history", ["feed_transaction", "feed_number"])
    op.execute("UPDATE poec_schema SET version = 7")


def _number(connection: sa.Connection, instant: str) -> None:
    """By the clock, as far as it does not contradict versions and causes: each step may ask for another."""
    _say(connection, GATHER.format(instant=instant), INDEX)
    while True:
        _say(connection, IN_STREAMS, STREAMS_INDEX)
        moved = connection.exec_driver_sql(LATER_VERSIONS).rowcount
        _say(connection, "DROP TABLE poec_feed_streams")
        if not connection.exec_driver_sql(CONSEQUENCES).rowcount and not moved:
            break
    _say(connection, NUMBERS, NUMBERS_INDEX, NUMBER, "DROP TABLE poec_feed_numbers", "DROP TABLE poec_feed_order")


def _say(connection: sa.Connection, *statements: str) -> None:
    for each in statements:
        connection.exec_driver_sql(each).close()
