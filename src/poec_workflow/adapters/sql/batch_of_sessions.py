"""Load a batch of commands on a partitioned store: in the same order as on others, by a statement for each session."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import BindParameter, bindparam, select

from poec_workflow.adapters.sql.batch_lists import Lists
from poec_workflow.adapters.sql.bulk import any_of
from poec_workflow.adapters.sql.partitioned_schema import directory
from poec_workflow.adapters.sql.prepared import Prepared
from poec_workflow.adapters.sql.schema import applications, sessions
from poec_workflow.adapters.sql.subject_statements import is_live, session_with_action, with_registration_locks

_SESSION: BindParameter[str] = bindparam("session")
_of_session = applications.c.session == _SESSION

_one_session = session_with_action.where(sessions.c.reference == _SESSION)
_sessions = {
    False: Prepared(_one_session.with_for_update(of=sessions)),
    True: Prepared(with_registration_locks(_one_session)),
}
_sessions_of = Prepared(lambda dialect: select(directory).where(any_of(directory.c.reference, "listed", dialect)))
_locked = Prepared(
    lambda dialect: (
        select(applications.c.data, applications.c.head)
        .where(_of_session, any_of(applications.c.reference, "listed", dialect))
        .order_by(applications.c.reference)
        .with_for_update()
    )
)
_existing = Prepared(
    lambda dialect: select(applications.c.reference, applications.c.data).where(
        _of_session, any_of(applications.c.reference, "listed", dialect)
    )
)
_live = Prepared(
    lambda dialect: select(applications.c.reference, applications.c.candidate, applications.c.session).where(
        _of_session, any_of(applications.c.candidate, "listed", dialect), is_live
    )
)


class ListsOfSessions(Lists):
    """Queries that each name one session; the directory is asked once for all applications."""

    def sessions_of(self, applications: Iterable[str]) -> Iterable[str]:
        """The sessions of some applications."""
        return self._places(applications)

    def sessions(self, references: Iterable[str], *, registering: bool) -> Iterable[Any]:
        """Sessions with their actions, locked in order."""
        for each in sorted(references):
            yield from self.connection.rows(_sessions[registering], {"session": each})

    def applications(self, references: Iterable[str]) -> Iterable[Any]:
        """Applications, locked session by session."""
        return self._each(_locked, self._places(references))

    def existing(self, references: Iterable[str]) -> Iterable[Any]:
        """Applications that have some references, whatever their session."""
        return self._each(_existing, self._places(references))

    def live(self, pairs: Collection[tuple[str, str]]) -> Iterable[Any]:
        """The live applications of some candidates on some sessions."""
        of_session: dict[str, list[str]] = defaultdict(list)
        for candidate, session in sorted(pairs):
            of_session[session].append(candidate)
        return self._each(_live, of_session)

    def _places(self, applications: Iterable[str]) -> Mapping[str, Sequence[str]]:
        """The sessions of applications in order, with those of each; those that there are not are left out."""
        assert self.connection.partitioned is not None  # noqa: S101 - the layout is what brought us here
        known = self.connection.partitioned.sessions
        asked = sorted(applications)
        rows = self.rows(_sessions_of, [each for each in asked if each not in known])
        known.update((row.reference, row.session) for row in rows)
        found: dict[str, list[str]] = defaultdict(list)
        for each in asked:
            if each in known:
                found[known[each]].append(each)
        return {session: found[session] for session in sorted(found)}

    def _each(self, statement: Prepared, by_session: Mapping[str, Sequence[str]]) -> Iterator[Any]:
        for session, listed in by_session.items():
            yield from self.connection.rows(statement, {"session": session, "listed": self.of(listed)})
