"""The host's transaction: ours goes with it, and is never committed, rolled back or retried here.

What a call wrote before it raised is undone by a savepoint, so that the host's transaction stays usable.
"""

from __future__ import annotations

from typing import TypeVar

from sqlalchemy import Connection

from poec_workflow.adapters.sql.connections import Work
from poec_workflow.adapters.sql.dialects import begin_if_needed
from poec_workflow.adapters.sql.driver_errors import translated
from poec_workflow.adapters.sql.host_connection import core
from poec_workflow.adapters.sql.revisions import OURS, Lineage, status, upgrade
from poec_workflow.ports import SchemaStatus

T = TypeVar("T")

_SAVEPOINT = "poec_workflow"


class JoinedConnections:
    """One connection, which is the host's."""

    def __init__(self, connection: object, lineage: Lineage = OURS) -> None:
        self._host = connection
        self._lineage = lineage

    def run(self, work: Work[T], *, write: bool) -> T:
        """Do work after a savepoint; go back to it when it raises, or when it was not to write.

        Raises:
            RuntimeError: the host has no transaction to join.
        """
        with translated(), core(self._host) as connection:
            begin_if_needed(connection)
            _say(connection, "SAVEPOINT")
            try:
                result = work(connection)
            except BaseException:
                # Of a connection that was lost there is nothing to undo, and saying so would hide why.
                if not connection.invalidated:
                    _undo(connection)
                raise
            if write:
                _say(connection, "RELEASE SAVEPOINT")
            else:
                _undo(connection)
            return result

    def read(self, work: Work[T]) -> T:
        """Do work that only reads, with what the host wrote so far."""
        with translated(), core(self._host) as connection:
            return work(connection)

    def upgrade(self) -> SchemaStatus:
        """Make the tables, or bring older ones up to this release, in the host's transaction."""
        return self.run(lambda connection: upgrade(connection, self._lineage), write=True)

    def status(self) -> SchemaStatus:
        """Which schema is there, as the host's transaction sees it."""
        return self.read(lambda connection: status(connection, self._lineage))

    def close(self) -> None:
        """Nothing: the connection is the host's."""


def _say(connection: Connection, words: str) -> None:
    connection.exec_driver_sql(f"{words} {_SAVEPOINT}").close()


def _undo(connection: Connection) -> None:
    _say(connection, "ROLLBACK TO SAVEPOINT")
    _say(connection, "RELEASE SAVEPOINT")
