"""Erase a person from the tables of people, applications and history; `adapters.anonymization` says which fields."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import BindParameter, bindparam, select, union

from poec_workflow.adapters.anonymization import anonymous_application, anonymous_entry
from poec_workflow.adapters.sql.prepared import Prepared, StatementConnection
from poec_workflow.adapters.sql.row_mapping import Values, entry_row, row_of
from poec_workflow.adapters.sql.schema import applications, history, people
from poec_workflow.adapters.sql.stored_values import read
from poec_workflow.history import HistoryEntry
from poec_workflow.model import Application, SubjectKind

_CANDIDATE: BindParameter[str] = bindparam("candidate")

_person = Prepared(people.delete().where(people.c.reference == _CANDIDATE))
# Locked, so that a command that is executed meanwhile is not overwritten.
_applications = Prepared(
    select(applications.c.data)
    .where(applications.c.candidate == _CANDIDATE)
    .order_by(applications.c.reference)
    .with_for_update()
)
_own = select(applications.c.reference).where(applications.c.candidate == _CANDIDATE)
_entry = select(history.c.data, history.c.ordinal)
# Two index searches: for one condition with OR, PostgreSQL scans the whole history.
_entries = Prepared(
    union(
        _entry.where(history.c.actor_candidate == _CANDIDATE),
        # The first entry of each of the person's applications, the only one that names a prescriber.
        _entry.where(
            history.c.kind == SubjectKind.APPLICATION.value, history.c.reference.in_(_own), history.c.version == 1
        ),
    )
)
_rewrite_application = Prepared(
    applications.update()
    .where(applications.c.reference == bindparam("known_reference"))
    .values(search=bindparam("search"), data=bindparam("data"))
)
_rewrite_entry = Prepared(
    history.update()
    .where(
        history.c.kind == bindparam("known_kind"),
        history.c.reference == bindparam("known_reference"),
        history.c.version == bindparam("known_version"),
    )
    .values(data=bindparam("data"))
)


def forget(connection: StatementConnection, candidate: str) -> None:
    """Erase a person's name and e-mail, and their name where they acted themself."""
    parameters = {"candidate": candidate}
    connection.write(_person, [parameters])
    for text in connection.values(_applications, parameters):
        application = read(text, Application)
        row = row_of(anonymous_application(application))
        rewritten = {"known_reference": application.reference, "search": row["search"], "data": row["data"]}
        connection.write(_rewrite_application, [rewritten])
    rows: Sequence[Values] = [
        entry_row(anonymous_entry(read(row.data, HistoryEntry), candidate), row.ordinal, session=None)
        for row in connection.rows(_entries, parameters)
    ]
    for row in rows:
        known = {f"known_{name}": row[name] for name in ("kind", "reference", "version")}
        connection.write(_rewrite_entry, [{**known, "data": row["data"]}])
