"""Rows ▸ what a decision knows: one statement that also locks, and one more for what goes with a lock.

Locks are taken in one order: an action, its sessions by reference, a session's applications.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import BindParameter, Connection, Select, Table, and_, bindparam, exists, select, text

from poec_workflow.adapters.sql.dialects import skips_locked
from poec_workflow.adapters.sql.row_mapping import position_of, read, stored_keys, tally_of
from poec_workflow.adapters.sql.schema import COUNTS, actions, applications, count_of, history, receipts, sessions
from poec_workflow.commands import Command, CreateSession, Preregister
from poec_workflow.events import HistoryEntry, Position
from poec_workflow.model import (
    LIVE_STATES,
    OPEN_STATES,
    Application,
    SubjectKind,
    TrainingAction,
    TrainingSession,
)
from poec_workflow.policies.facts import Enrolment
from poec_workflow.ports import DecisionContext, LazySequence, Receipt

LoadOpen = Callable[[str], Sequence[Application]]
"""How a session's open applications are loaded, when they are looked at."""

Statement = Select[*tuple[Any, ...]]

_COUNTERS = tuple(sessions.c[name] for name in COUNTS)
_ASKED: BindParameter[str] = bindparam("asked")
_PARENT: BindParameter[str] = bindparam("parent")
_PERSON: BindParameter[str] = bindparam("person")

is_open = applications.c.state.in_(sorted(OPEN_STATES))
is_live = applications.c.state.in_(sorted(LIVE_STATES))
open_count = count_of(OPEN_STATES)

_session_columns = (sessions.c.data.label("session"), actions.c.data.label("action"), *_COUNTERS)
_session_from = sessions.join(actions, actions.c.reference == sessions.c.action)


def _either(statement: Statement, *of: Table, skip_locked: bool = False) -> Mapping[bool, Statement]:
    """A statement that only looks (False), and the same that locks rows of tables, in their order (True)."""
    locking = statement.with_for_update(of=of, skip_locked=skip_locked)
    return {False: statement, True: locking}


_session = _either(select(*_session_columns).select_from(_session_from).where(sessions.c.reference == _ASKED), sessions)
_application = _either(
    select(applications.c.data.label("application"), *_session_columns)
    .select_from(applications.join(_session_from, sessions.c.reference == applications.c.session))
    .where(applications.c.reference == _ASKED),
    sessions,
    applications,
)
# A session is entered, and an action gets one, only while the action stays as it is.
_registering = select(*_session_columns).select_from(_session_from).where(sessions.c.reference == _PARENT)
_entering = {
    False: _registering,
    True: _registering.with_for_update(read=True, of=actions).suffix_with(
        text(f"FOR UPDATE OF {sessions.name}"), dialect="postgresql"
    ),
}
_parent_action = select(actions.c.data).where(actions.c.reference == _PARENT)
_creating = {False: _parent_action, True: _parent_action.with_for_update(read=True)}
# Asked when the locks are held: what stands in a locking statement beside its rows is as old as its waiting was long.
_standing = select(
    select(applications.c.data).where(applications.c.reference == _ASKED).scalar_subquery().label("taken"),
    exists().where(applications.c.candidate == _PERSON, applications.c.session == _PARENT, is_live).label("live"),
)
_taken_session = select(sessions.c.data).where(sessions.c.reference == _ASKED)
_action = _either(select(actions.c.data).where(actions.c.reference == _ASKED), actions)
_sessions_of_action = _either(
    select(sessions.c.data.label("session"), *_COUNTERS)
    .where(sessions.c.action == _ASKED)
    .order_by(sessions.c.reference),
    sessions,
)
_open_of_session = _either(
    select(applications.c.data).where(applications.c.session == _ASKED, is_open).order_by(applications.c.reference),
    applications,
)
_claimed = (
    select(applications.c.data.label("application"), sessions.c.reference, *_session_columns)
    .select_from(_session_from.join(applications, applications.c.session == sessions.c.reference))
    .where(sessions.c.end_on < bindparam("before"), open_count > 0, is_open)
    .limit(bindparam("limit"))
)
_overdue = _either(
    _claimed.order_by(sessions.c.end_on, sessions.c.reference, applications.c.reference),
    sessions,
    applications,
    skip_locked=True,
)
# Who waits for sessions does so in their order.
_held_overdue = _claimed.order_by(sessions.c.reference, applications.c.reference).with_for_update(
    of=(sessions, applications)
)
_receipt = select(receipts).where(receipts.c.key.in_([_ASKED, bindparam("once")]))
_moved = history.alias("moved")
_recalled: Select[*tuple[Any, ...]] = (
    select(_moved.c.ordinal, history.c.data)
    .select_from(
        _moved.join(
            history,
            and_(
                history.c.kind == _moved.c.kind,
                history.c.reference == _moved.c.reference,
                history.c.version <= _moved.c.version,
            ),
        )
    )
    .where(
        _moved.c.decision_kind == bindparam("kind"),
        _moved.c.decision_reference == bindparam("reference"),
        _moved.c.decision_version == bindparam("version"),
    )
    .order_by(_moved.c.ordinal, history.c.version)
)


