"""Revision 0003: sort applications by registration and sessions by their start, by indexes; filter by session type."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0003"
down_revision = "0002"

KEY = sa.String(81).with_variant(sa.String(81, collation="C"), "postgresql")
# Microseconds from the year 1 to 1970: a registration's microseconds are never negative with them, and have 17 digits.
TO_1970 = 62_135_596_800_000_000
DIGITS = {
    "postgresql": f"lpad((registered_at + {TO_1970})::text, 17, '0')",
    "sqlite": f"printf('%017d', registered_at + {TO_1970})",
}


def upgrade(op: Operations) -> None:
    """Add the key, fill it in one statement, and index it then: each row is written once more, and indexed once."""
    op.add_column("poec_applications", sa.Column("registration_key", KEY, server_default="", nullable=False))
    digits = DIGITS[op.get_context().dialect.name].replace(":", r"\:")
    op.execute(sa.text(f"UPDATE poec_applications SET registration_key = {digits} || reference"))  # noqa: S608
    op.create_index("ix_poec_applications_registration_key", "poec_applications", ["registration_key"])
    op.create_index(
        "ix_poec_applications_session_registration_key", "poec_applications", ["session", "registration_key"]
    )
    op.create_index("ix_poec_sessions_start_on_reference", "poec_sessions", ["start_on", "reference"])
    # No session of an earlier release has a type.
    op.add_column("poec_sessions", sa.Column("session_type", sa.Text))
    op.execute("UPDATE poec_schema SET version = 3")
