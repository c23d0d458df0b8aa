"""Revision 0002: fold the searched texts anew, and index them where the database can."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from alembic.operations import Operations

from poec_workflow.adapters.sql import search_index
from poec_workflow.errors import SchemaOutdated
from poec_workflow.views.folded_text import folded

revision = "0002"
down_revision = "0001"

BATCH = 1_000
SESSION_FIELDS = ("reference", "action", "place", "responsible", "positioner", "trainer")
Parts = Callable[[Any], tuple[str | None, ...]]


def _of_application(row: Any) -> tuple[str | None, ...]:  # noqa: ANN401 - a row
    data: Mapping[str, Any] = json.loads(row.data)
    sender: Mapping[str, str | None] = data["prescriber"]
    # As the application is now: without the name of a person who was erased.
    return data["reference"], data["candidate"], sender.get("organization"), sender.get("name")


def _of_fields(*names: str) -> Parts:
    def parts(row: Any) -> tuple[str | None, ...]:  # noqa: ANN401 - a row
        data: Mapping[str, str | None] = json.loads(row.data)
        return tuple(data[name] for name in names)

    return parts


TEXTS: Mapping[str, tuple[tuple[str, ...], Parts]] = {
    "poec_actions": (("data",), _of_fields("reference", "title", "funder", "responsible")),
    "poec_applications": (("data",), _of_application),
    "poec_people": (("name", "email"), lambda row: (row.name, row.email)),
    "poec_sessions": (("data",), _of_fields(*SESSION_FIELDS)),
}
"""Table ▸ the columns that a row's text is made from, and its parts."""


def upgrade(op: Operations) -> None:
    """Fold, then index.

    Raises:
        SchemaOutdated: SQL is written for a database that may have rows, which are folded in Python.
    """
    context = op.get_context()
    if context.as_sql:
        if context.opts.get("starting_rev") is not None:
            raise SchemaOutdated("the revision 0002 folds texts in Python: run `poec-workflow store upgrade`")
        for each in search_index.STATEMENTS[context.dialect.name]:
            op.execute(sa.text(each.replace(":", r"\:")))
    else:
        connection = op.get_bind()
        for name, (columns, parts) in TEXTS.items():
            _fold(connection, name, columns, parts)
        search_index.create(connection)
    op.execute("UPDATE poec_schema SET version = 2")


def _fold(connection: sa.Connection, name: str, columns: tuple[str, ...], parts: Parts) -> None:
    """Write the texts of a table that are folded otherwise now, batch by batch in the order of references."""
    table = sa.table(name, *map(sa.column, ("reference", "search", *columns)))
    batch = sa.select(table).where(table.c.reference > sa.bindparam("after")).order_by(table.c.reference).limit(BATCH)
    rewrite = table.update().where(table.c.reference == sa.bindparam("known")).values(search=sa.bindparam("text"))
    after = ""
    while rows := connection.execute(batch, {"after": after}).all():
        texts = ((row, folded(" ".join(part for part in parts(row) if part))) for row in rows)
        changed = [{"known": row.reference, "text": text} for row, text in texts if text != row.search]
        if changed:
            connection.execute(rewrite, changed)
        after = rows[-1].reference
