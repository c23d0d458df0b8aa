"""Run work inside a host's open transaction, behind a savepoint: it is never committed, rolled back or retried here.

Work that raises is rolled back to the savepoint, so that the host's transaction stays usable.
"""

from __future__ import annotations

from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Connection

from poec_workflow.adapters.sql.connections import Reading, translating
from poec_workflow.adapters.sql.dialects import begin_if_needed
from poec_workflow.adapters.sql.driver_transaction import Work
from poec_workflow.adapters.sql.feed_order import must_be_in_step
from poec_workflow.adapters.sql.host_connection import core_connection, driver_of
from poec_workflow.adapters.sql.host_savepoints import keep_whole
from poec_workflow.adapters.sql.partition_names import partitions_of
from poec_workflow.adapters.sql.prepared import CoreConnection, PartitionedTransaction
from poec_workflow.adapters.sql.revisions import REVISIONS, RevisionChain, status, upgrade
from poec_workflow.ports import SchemaStatus

T = TypeVar("T")

_SAVEPOINT = "poec_workflow"


class JoinedConnections:
    """The host's one connection."""

    begins_again = False

    def __init__(self, connection: object, chain: RevisionChain = REVISIONS) -> None:
        self._host = connection
        self._chain = chain

    def run(self, work: Work[T], *, write: bool) -> T:
        """Do work after a savepoint; go back to it when it raises, or when it was not to write.

        Raises:
            RuntimeError: the host has no transaction to join.
        """
        return self._run(lambda connection: work(_core(connection)), write=write)

    def read(self, work: Reading[T]) -> T:
        """Do work that only reads, with what the host wrote so far."""

        def on_core() -> T:
            with core_connection(self._host) as connection:
                return work(connection)

        return translating(on_core)

    def select(self, work: Work[T]) -> T:
        """The same, by prepared statements, which SQLAlchemy executes."""
        return self.read(lambda connection: work(CoreConnection(connection)))

    def upgrade(self, partitions: int | None = None) -> SchemaStatus:
        """Make the tables, or bring older ones up to this release, in the host's transaction."""

        def work(connection: Connection) -> SchemaStatus:
            if connection.dialect.name == "postgresql":
                _partitioned.pop(driver_of(connection), None)
            return upgrade(connection, self._chain, partitions)

        return self._run(work, write=True)

    def status(self) -> SchemaStatus:
        """Which schema is there, as the host's transaction sees it."""
        return self.read(lambda connection: status(connection, self._chain))

    def scrub(self, *, whole: bool) -> bool:
        """Nothing: the transaction is the host's, and has not ended."""
        del whole
        return False

    def close(self) -> None:
        """Nothing: the connection is the host's."""

    def _run(self, work: Reading[T], *, write: bool) -> T:
        return self.read(lambda connection: _after_savepoint(connection, work, write=write))


_partitioned: WeakKeyDictionary[Any, bool] = WeakKeyDictionary()
"""The drivers' connections ▸ whether their store is partitioned: asked once of each, not for each command."""


def _core(connection: Connection) -> CoreConnection:
    if connection.dialect.name != "postgresql":
        return CoreConnection(connection)
    driver = driver_of(connection)
    found = _partitioned.get(driver)
    if found is None:
        found = partitions_of(connection) is not None
        if found:
            must_be_in_step(connection)
        _partitioned[driver] = found
    return CoreConnection(connection, PartitionedTransaction(None) if found else None)


def _after_savepoint(connection: Connection, work: Reading[T], *, write: bool) -> T:
    begin_if_needed(connection)
    keep_whole(connection)
    _savepoint(connection, "SAVEPOINT")
    try:
        result = work(connection)
    except BaseException:
        # A lost connection has nothing to roll back, and trying would hide the error.
        if not connection.invalidated:
            _roll_back(connection)
        raise
    if write:
        _savepoint(connection, "RELEASE SAVEPOINT")
    else:
        _roll_back(connection)
    return result


def _savepoint(connection: Connection, statement: str) -> None:
    connection.exec_driver_sql(f"{statement} {_SAVEPOINT}").close()


def _roll_back(connection: Connection) -> None:
    _savepoint(connection, "ROLLBACK TO SAVEPOINT")
    _savepoint(connection, "RELEASE SAVEPOINT")
