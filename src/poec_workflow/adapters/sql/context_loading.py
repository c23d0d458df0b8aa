"""Load and lock what a decision needs: the subject of a command, its session with counters, its action.

Locks are taken in one order: an action, its sessions by reference, a session's applications.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from itertools import groupby
from typing import Any, Protocol

from attrs import evolve
from sqlalchemy import BindParameter, bindparam, exists, or_, select, text

from poec_workflow.adapters.sql.dialects import supports_skip_locked
from poec_workflow.adapters.sql.prepared import Prepared, StatementConnection
from poec_workflow.adapters.sql.row_mapping import position_of, stored_keys
from poec_workflow.adapters.sql.schema import actions, applications, receipts, sessions
from poec_workflow.adapters.sql.stored_values import read, tally_of
from poec_workflow.adapters.sql.stream_heads import StreamHeads
from poec_workflow.adapters.sql.subject_statements import (
    COUNTERS,
    histories_of_decision,
    is_live,
    is_open,
    of_application,
    overdue_applications,
    plain_and_locking,
    session_with_action,
    with_registration_locks,
)
from poec_workflow.commands import Command, CreateSession, Preregister, Retain
from poec_workflow.construction import constructor
from poec_workflow.history import HistoryEntry, Position
from poec_workflow.model import (
    Application,
    ApplicationState,
    SubjectKind,
    TrainingAction,
    TrainingSession,
)
from poec_workflow.policies.facts import Enrolment
from poec_workflow.ports import DecisionContext, LazySequence, Receipt


class LoadOfSession(Protocol):
    """How a session's open applications, or its retained ones, are loaded when they are looked at."""

    def __call__(self, session: str, *, retained: bool = False) -> Sequence[Application]:
        """Load them, by reference."""
        ...


LoadRetained = Callable[[Application], Sequence[Application]]
"""How the candidate's retained applications on other sessions are loaded, when they are looked at."""

_REFERENCE: BindParameter[str] = bindparam("reference")
_PARENT: BindParameter[str] = bindparam("parent")
_PERSON: BindParameter[str] = bindparam("person")

_session = plain_and_locking(session_with_action.where(sessions.c.reference == _REFERENCE), sessions)
_application = plain_and_locking(of_application, sessions, applications)
_registration_session = session_with_action.where(sessions.c.reference == _PARENT)
_session_to_register_on = {
    False: Prepared(_registration_session),
    True: Prepared(with_registration_locks(_registration_session)),
}
_parent_action = select(actions.c.data).where(actions.c.reference == _PARENT)
_action_to_create_under = {False: Prepared(_parent_action), True: Prepared(_parent_action.with_for_update(read=True))}
# Executed once the locks are held: a locking statement sees unlocked rows as they were before it waited.
_registration_checks = Prepared(
    select(
        select(applications.c.data).where(applications.c.reference == _REFERENCE).scalar_subquery().label("existing"),
        exists().where(applications.c.candidate == _PERSON, applications.c.session == _PARENT, is_live).label("live"),
    )
)
_existing_session = Prepared(select(sessions.c.data).where(sessions.c.reference == _REFERENCE))
_action = plain_and_locking(select(actions.c.data, actions.c.head).where(actions.c.reference == _REFERENCE), actions)
_sessions_of_action = plain_and_locking(
    select(sessions.c.data.label("session"), sessions.c.head.label("session_head"), *COUNTERS)
    .where(sessions.c.action == _REFERENCE)
    .order_by(sessions.c.reference),
    sessions,
)
_open_of_session = plain_and_locking(
    select(applications.c.reference, applications.c.data, applications.c.head)
    .where(applications.c.session == _REFERENCE, is_open)
    .order_by(applications.c.reference),
    applications,
)
_is_retained = applications.c.state == ApplicationState.RETAINED.value
_retained_of_session = Prepared(
    select(applications.c.data)
    .where(applications.c.session == _REFERENCE, _is_retained)
    .order_by(applications.c.reference)
)
_retained_elsewhere = Prepared(
    select(applications.c.data)
    .where(
        applications.c.candidate == _PERSON,
        applications.c.session != _PARENT,
        _is_retained,
    )
    .order_by(applications.c.reference)
)
# By their rowid SQLite knows sessions apart, and reads the rows in this order off the indexes; else it sorts them, with
# all their texts.
_one_session = {"sqlite": (text(f"{sessions.name}.rowid"),), "postgresql": ()}
_overdue = {
    dialect: plain_and_locking(
        overdue_applications.order_by(sessions.c.end_on, sessions.c.reference, *one_session, applications.c.reference),
        sessions,
        applications,
        skip_locked=True,
    )
    for dialect, one_session in _one_session.items()
}
# Waits for sessions in the order of locking.
_overdue_waiting = Prepared(
    overdue_applications.order_by(sessions.c.reference, applications.c.reference).with_for_update(
        of=(sessions, applications)
    )
)
_receipt = Prepared(
    select(receipts).where(or_(receipts.c.key == _REFERENCE, receipts.c.key == bindparam("legacy_key")))
)
_histories_of_decision = Prepared(histories_of_decision)


