"""Load and lock on a partitioned store: which session a command's application is of is looked up, then all is of it.

Each statement on a distributed table names the session, so that the database goes to one partition.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import BindParameter, bindparam, exists, select, tuple_

from poec_workflow.adapters.sql.partitioned_schema import NO_SESSION, SESSION_OF
from poec_workflow.adapters.sql.prepared import Prepared, StatementConnection
from poec_workflow.adapters.sql.schema import applications, history, sessions
from poec_workflow.adapters.sql.subject_statements import (
    histories_of_decision,
    is_live,
    moved,
    of_application,
    open_count,
    overdue_applications,
    plain_and_locking,
)
from poec_workflow.history import Position
from poec_workflow.model import SubjectKind

_SESSION: BindParameter[str] = bindparam("session")
_is_of_session = (applications.c.session == _SESSION, sessions.c.reference == _SESSION)

_application = plain_and_locking(of_application.where(*_is_of_session), sessions, applications)
_data = Prepared(
    select(applications.c.data).where(
        applications.c.reference == bindparam("reference"), applications.c.session == _SESSION
    )
)
_live = Prepared(
    select(exists().where(applications.c.candidate == bindparam("person"), applications.c.session == _SESSION, is_live))
)
_entries = Prepared(
    select(history.c.data)
    .where(
        history.c.kind == bindparam("kind"),
        history.c.reference == bindparam("reference"),
        history.c.session == _SESSION,
    )
    .order_by(history.c.version)
)
_histories = Prepared(histories_of_decision.where(moved.c.session == _SESSION, history.c.session == _SESSION))
_place = (sessions.c.end_on, sessions.c.reference)
_ended = Prepared(
    select(*_place)
    .where(
        sessions.c.end_on < bindparam("before"),
        open_count > 0,
        tuple_(*_place) > tuple_(bindparam("after_end"), bindparam("after")),
    )
    .order_by(*_place)
    .limit(bindparam("limit"))
)
_overdue = overdue_applications.where(*_is_of_session).order_by(applications.c.reference)
_overdue_skipping = plain_and_locking(_overdue, sessions, applications, skip_locked=True)
_overdue_waiting = plain_and_locking(_overdue, sessions, applications)[True]


def session_of(connection: StatementConnection, application: str) -> str | None:
    """The session of an application, looked up once in a transaction; None where there is no such application."""
    assert connection.partitioned is not None  # noqa: S101 - the layout is what brought us here
    known = connection.partitioned.sessions
    if application not in known:
        found = connection.values(SESSION_OF, {"reference": application})
        if not found:
            return None
        known[application] = found[0]
    return known[application]


def application_row(connection: StatementConnection, reference: str, *, lock: bool) -> Any:  # noqa: ANN401 - a row
    """An application with its session and action."""
    session = session_of(connection, reference)
    return session and connection.row(_application[lock], {"reference": reference, "session": session})


def application_texts(connection: StatementConnection, reference: str) -> Sequence[str]:
    """An application as it is stored, if there is one."""
    session = session_of(connection, reference)
    return () if session is None else connection.values(_data, {"reference": reference, "session": session})


def registration_checks(
    connection: StatementConnection, reference: str, session: str, person: str
) -> tuple[str | None, bool]:
    """The application that has a reference, whatever its session, and whether a person has a live one on a session."""
    holder = session_of(connection, reference)
    existing = () if holder is None else connection.values(_data, {"reference": reference, "session": holder})
    live = connection.values(_live, {"person": person, "session": session})
    return (existing[0] if existing else None), bool(live[0])


def entry_texts(connection: StatementConnection, kind: SubjectKind, reference: str) -> Sequence[str]:
    """The history of a subject, oldest first."""
    session: str | None = NO_SESSION
    if kind is SubjectKind.APPLICATION:
        session = session_of(connection, reference)
    elif kind is SubjectKind.SESSION:
        session = reference
    parameters = {"kind": kind.value, "reference": reference, "session": session}
    return connection.values(_entries, parameters)


def histories(connection: StatementConnection, decision: Position) -> Sequence[Any]:
    """The entries of what the decision on an application or a session moved: all of it is of one session."""
    session = decision.reference if decision.kind is SubjectKind.SESSION else session_of(connection, decision.reference)
    parameters = {"kind": decision.kind.value, "reference": decision.reference, "version": decision.version}
    return connection.rows(_histories, {**parameters, "session": session})


def overdue_rows(connection: StatementConnection, before: str, limit: int, *, lock: bool) -> Sequence[Any]:
    """Rows of overdue applications: the sessions that have any are looked for, and then asked one by one."""
    found: list[Any] = []
    passed: list[str] = []
    for session in _ended_sessions(connection, before, limit):
        if len(found) >= limit:
            break
        passed.append(session)
        found += _overdue_of(connection, _overdue_skipping[lock], session, before, limit - len(found))
    if found or not lock:
        return found
    # All of them are locked by others: wait, in the order of locking.
    for session in sorted(passed):
        if len(found) < limit:
            found += _overdue_of(connection, _overdue_waiting, session, before, limit - len(found))
    return found


def _overdue_of(
    connection: StatementConnection, statement: Prepared, session: str, before: str, limit: int
) -> Sequence[Any]:
    return connection.rows(statement, {"session": session, "before": before, "limit": limit})


def _ended_sessions(connection: StatementConnection, before: str, limit: int) -> Iterator[str]:
    """The sessions that ended before a day and have open applications, the earliest ends first."""
    after = {"after_end": "", "after": ""}
    while rows := connection.rows(_ended, {"before": before, "limit": limit, **after}):
        yield from (each.reference for each in rows)
        if len(rows) < limit:
            return
        after = {"after_end": rows[-1].end_on, "after": rows[-1].reference}
