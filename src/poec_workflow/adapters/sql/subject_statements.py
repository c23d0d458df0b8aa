"""What is selected of applications, sessions and actions to decide on them, whatever finds the rows and locks them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, Table, and_, bindparam, select, text

from poec_workflow.adapters.sql.prepared import Prepared
from poec_workflow.adapters.sql.schema import COUNTS, actions, applications, count_of, history, sessions
from poec_workflow.model import LIVE_STATES, OPEN_STATES

Statement = Select[*tuple[Any, ...]]

COUNTERS = tuple(sessions.c[name] for name in COUNTS)
is_open = applications.c.state.in_(sorted(OPEN_STATES))
is_live = applications.c.state.in_(sorted(LIVE_STATES))
open_count = count_of(OPEN_STATES)

_session_columns = (
    sessions.c.data.label("session"),
    sessions.c.head.label("session_head"),
    actions.c.data.label("action"),
    *COUNTERS,
)
_session_from = sessions.join(actions, actions.c.reference == sessions.c.action)


def with_registration_locks(statement: Statement) -> Statement:
    """Lock the sessions, and their actions FOR SHARE: an action stays as it is, and others may register too."""
    return statement.with_for_update(read=True, of=actions).suffix_with(
        text(f"FOR UPDATE OF {sessions.name}"), dialect="postgresql"
    )


def plain_and_locking(statement: Statement, *of: Table, skip_locked: bool = False) -> Mapping[bool, Prepared]:
    """The statement without locks (False), and locking the rows of some tables, in their order (True)."""
    locking = statement.with_for_update(of=of, skip_locked=skip_locked)
    return {False: Prepared(statement), True: Prepared(locking)}


session_with_action = select(*_session_columns).select_from(_session_from)
of_application = (
    select(applications.c.data.label("application"), applications.c.head, *_session_columns)
    .select_from(applications.join(_session_from, sessions.c.reference == applications.c.session))
    .where(applications.c.reference == bindparam("reference"))
)
overdue_applications = (
    select(
        applications.c.reference.label("application_reference"),
        applications.c.version,
        applications.c.state,
        applications.c.data.label("application"),
        applications.c.head,
        sessions.c.reference,
        *_session_columns,
    )
    .select_from(_session_from.join(applications, applications.c.session == sessions.c.reference))
    .where(sessions.c.end_on < bindparam("before"), open_count > 0, is_open)
    .limit(bindparam("limit"))
)
moved = history.alias("moved")
histories_of_decision = (
    select(moved.c.ordinal, history.c.data)
    .select_from(
        moved.join(
            history,
            and_(
                history.c.kind == moved.c.kind,
                history.c.reference == moved.c.reference,
                history.c.version <= moved.c.version,
            ),
        )
    )
    .where(
        moved.c.decision_kind == bindparam("kind"),
        moved.c.decision_reference == bindparam("reference"),
        moved.c.decision_version == bindparam("version"),
    )
    .order_by(moved.c.ordinal, history.c.version)
)
