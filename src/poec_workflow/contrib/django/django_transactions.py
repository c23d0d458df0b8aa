"""The workflow's transactions on Django's connection: the one that is open, else one for each piece of work."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import Error, connections, transaction
from django.utils.connection import ConnectionProxy

from poec_workflow.adapters.sql.connections import Reading, translating
from poec_workflow.adapters.sql.driver_transaction import Work
from poec_workflow.adapters.sql.host_transaction import JoinedConnections
from poec_workflow.adapters.sql.sqlite_scrubbing import scrub
from poec_workflow.errors import StorageUnavailable
from poec_workflow.ports import SchemaStatus

T = TypeVar("T")

_READING = "DEFERRED"
"""How SQLite begins a transaction that only reads: it waits for no writer, and keeps none waiting."""


class DjangoConnections:
    """The calling thread's connection of an alias, whichever thread calls."""

    begins_again = False

    def __init__(self, alias: str) -> None:
        self._alias = alias
        # The proxy is the calling thread's connection: one storage serves them all.
        self._joined = JoinedConnections(ConnectionProxy(connections, alias))

    def run(self, work: Work[T], *, write: bool) -> T:
        """Do work in the open transaction, behind a savepoint; else in one of its own.

        Raises:
            Conflict: another transaction holds what is wanted.
            StorageUnavailable: the database can't be reached.
        """
        with self._usable(), self._transaction(write=write):
            return self._joined.run(work, write=write)

    def read(self, work: Reading[T]) -> T:
        """Do work that only reads, with what was written so far."""
        with self._usable():
            return self._joined.read(work)

    def select(self, work: Work[T]) -> T:
        """The same."""
        with self._usable():
            return self._joined.select(work)

    def upgrade(self, partitions: int | None = None) -> SchemaStatus:
        """Make the tables, or bring older ones up to this release."""
        with self._usable(), self._transaction(write=True):
            return self._joined.upgrade(partitions)

    def status(self) -> SchemaStatus:
        """Which schema is there."""
        with self._usable():
            return self._joined.status()

    def scrub(self, *, whole: bool) -> bool:
        """Write a SQLite file anew, once the open transaction has committed; whether that was done already."""
        connection: Any = connections[self._alias]
        if connection.vendor != "sqlite" or not (connection.in_atomic_block or _of_driver(connection.get_autocommit)):
            return False
        done: list[bool] = []
        transaction.on_commit(lambda: done.append(scrub(connection.connection, whole=whole)), using=self._alias)
        return done == [True]

    def close(self) -> None:
        """Nothing: the connection is Django's."""

    @contextmanager
    def _usable(self) -> Iterator[None]:
        """Look whether the connection lives, where the project asks for that, and give up one that was lost.

        Django does so in its cursors and at the end of a request; we have the driver's, and not always a request.
        """
        connection: Any = connections[self._alias]
        if not connection.in_atomic_block:
            connection.close_if_health_check_failed()
        try:
            yield
        except StorageUnavailable:
            connection.errors_occurred = True
            if not connection.in_atomic_block:
                connection.close_if_unusable_or_obsolete()
            raise

    @contextmanager
    def _transaction(self, *, write: bool) -> Iterator[None]:
        connection: Any = connections[self._alias]
        if connection.in_atomic_block or not _of_driver(connection.get_autocommit):
            # With autocommit off, the host begins and ends its transactions itself.
            yield
            return
        with _beginning(connection, write=write), _atomic(self._alias):
            yield


@contextmanager
def _atomic(alias: str) -> Iterator[None]:
    """Django's `atomic`, whose own failures (to begin, to commit) are told as the package's."""
    block = transaction.atomic(using=alias)
    _of_driver(block.__enter__)
    try:
        yield
    except BaseException:
        _of_driver(lambda: block.__exit__(*sys.exc_info()))
        raise
    _of_driver(lambda: block.__exit__(None, None, None))


@contextmanager
def _beginning(connection: Any, *, write: bool) -> Iterator[None]:  # noqa: ANN401 - two backends' connections
    """Where nothing is written, SQLite begins as readers do, whatever the project's `transaction_mode` is."""
    mode = getattr(connection, "transaction_mode", None)
    if write or mode is None:
        yield
        return
    connection.transaction_mode = _READING
    try:
        yield
    finally:
        connection.transaction_mode = mode


def _of_driver(work: Callable[[], T]) -> T:
    """Do something of Django's, and raise the package's exceptions in place of its own, which wrap the driver's."""

    def unwrapped() -> T:
        try:
            return work()
        except Error as error:
            raise error.__cause__ or error from None

    return translating(unwrapped)