def load(
    connection: StatementConnection,
    command: Command,
    load_of_session: LoadOfSession,
    load_retained: LoadRetained,
    heads: StreamHeads,
    *,
    lock: bool,
) -> DecisionContext:
    """Load the context of a command and note its streams' heads; with `lock`, lock what it may change."""
    match command:
        case Retain():
            return _load_retention(connection, command.reference, load_of_session, load_retained, heads, lock=lock)
        case Preregister():
            return _load_registration(connection, command, load_of_session, lock=lock)
        case CreateSession():
            return _load_session_creation(connection, command, lock=lock)
        case _:
            return _LOADERS[command.subject_kind](connection, command.reference, load_of_session, heads, lock=lock)


def load_application(
    connection: StatementConnection,
    reference: str,
    load_of_session: LoadOfSession,
    heads: StreamHeads | None = None,
    *,
    lock: bool = False,
) -> DecisionContext:
    """Load an application, its session with counters, and its action; empty where there is none."""
    row = _application_row(connection, reference, lock=lock)
    if not row:
        return DecisionContext()
    context = context_of(read(row.application, Application), row, load_of_session)
    if heads is not None:
        heads[SubjectKind.APPLICATION, reference] = row.head
        _note_session(heads, context.enrolment, row)
    return context


def _application_row(connection: StatementConnection, reference: str, *, lock: bool) -> Any:  # noqa: ANN401 - a row
    if connection.partitioned is None:
        return connection.row(_application[lock], {"reference": reference})
    from poec_workflow.adapters.sql import session_loading  # noqa: PLC0415 - few stores have partitions

    return session_loading.application_row(connection, reference, lock=lock)


def _load_retention(
    connection: StatementConnection,
    reference: str,
    load_of_session: LoadOfSession,
    load_retained: LoadRetained,
    heads: StreamHeads,
    *,
    lock: bool,
) -> DecisionContext:
    """An application that is to be retained, which an advisory looks at other sessions for."""
    context = load_application(connection, reference, load_of_session, heads, lock=lock)
    application = context.subject
    if not isinstance(application, Application):
        return context
    return evolve(context, retained_elsewhere=LazySequence(lambda: load_retained(application)))


def _load_session(
    connection: StatementConnection, reference: str, load_of_session: LoadOfSession, heads: StreamHeads, *, lock: bool
) -> DecisionContext:
    row = connection.row(_session[lock], {"reference": reference})
    if row is None:
        return DecisionContext()
    heads[SubjectKind.SESSION, reference] = row.session_head
    enrolment = _enrolment(row, load_of_session)
    return _construct_context(enrolment.session, read(row.action, TrainingAction), enrolment)


def _load_action(
    connection: StatementConnection, reference: str, load_of_session: LoadOfSession, heads: StreamHeads, *, lock: bool
) -> DecisionContext:
    row = connection.row(_action[lock], {"reference": reference})
    if row is None:
        return DecisionContext()
    heads[SubjectKind.ACTION, reference] = row.head
    action = read(row.data, TrainingAction)
    rows = connection.rows(_sessions_of_action[lock], {"reference": reference})
    enrolments = tuple(_enrolment(row, load_of_session) for row in rows)
    for each, row in zip(enrolments, rows, strict=True):
        _note_session(heads, each, row)
    return DecisionContext(subject=action, action=action, enrolments=enrolments)


_LOADERS = {
    SubjectKind.APPLICATION: load_application,
    SubjectKind.SESSION: _load_session,
    SubjectKind.ACTION: _load_action,
}


def _load_registration(
    connection: StatementConnection, command: Preregister, load_of_session: LoadOfSession, *, lock: bool
) -> DecisionContext:
    row = connection.row(_session_to_register_on[lock], {"parent": command.session})
    if row is None:
        return DecisionContext()
    existing, live = _check_registration(connection, command.application, command.session, command.candidate.reference)
    return DecisionContext(
        subject=None if existing is None else read(existing, Application),
        action=read(row.action, TrainingAction),
        enrolment=_enrolment(row, load_of_session),
        candidate_live=live,
    )


def _check_registration(
    connection: StatementConnection, reference: str, session: str, person: str
) -> tuple[str | None, bool]:
    """The application that has the reference, if one has, and whether the person has a live one on the session."""
    if connection.partitioned is None:
        parameters = {"reference": reference, "parent": session, "person": person}
        checks = connection.row(_registration_checks, parameters)
        return checks.existing, bool(checks.live)
    from poec_workflow.adapters.sql import session_loading  # noqa: PLC0415 - few stores have partitions

    return session_loading.registration_checks(connection, reference, session, person)


