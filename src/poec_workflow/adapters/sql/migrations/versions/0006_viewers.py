"""Revision 0006: find applications by the organisation that sent the person, and actions by their funder."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

import sqlalchemy as sa
from alembic.operations import Operations

from poec_workflow.errors import SchemaOutdated

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

actions = sa.table("poec_actions", *map(sa.column, ("reference", "data", "funder")))
some_actions = (
    sa.select(actions.c.reference, actions.c.data)
    .where(actions.c.reference > sa.bindparam("after"))
    .order_by(actions.c.reference)
    .limit(BATCH)
)
fund = actions.update().where(actions.c.reference == sa.bindparam("known")).values(funder=sa.bindparam("by"))


def upgrade(op: Operations) -> None:
    """Add the columns, fill them, and index them then.

    Raises:
        SchemaOutdated: SQL is written for a database that may have rows, whose funders are digested in Python.
    """
    context = op.get_context()
    op.add_column("poec_actions", sa.Column("funder", FUNDER, server_default="", nullable=False))
    op.add_column("poec_applications", sa.Column("prescriber", REFERENCE))
    organization = ORGANIZATION[context.dialect.name]
    op.execute(f"UPDATE poec_applications SET prescriber = {organization}")  # noqa: S608
    if not context.as_sql:
        _fund(op.get_bind())
    elif context.opts.get("starting_rev") is not None:
        raise SchemaOutdated("the revision 0006 reads actions in Python: run `poec-workflow store upgrade`")
    op.create_index("ix_poec_actions_funder_reference", "poec_actions", ["funder", "reference"])
    for key in ("reference", "registration_key"):
        name = f"ix_poec_applications_prescriber_{key}_session"
        op.create_index(name, "poec_applications", ["prescriber", key, "session"])
    op.execute("UPDATE poec_schema SET version = 6")


def _fund(connection: sa.Connection) -> None:
    """Batch by batch, in the order of references."""
    after = ""
    while rows := connection.execute(some_actions, {"after": after}).all():
        connection.execute(fund, [{"known": row.reference, "by": _stored(json.loads(row.data))} for row in rows])
        after = rows[-1].reference


def _stored(action: Mapping[str, str]) -> str:
    """The funder, or the digest of a longer text than an index takes."""
    funder = action["funder"]
    return funder if len(funder) <= LONGEST else f"sha256:{hashlib.sha256(funder.encode()).hexdigest()}"
