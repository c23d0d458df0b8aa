"""Revision 0001: create the tables as they were when revisions began. Frozen; later changes have their own scripts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0001"
down_revision = None

REFERENCE = sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")
ROW = sa.BigInteger().with_variant(sa.Integer, "sqlite")
# Room on a page of PostgreSQL for rows that change.
CHANGING = {"fillfactor": 70}
COUNTS = (
    "registered",
    "pending",
    "convoked",
    "present",
    "absent",
    "retained",
    "rejected",
    "no_advice",
    "session_full",
    "cancelled",
)


def upgrade(op: Operations) -> None:
    """Make them."""
    _marker(op)
    _actions(op)
    _sessions(op)
    _applications(op)
    _people(op)
    _history(op)
    _receipts(op)
    _outbox(op)


def _marker(op: Operations) -> None:
    op.create_table(
        "poec_schema",
        sa.Column("version", sa.Integer, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_poec_schema"),
    )
    op.execute("INSERT INTO poec_schema (version) VALUES (1)")


def _actions(op: Operations) -> None:
    op.create_table(
        "poec_actions",
        *_subject(),
        sa.Column("responsible", REFERENCE, nullable=False),
        sa.Column("awaits_validation", sa.Integer, nullable=False),
        sa.Column("incomplete", sa.Integer, nullable=False),
        sa.Column("search", sa.Text, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("reference", name="pk_poec_actions"),
    )


def _sessions(op: Operations) -> None:
    op.create_table(
        "poec_sessions",
        *_subject(),
        sa.Column("action", REFERENCE, nullable=False),
        sa.Column("start_on", sa.String(10), nullable=False),
        sa.Column("end_on", sa.String(10), nullable=False),
        sa.Column("registration_deadline", sa.String(10), nullable=False),
        sa.Column("responsible", REFERENCE, nullable=False),
        sa.Column("positioner", REFERENCE, nullable=False),
        sa.Column("trainer", REFERENCE, nullable=False),
        sa.Column("quota", sa.BigInteger, nullable=False),
        sa.Column("search", sa.Text, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        *(sa.Column(name, sa.Integer, server_default="0", nullable=False) for name in COUNTS),
        sa.PrimaryKeyConstraint("reference", name="pk_poec_sessions"),
        postgresql_with=CHANGING,
    )
    for columns in (
        ("action", "reference"),
        ("end_on", "reference"),
        ("positioner", "end_on"),
        ("responsible", "end_on"),
        ("trainer", "end_on"),
    ):
        _index(op, "poec_sessions", *columns)


def _applications(op: Operations) -> None:
    op.create_table(
        "poec_applications",
        *_subject(),
        sa.Column("session", REFERENCE, nullable=False),
        sa.Column("candidate", REFERENCE, nullable=False),
        sa.Column("registered_at", sa.BigInteger, nullable=False),
        sa.Column("search", sa.Text, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("reference", name="pk_poec_applications"),
        postgresql_with=CHANGING,
    )
    _index(op, "poec_applications", "candidate", "reference")
    _index(op, "poec_applications", "session", "reference")


def _people(op: Operations) -> None:
    op.create_table(
        "poec_people",
        sa.Column("reference", REFERENCE, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("email", sa.Text),
        sa.Column("search", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("reference", name="pk_poec_people"),
    )


def _history(op: Operations) -> None:
    op.create_table(
        "poec_history",
        *_position(),
        sa.Column("decision_kind", sa.String(16), nullable=False),
        sa.Column("decision_reference", REFERENCE, nullable=False),
        sa.Column("decision_version", sa.Integer, nullable=False),
        sa.Column("ordinal", sa.Integer, nullable=False),
        sa.Column("actor_candidate", REFERENCE),
        sa.Column("data", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("kind", "reference", "version", name="pk_poec_history"),
    )
    _index(op, "poec_history", "actor_candidate")
    _index(op, "poec_history", "decision_kind", "decision_reference", "decision_version")


def _receipts(op: Operations) -> None:
    op.create_table(
        "poec_receipts",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        *_position(),
        sa.PrimaryKeyConstraint("key", name="pk_poec_receipts"),
    )


def _outbox(op: Operations) -> None:
    op.create_table(
        "poec_outbox",
        sa.Column("id", ROW, autoincrement=True, nullable=False),
        *_position(),
        sa.Column("held_until", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_poec_outbox"),
        sa.UniqueConstraint("kind", "reference", "version", name="uq_poec_outbox_kind_reference_version"),
    )


def _subject() -> list[sa.Column[object]]:
    return [
        sa.Column("reference", REFERENCE, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
    ]


def _position() -> list[sa.Column[object]]:
    return [
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("reference", REFERENCE, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    ]


def _index(op: Operations, table: str, *columns: str) -> None:
    # `f`: one name is longer than PostgreSQL allows, and is cut there as the tables' own names are.
    op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, list(columns))
