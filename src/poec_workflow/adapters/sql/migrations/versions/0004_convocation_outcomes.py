"""Revision 0004: say of each stored convocation what came of it, which the history knows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from alembic.operations import Operations

from poec_workflow.errors import SchemaOutdated

revision = "0004"
down_revision = "0003"

BATCH = 500
CONVOKES, MOVES = "convoked", "convocation-moved"
CAME_OF_IT: Mapping[str, str | None] = {
    CONVOKES: None,
    MOVES: None,
    "presence-recorded": "present",
    "absence-notified": "absent-with-notice",
    "absent-at-last-convocation": "absent-with-notice",
    "absent-without-notice": "absent-without-notice",
    "attendance-corrected": None,
}
"""The event ▸ what has come of the last convocation after it."""

applications = sa.table("poec_applications", sa.column("reference"), sa.column("data"))
history = sa.table("poec_history", *map(sa.column, ("kind", "reference", "version", "data")))

convoked = (
    sa.select(applications)
    # Empty ones are written so; what is written otherwise is looked into.
    .where(applications.c.reference > sa.bindparam("after"), ~applications.c.data.contains('"convocations": []'))
    .order_by(applications.c.reference)
    .limit(BATCH)
)
events = (
    sa.select(history.c.reference, history.c.data)
    .where(history.c.kind == "application", history.c.reference.in_(sa.bindparam("references", expanding=True)))
    .order_by(history.c.reference, history.c.version)
)
rewrite = (
    applications.update().where(applications.c.reference == sa.bindparam("known")).values(data=sa.bindparam("new"))
)


def upgrade(op: Operations) -> None:
    """Replay the attendance of every application that was convoked.

    Raises:
        SchemaOutdated: SQL is written for a database that may have rows, whose histories are read in Python.
    """
    context = op.get_context()
    if not context.as_sql:
        _rewrite(op.get_bind())
    elif context.opts.get("starting_rev") is not None:
        raise SchemaOutdated("the revision 0004 reads histories in Python: run `poec-workflow store upgrade`")
    op.execute("UPDATE poec_schema SET version = 4")


def _rewrite(connection: sa.Connection) -> None:
    """Batch by batch, in the order of references: what is in memory does not grow with the store."""
    after = ""
    while rows := connection.execute(convoked, {"after": after}).all():
        found = _outcomes(connection, [row.reference for row in rows])
        texts = ((row, _with_outcomes(row.data, found.get(row.reference, []))) for row in rows)
        changed = [{"known": row.reference, "new": text} for row, text in texts if text is not None]
        if changed:
            connection.execute(rewrite, changed)
        after = rows[-1].reference


def _outcomes(connection: sa.Connection, references: list[str]) -> Mapping[str, list[str | None]]:
    """What came of each convocation of some applications."""
    rows = connection.execute(events, {"references": references})
    return {
        reference: _replayed(json.loads(row.data)["type"] for row in some)
        for reference, some in groupby(rows, key=lambda row: row.reference)
    }


def _replayed(types: Iterable[str]) -> list[str | None]:
    outcomes: list[str | None] = []
    for each in types:
        if each == CONVOKES:
            outcomes.append(None)
        elif each in CAME_OF_IT and outcomes:
            outcomes[-1] = CAME_OF_IT[each]
    return outcomes


def _with_outcomes(text: str, outcomes: list[str | None]) -> str | None:
    """An application's JSON with them; None where it has no convocation."""
    data: dict[str, Any] = json.loads(text)
    convocations: list[dict[str, Any]] = data["convocations"]
    for place, each in enumerate(convocations):
        each["outcome"] = outcomes[place] if place < len(outcomes) else None
    return json.dumps(data, ensure_ascii=False) if convocations else None