def load(connection: Connection, command: Command, load_open: LoadOpen, *, lock: bool) -> DecisionContext:
    """What is known around a command; `lock` what it may change."""
    match command:
        case Preregister():
            return _around_registration(connection, command, load_open, lock=lock)
        case CreateSession():
            return _around_creation(connection, command, lock=lock)
        case _:
            return _AROUND[command.kind](connection, command.reference, load_open, lock=lock)


def around_application(
    connection: Connection, reference: str, load_open: LoadOpen, *, lock: bool = False
) -> DecisionContext:
    """An application, its session with counts, and its action."""
    row = connection.execute(_application[lock], {"asked": reference}).one_or_none()
    return _loaded(read(row.application, Application), row, load_open) if row else DecisionContext()


def _around_session(connection: Connection, reference: str, load_open: LoadOpen, *, lock: bool) -> DecisionContext:
    row = connection.execute(_session[lock], {"asked": reference}).one_or_none()
    if row is None:
        return DecisionContext()
    enrolment = _enrolment(row, load_open)
    return DecisionContext(subject=enrolment.session, action=read(row.action, TrainingAction), enrolment=enrolment)


def _around_action(connection: Connection, reference: str, load_open: LoadOpen, *, lock: bool) -> DecisionContext:
    found = connection.scalar(_action[lock], {"asked": reference})
    if found is None:
        return DecisionContext()
    action = read(found, TrainingAction)
    rows = connection.execute(_sessions_of_action[lock], {"asked": reference})
    return DecisionContext(subject=action, action=action, enrolments=tuple(_enrolment(row, load_open) for row in rows))


_AROUND = {
    SubjectKind.APPLICATION: around_application,
    SubjectKind.SESSION: _around_session,
    SubjectKind.ACTION: _around_action,
}


def _around_registration(
    connection: Connection, command: Preregister, load_open: LoadOpen, *, lock: bool
) -> DecisionContext:
    row = connection.execute(_entering[lock], {"parent": command.session}).one_or_none()
    if row is None:
        return DecisionContext()
    asked = {"asked": command.application, "parent": command.session, "person": command.candidate.reference}
    standing = connection.execute(_standing, asked).one()
    return DecisionContext(
        subject=None if standing.taken is None else read(standing.taken, Application),
        action=read(row.action, TrainingAction),
        enrolment=_enrolment(row, load_open),
        candidate_live=bool(standing.live),
    )


def _around_creation(connection: Connection, command: CreateSession, *, lock: bool) -> DecisionContext:
    action = connection.scalar(_creating[lock], {"parent": command.action})
    if action is None:
        return DecisionContext()
    taken = connection.scalar(_taken_session, {"asked": command.session})
    subject = None if taken is None else read(taken, TrainingSession)
    return DecisionContext(subject=subject, action=read(action, TrainingAction))


def open_applications(connection: Connection, session: str, *, lock: bool = False) -> Sequence[Application]:
    """A session's open applications, by reference."""
    return [read(each, Application) for each in connection.scalars(_open_of_session[lock], {"asked": session})]


def overdue(
    connection: Connection, ended_before: date, limit: int, load_open: LoadOpen, *, lock: bool
) -> Sequence[DecisionContext]:
    """Open applications of sessions that ended before a day, those that ended first coming first.

    With `lock`, sessions that others hold are passed over; when none is left but these, they are waited for.
    """
    asked = {"before": ended_before.isoformat(), "limit": limit}
    rows = connection.execute(_overdue[lock], asked).all()
    if not rows and lock and skips_locked(connection):
        rows = connection.execute(_held_overdue, asked).all()
    found: list[DecisionContext] = []
    for _, group in groupby(rows, lambda row: row.reference):
        first, *others = group
        around = _loaded(read(first.application, Application), first, load_open)
        found.append(around)
        found.extend(
            DecisionContext(
                subject=read(row.application, Application), action=around.action, enrolment=around.enrolment
            )
            for row in others
        )
    return found


def receipt(connection: Connection, key: str) -> Receipt | None:
    """What the key was used for."""
    now, once = stored_keys(key)
    row = connection.execute(_receipt, {"asked": now, "once": once}).one_or_none()
    return Receipt(key, row.digest, position_of(row)) if row else None


def recall(connection: Connection, decision: Position) -> Sequence[Sequence[HistoryEntry]]:
    """The histories of all that a decision moved, up to and with that move."""
    asked = {"kind": decision.kind.value, "reference": decision.reference, "version": decision.version}
    rows = connection.execute(_recalled, asked)
    groups = groupby(rows, lambda row: row.ordinal)
    return [[read(row.data, HistoryEntry) for row in group] for _, group in groups]


def _loaded(subject: Application, row: Any, load_open: LoadOpen) -> DecisionContext:  # noqa: ANN401 - a row
    return DecisionContext(
        subject=subject, action=read(row.action, TrainingAction), enrolment=_enrolment(row, load_open)
    )


def _enrolment(row: Any, load_open: LoadOpen) -> Enrolment:  # noqa: ANN401 - a row
    session = read(row.session, TrainingSession)
    return Enrolment(
        session=session,
        tally=tally_of(row),
        open_applications=LazySequence(lambda: load_open(session.reference)),
    )
