"""Revision 0006: find applications by prescriber and actions by funder; sort them by name, and sessions by place."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from alembic.operations import Operations

from poec_workflow.errors import SchemaOutdated
from poec_workflow.views.folded_text import folded

revision = "0006"
down_revision = "0005"

BATCH = 500
LONGEST = 64
REFERENCE = sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")
FUNDER = sa.String(71).with_variant(sa.String(71, collation="C"), "postgresql")
ORGANIZATION = {
    "postgresql": "CAST(data AS json) -> 'prescriber' ->> 'organization'",
    "sqlite": "json_extract(data, '$.prescriber.organization')",
}

FOLDED = sa.String(65).with_variant(sa.String(65, collation="C"), "postgresql")
FOLDED_LENGTH = 64
Made = Callable[[Any], str]


def _funder(row: Any) -> str:  # noqa: ANN401 - a row
    """The funder, or the digest of a longer text than an index takes."""
    funder: str = json.loads(row.data)["funder"]
    return funder if len(funder) <= LONGEST else f"sha256:{hashlib.sha256(funder.encode()).hexdigest()}"


COLUMNS: Mapping[str, tuple[str, str, Made]] = {
    "poec_actions": ("funder", "data", _funder),
    "poec_people": ("name_key", "name", lambda row: f"0{folded(row.name)[:FOLDED_LENGTH]}"),
    "poec_sessions": ("place_key", "data", lambda row: folded(json.loads(row.data)["place"])[:FOLDED_LENGTH]),
}
"""Table ▸ the column that is filled in Python, the one that it is made from, and how."""


def upgrade(op: Operations) -> None:
    """Add the columns, fill them, and index them then.

    Raises:
        SchemaOutdated: SQL is written for a database that may have rows, which are folded in Python.
    """
    context = op.get_context()
    op.add_column("poec_actions", sa.Column("funder", FUNDER, server_default="", nullable=False))
    op.add_column("poec_applications", sa.Column("prescriber", REFERENCE))
    op.add_column("poec_people", sa.Column("name_key", FOLDED, server_default="0", nullable=False))
    op.add_column("poec_sessions", sa.Column("place_key", FOLDED, server_default="", nullable=False))
    organization = ORGANIZATION[context.dialect.name]
    op.execute(f"UPDATE poec_applications SET prescriber = {organization}")  # noqa: S608
    if not context.as_sql:
        for table, (column, source, made) in COLUMNS.items():
            _fill(op.get_bind(), table, column, source, made)
    elif context.opts.get("starting_rev") is not None:
        raise SchemaOutdated("the revision 0006 folds texts in Python: run `poec-workflow store upgrade`")
    for table, (column, _, _) in COLUMNS.items():
        op.create_index(f"ix_{table}_{column}_reference", table, [column, "reference"])
    for key in ("reference", "registration_key"):
        name = f"ix_poec_applications_prescriber_{key}_session"
        op.create_index(name, "poec_applications", ["prescriber", key, "session"])
    op.execute("UPDATE poec_schema SET version = 6")


def _fill(connection: sa.Connection, name: str, column: str, source: str, made: Made) -> None:
    """Batch by batch, in the order of references."""
    table = sa.table(name, *map(sa.column, ("reference", source, column)))
    batch = (
        sa.select(table.c.reference, table.c[source])
        .where(table.c.reference > sa.bindparam("after"))
        .order_by(table.c.reference)
        .limit(BATCH)
    )
    write = table.update().where(table.c.reference == sa.bindparam("known")).values({column: sa.bindparam("made")})
    after = ""
    while rows := connection.execute(batch, {"after": after}).all():
        connection.execute(write, [{"known": row.reference, "made": made(row)} for row in rows])
        after = rows[-1].reference
