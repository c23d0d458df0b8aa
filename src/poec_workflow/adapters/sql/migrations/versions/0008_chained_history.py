"""Revision 0008: each history entry carries the digest of the one before it, each subject that of its last."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import sqlalchemy as sa
from alembic.operations import Operations

from poec_workflow.errors import SchemaOutdated

revision = "0008"
down_revision = "0007"

BATCH = 1_000
START = "0" * 64
DIGEST = sa.String(64)
SUBJECTS = {"action": "poec_actions", "application": "poec_applications", "session": "poec_sessions"}
ERASABLE = (("actor", "name"), ("actor", "reference"), ("data", "comment"), ("data", "prescriber", "name"))

history = sa.table("poec_history", *map(sa.column, ("kind", "reference", "version", "ordinal", "data", "previous")))
batch = (
    sa.select(history.c.kind, history.c.reference, history.c.version, history.c.ordinal, history.c.data)
    .where(
        history.c.kind == sa.bindparam("of"),
        sa.tuple_(history.c.reference, history.c.version) > sa.tuple_(sa.bindparam("after"), sa.bindparam("at")),
    )
    .order_by(history.c.reference, history.c.version)
    .limit(BATCH)
)
write_entry = (
    history.update()
    .where(
        history.c.kind == sa.bindparam("of"),
        history.c.reference == sa.bindparam("known"),
        history.c.version == sa.bindparam("at"),
    )
    .values(previous=sa.bindparam("made"))
)


def upgrade(op: Operations) -> None:
    """Add the columns, and chain what is there.

    Raises:
        SchemaOutdated: SQL is written for a database that may have rows, whose histories are read in Python.
    """
    context = op.get_context()
    op.add_column("poec_history", sa.Column("previous", DIGEST, server_default="", nullable=False))
    for table in SUBJECTS.values():
        op.add_column(table, sa.Column("head", DIGEST, server_default="", nullable=False))
    if not context.as_sql:
        for kind, table in SUBJECTS.items():
            chain(op.get_bind(), kind, table)
    elif context.opts.get("starting_rev") is not None:
        raise SchemaOutdated("the revision 0008 reads histories in Python: run `poec-workflow store upgrade`")
    op.execute("UPDATE poec_schema SET version = 8")


def chain(connection: sa.Connection, kind: str, table: str) -> None:
    """Chain every stream of a kind: batch by batch, in the order of references and versions."""
    subjects = sa.table(table, sa.column("reference"), sa.column("head"))
    write_head = (
        subjects.update().where(subjects.c.reference == sa.bindparam("known")).values(head=sa.bindparam("made"))
    )
    reference, version, last = "", 0, START
    while rows := connection.execute(batch, {"of": kind, "after": reference, "at": version}).all():
        entries, heads = [], {}
        for row in rows:
            previous = last if row.reference == reference else START
            reference, version, last = row.reference, row.version, digest(row, previous)
            entries.append({"of": kind, "known": reference, "at": version, "made": previous})
            heads[reference] = last
        connection.execute(write_entry, entries)
        connection.execute(write_head, [{"known": known, "made": made} for known, made in heads.items()])


def digest(row: Any, previous: str) -> str:  # noqa: ANN401 - a row
    """What `adapters.entry_digests` makes of the row, as it was when this revision was written."""
    entry = json.loads(row.data)
    for *folders, name in ERASABLE:
        holder = entry
        for each in folders:
            holder = holder.get(each)
            if not isinstance(holder, dict):
                break
        else:
            holder.pop(name, None)
    whole = present({**entry, "ordinal": row.ordinal, "previous": previous})
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()


def present(value: Any) -> Any:  # noqa: ANN401 - JSON
    """JSON without the members of objects that are null or empty."""
    if isinstance(value, dict):
        found = {name: present(each) for name, each in value.items()}
        return {name: each for name, each in found.items() if each is not None and each not in ([], {})}
    return [present(each) for each in value] if isinstance(value, list) else value
