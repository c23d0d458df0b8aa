"""What a later release might bring: a column with a value for old rows, an index, a table."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations

from poec_workflow.adapters.sql.schema import HEAD

revision = "9999"
down_revision = HEAD


def upgrade(op: Operations) -> None:
    """Applications get the day that they were last looked at, and sessions notes."""
    op.add_column("poec_applications", sa.Column("looked_at", sa.String(10), server_default="never", nullable=False))
    op.create_index("ix_poec_applications_looked_at", "poec_applications", ["looked_at"])
    op.create_table(
        "poec_notes",
        sa.Column("session", sa.String(64), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("session", name="pk_poec_notes"),
    )
    op.execute("UPDATE poec_schema SET version = 9999")
