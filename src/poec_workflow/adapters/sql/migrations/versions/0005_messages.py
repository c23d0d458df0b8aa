"""Revision 0005: messages in place of the outbox; history and receipts know their session."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0005"
down_revision = "0004"

REFERENCE = sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")
DAY = sa.String(10)
ROW = sa.BigInteger().with_variant(sa.Integer, "sqlite")
OF_SESSION = (
    "CASE kind WHEN 'session' THEN reference WHEN 'application' THEN "
    "(SELECT session FROM poec_applications WHERE poec_applications.reference = {table}.reference) END"
)


def upgrade(op: Operations) -> None:
    """Add the session to history and receipts, and make the tables of messages."""
    for table in ("poec_history", "poec_receipts"):
        op.add_column(table, sa.Column("session", REFERENCE))
        op.execute(f"UPDATE {table} SET session = {OF_SESSION.format(table=table)}")  # noqa: S608
    op.create_table(
        "poec_messages",
        sa.Column("id", ROW, autoincrement=True, nullable=False),
        *_message_columns(),
        sa.Column("session", REFERENCE),
        sa.Column("recorded_at", sa.BigInteger, nullable=False),
        *(
            sa.Column(name, kind, server_default="0", nullable=False)
            for name, kind in (
                ("dead", sa.Integer),
                ("due_at", sa.BigInteger),
                ("attempts", sa.Integer),
                ("fence", sa.Integer),
            )
        ),
        sa.Column("answer", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_poec_messages"),
    )
    op.create_index("ix_poec_messages_stream", "poec_messages", ["stream"])
    op.create_table(
        "poec_deliveries",
        *_message_columns(),
        sa.Column("session", REFERENCE),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("message_id", name="pk_poec_deliveries"),
    )
    op.create_index("ix_poec_deliveries_stream", "poec_deliveries", ["stream"])
    op.create_table(
        "poec_digests",
        sa.Column("organization", REFERENCE, nullable=False),
        sa.Column("day", DAY, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("organization", name="pk_poec_digests"),
    )
    op.drop_table("poec_outbox")
    op.execute("UPDATE poec_schema SET version = 5")


def _message_columns() -> Sequence[sa.Column[Any]]:
    return (
        sa.Column("message_id", sa.String(36), nullable=False),
        sa.Column("notice", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("reference", REFERENCE, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("stream", REFERENCE, nullable=False),
        sa.Column("stream_kind", sa.String(16), nullable=False),
        sa.Column("to_kind", sa.String(16), nullable=False),
        sa.Column("to_reference", REFERENCE, nullable=False),
    )
