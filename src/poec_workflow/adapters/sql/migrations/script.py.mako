"""${message}."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations

revision = "${up_revision}"
down_revision = ${repr(down_revision)}


def upgrade(op: Operations) -> None:
    """Apply the revision. Write names of constraints out; `poec_schema` is what older releases read."""
    ${upgrades if upgrades else "pass"}
    op.execute("UPDATE poec_schema SET version = ${int(up_revision) if up_revision.isdigit() else 'NUMBER'}")
