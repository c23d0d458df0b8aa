"""Transactions on a connection pool: begin, commit, roll back; the schema is checked, and created, on first use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Engine

from poec_workflow.adapters.sql.dialects import (
    database_exists,
    make_engine,
    prepare_file,
    writing_engine,
)
from poec_workflow.adapters.sql.driver_errors import database_errors, translated
from poec_workflow.adapters.sql.driver_transaction import DriverTransactions, Work
from poec_workflow.adapters.sql.prepared import CoreConnection
from poec_workflow.adapters.sql.retries import retried
from poec_workflow.adapters.sql.revisions import REVISIONS, RevisionChain, check, make, status, upgrade
from poec_workflow.errors import Conflict
from poec_workflow.ports import SchemaStatus

T = TypeVar("T")
Reading = Callable[[Connection], T]


class Connections(Protocol):
    """Where a storage gets its transactions: a pool of its own, or the host's connection.

    Attributes:
        begins_again: whether a transaction that was undone can begin again: a host's can't.
    """

    begins_again: bool

    def run(self, work: Work[T], *, write: bool) -> T:
        """Do work in a transaction; undo it when it raises, or when it was not to write."""
        ...

    def read(self, work: Reading[T]) -> T:
        """Do work that only reads, on one snapshot."""
        ...

    def select(self, work: Work[T]) -> T:
        """The same, by prepared statements."""
        ...

    def upgrade(self) -> SchemaStatus:
        """Make the tables, or bring older ones up to this release; what was there before."""
        ...

    def status(self) -> SchemaStatus:
        """Which schema is there; nothing is made."""
        ...

    def close(self) -> None:
        """Let go of what is held."""
        ...


def translating(work: Callable[[], T]) -> T:
    """Do work, and raise the package's exceptions in place of the drivers' and SQLAlchemy's.

    Raises:
        Conflict, RuntimeError, SchemaOutdated, StorageUnavailable: see `translated`.
    """
    try:
        return work()
    except database_errors() as error:
        raise translated(error) from error


class OwnConnections:
    """A connection pool of the storage's own; work that ends in a conflict is retried, at most `attempts` times."""

    begins_again = True

    def __init__(self, url: str, *, busy_timeout: float, attempts: int, chain: RevisionChain = REVISIONS) -> None:
        self._engine = make_engine(url, busy_timeout)
        self._driver = DriverTransactions(self._engine)
        self._writing = writing_engine(self._engine)
        self._attempts = attempts
        self._chain = chain
        self._ready = False
        self._lock = Lock()

    def run(self, work: Work[T], *, write: bool) -> T:
        """Do work in a transaction; undo it when it raises, or when it was not to write.

        Raises:
            Conflict: the retries are used up.
        """
        if write:
            return self._attempted(lambda: self._transact(work, write=True))
        return self.read(lambda connection: work(CoreConnection(connection)))

    def read(self, work: Reading[T]) -> T:
        """Do work that only reads, on one snapshot."""
        return self._attempted(lambda: self._read(work))

    def select(self, work: Work[T]) -> T:
        """The same, by prepared statements, which are handed to the driver."""
        return self._attempted(lambda: self._transact(work, write=False))

    def upgrade(self) -> SchemaStatus:
        """Make the tables, or bring older ones up to this release; what was there before."""
        return self._attempted(lambda: self._change_schema(upgrade))

    def status(self) -> SchemaStatus:
        """Which schema is there; nothing is made, not even an empty file."""
        if not database_exists(self._engine):
            return SchemaStatus(revision=None, head=self._chain.head)
        return self._attempted(self._read_status)

    def close(self) -> None:
        """Close every connection; the storage can still be used, and opens new ones."""
        self._driver.close()

    def _attempted(self, attempt: Callable[[], T]) -> T:
        try:
            return translating(attempt)
        except Conflict:
            if self._attempts == 1:
                raise
        return retried(lambda: translating(attempt), self._attempts - 1)

    def _read(self, work: Reading[T]) -> T:
        self._prepare()
        self._driver.make_room()
        with _connected(self._engine) as connection:
            return work(connection)

    def _transact(self, work: Work[T], *, write: bool) -> T:
        self._prepare()
        return self._driver.run(work, write=write)

    def _prepare(self) -> None:
        if self._ready:
            return
        with self._lock:
            if not check(self._read_status()):
                self._change_schema(make)
            self._ready = True

    def _read_status(self) -> SchemaStatus:
        with _connected(self._engine) as connection:
            return status(connection, self._chain)

    def _change_schema(self, change: Callable[[Connection, RevisionChain], SchemaStatus]) -> SchemaStatus:
        with _connected(self._engine) as connection:
            prepare_file(connection)
        with _connected(self._writing) as connection:
            before = change(connection, self._chain)
            _commit(connection)
            return before


def _commit(connection: Connection) -> None:
    """Commit; close the connection where that fails.

    SQLAlchemy takes the transaction for ended, and would return the connection to the pool with it still open.
    """
    try:
        connection.commit()
    except BaseException:
        connection.invalidate()
        raise


@contextmanager
def _connected(engine: Engine) -> Iterator[Connection]:
    """A connection of the pool; on PostgreSQL one that was lost meanwhile is replaced."""
    with engine.connect() as connection:
        if engine.dialect.name != "postgresql" or _answers(connection):
            yield connection
            return
    # The others in the pool were lost with it.
    engine.dispose()
    with engine.connect() as connection:
        yield connection


def _answers(connection: Connection) -> bool:
    driver: Any = connection.connection.dbapi_connection
    try:
        connection.dialect.do_ping(driver)
    except connection.dialect.loaded_dbapi.Error as error:
        if not connection.dialect.is_disconnect(error, driver, None):
            raise
        connection.invalidate(error)
        return False
    return True