def _load_session_creation(connection: StatementConnection, command: CreateSession, *, lock: bool) -> DecisionContext:
    row = connection.row(_action_to_create_under[lock], {"parent": command.action})
    if row is None:
        return DecisionContext()
    existing = connection.row(_existing_session, {"reference": command.session})
    subject = None if existing is None else read(existing.data, TrainingSession)
    return DecisionContext(subject=subject, action=read(row.data, TrainingAction))


def applications_of_session(
    connection: StatementConnection,
    session: str,
    heads: StreamHeads | None = None,
    *,
    retained: bool = False,
    lock: bool = False,
) -> Sequence[Application]:
    """A session's open applications, or its retained ones, which nobody changes any more; by reference."""
    parameters = {"reference": session}
    if retained:
        return [read(each, Application) for each in connection.values(_retained_of_session, parameters)]
    rows = connection.rows(_open_of_session[lock], parameters)
    if heads is not None:
        for row in rows:
            heads[SubjectKind.APPLICATION, row.reference] = row.head
    return [read(row.data, Application) for row in rows]


def retained_elsewhere(connection: StatementConnection, application: Application) -> Sequence[Application]:
    """The candidate's retained applications on other sessions, by reference; they are not locked."""
    parameters = {"person": application.candidate, "parent": application.session}
    return [read(each, Application) for each in connection.values(_retained_elsewhere, parameters)]


def overdue_rows(connection: StatementConnection, ended_before: date, limit: int, *, lock: bool) -> Sequence[Any]:
    """Rows of open applications whose sessions ended before a day, the earliest ends first, at most `limit`.

    With `lock`, rows that other transactions hold are skipped where the database can (PostgreSQL); when nothing else is
    left, they are waited for.
    """
    parameters = {"before": ended_before.isoformat(), "limit": limit}
    if connection.partitioned is not None:
        from poec_workflow.adapters.sql import session_loading  # noqa: PLC0415 - few stores have partitions

        return session_loading.overdue_rows(connection, ended_before.isoformat(), limit, lock=lock)
    rows = connection.rows(_overdue[connection.dialect.name][lock], parameters)
    if not rows and lock and supports_skip_locked(connection.dialect):
        rows = connection.rows(_overdue_waiting, parameters)
    return rows


def receipt(connection: StatementConnection, key: str) -> Receipt | None:
    """The receipt of a key, None where it is unused."""
    stored, legacy = stored_keys(key)
    row = connection.row(_receipt, {"reference": stored, "legacy_key": legacy})
    return Receipt(key, row.digest, position_of(row)) if row else None


def recall(connection: StatementConnection, decision: Position) -> Sequence[Sequence[HistoryEntry]]:
    """The histories of the subjects that a decision changed, up to and including that change."""
    groups = groupby(_entries_of(connection, decision), lambda row: row.ordinal)
    return [[read(row.data, HistoryEntry) for row in group] for _, group in groups]


def _entries_of(connection: StatementConnection, decision: Position) -> Sequence[Any]:
    if connection.partitioned is None or decision.kind is SubjectKind.ACTION:
        parameters = {"kind": decision.kind.value, "reference": decision.reference, "version": decision.version}
        return connection.rows(_histories_of_decision, parameters)
    from poec_workflow.adapters.sql import session_loading  # noqa: PLC0415 - few stores have partitions

    return session_loading.histories(connection, decision)


def context_of(subject: Application, row: Any, load_of_session: LoadOfSession) -> DecisionContext:  # noqa: ANN401 - a row
    """The context of an application, of a row that has its session and action."""
    return _construct_context(subject, read(row.action, TrainingAction), _enrolment(row, load_of_session))


def _enrolment(row: Any, load_of_session: LoadOfSession) -> Enrolment:  # noqa: ANN401 - a row
    session = read(row.session, TrainingSession)
    reference = session.reference
    return _construct_enrolment(
        session,
        tally_of(row),
        LazySequence(lambda: load_of_session(reference)),
        LazySequence(lambda: load_of_session(reference, retained=True)),
    )


def _note_session(heads: StreamHeads, enrolment: Enrolment | None, row: Any) -> None:  # noqa: ANN401 - a row
    if enrolment is not None:
        heads[SubjectKind.SESSION, enrolment.session.reference] = row.session_head


_construct_enrolment = constructor(Enrolment)
_construct_context = constructor(
    DecisionContext,
    ("subject", "action", "enrolment"),
    {"enrolments": "()", "candidate_live": "False", "retained_elsewhere": "()", "receipt": "None"},
)
