"""The queries of a batch of commands, each for all of them at once: by a list of texts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from attrs import define
from sqlalchemy import ColumnElement, Dialect, Select, select

from poec_workflow.adapters.sql.bulk import any_of, list_parameter
from poec_workflow.adapters.sql.prepared import Prepared, StatementConnection
from poec_workflow.adapters.sql.schema import actions, applications, receipts, sessions
from poec_workflow.adapters.sql.subject_statements import is_live, session_with_action, with_registration_locks
from poec_workflow.model import ApplicationState

_Statement = Select[*tuple[Any, ...]]


def _of(column: ColumnElement[str], statement: _Statement) -> Prepared:
    """A statement on the rows whose column is one of a list."""
    return Prepared(lambda dialect: statement.where(any_of(column, "listed", dialect)))


_actions = _of(actions.c.reference, select(actions.c.data).order_by(actions.c.reference).with_for_update(read=True))
_sessions_of_applications = _of(applications.c.reference, select(applications.c.session).distinct())
_sessions = {
    registering: Prepared(
        lambda dialect, lock=lock: lock(  # type: ignore[misc]
            session_with_action.where(any_of(sessions.c.reference, "listed", dialect)).order_by(sessions.c.reference)
        )
    )
    for registering, lock in (
        (False, lambda statement: statement.with_for_update(of=sessions)),
        (True, with_registration_locks),
    )
}
_applications = _of(
    applications.c.reference,
    select(applications.c.data, applications.c.head)
    .order_by(applications.c.session, applications.c.reference)
    .with_for_update(),
)
_existing = _of(applications.c.reference, select(applications.c.reference, applications.c.data))
_live = Prepared(
    lambda dialect: select(applications.c.reference, applications.c.candidate, applications.c.session).where(
        any_of(applications.c.candidate, "candidates", dialect),
        any_of(applications.c.session, "sessions", dialect),
        is_live,
    )
)
_retained = _of(
    applications.c.candidate, select(applications.c.data).where(applications.c.state == ApplicationState.RETAINED.value)
)
_receipts = _of(receipts.c.key, select(receipts))


@define
class Lists:
    """Queries by a list of texts."""

    connection: StatementConnection

    def rows(self, statement: Prepared, texts: Iterable[str]) -> Sequence[Any]:
        """The rows of a statement; none where the list is empty."""
        listed = sorted(texts)
        return self.connection.rows(statement, {"listed": self.of(listed)}) if listed else ()

    def of(self, texts: Sequence[str]) -> str:
        """A list as a parameter."""
        dialect: Dialect = self.connection.dialect
        return list_parameter(texts, dialect)

    def actions(self, references: Iterable[str]) -> Iterable[Any]:
        """Actions, locked for sharing."""
        return self.rows(_actions, references)

    def sessions_of(self, applications: Iterable[str]) -> Iterable[str]:
        """The sessions of some applications."""
        return [row.session for row in self.rows(_sessions_of_applications, applications)]

    def sessions(self, references: Iterable[str], *, registering: bool) -> Iterable[Any]:
        """Sessions with their actions, locked; when somebody is registered, the actions for sharing."""
        return self.rows(_sessions[registering], references)

    def applications(self, references: Iterable[str]) -> Iterable[Any]:
        """Applications, locked."""
        return self.rows(_applications, references)

    def existing(self, references: Iterable[str]) -> Iterable[Any]:
        """Applications that have some references."""
        return self.rows(_existing, references)

    def live(self, pairs: Collection[tuple[str, str]]) -> Iterable[Any]:
        """The live applications of some candidates on some sessions."""
        candidates, of_sessions = (sorted({pair[index] for pair in pairs}) for index in (0, 1))
        return self.connection.rows(_live, {"candidates": self.of(candidates), "sessions": self.of(of_sessions)})

    def retained(self, candidates: Iterable[str]) -> Iterable[Any]:
        """The retained applications of some candidates, on any session."""
        return self.rows(_retained, candidates)

    def receipts(self, keys: Iterable[str]) -> Iterable[Any]:
        """The receipts of some keys as they are stored."""
        return self.rows(_receipts, keys)
