"""Transactions on a connection pool: begin, commit, roll back; the schema is checked, and created, on first use."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from threading import Lock
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import URL

from poec_workflow.adapters.forking import follow_forks
from poec_workflow.adapters.sql.dialects import (
    file_of,
    make_engine,
    prepare_file,
    writing_engine,
)
from poec_workflow.adapters.sql.driver_errors import database_errors, translated
from poec_workflow.adapters.sql.driver_transaction import DriverTransactions, Work
from poec_workflow.adapters.sql.feed_order import must_be_in_step
from poec_workflow.adapters.sql.losses import LostBeforeCommit, unknown_outcome
from poec_workflow.adapters.sql.open_connections import OpenConnections
from poec_workflow.adapters.sql.prepared import PARTITIONED, CoreConnection
from poec_workflow.adapters.sql.retries import retried
from poec_workflow.adapters.sql.revisions import (
    REVISIONS,
    RevisionChain,
    check,
    make,
    must_have_partitions,
    status,
    upgrade,
)
from poec_workflow.errors import Conflict, StorageUnavailable
from poec_workflow.ports import SchemaStatus

if TYPE_CHECKING:
    import sqlite3

T = TypeVar("T")
Reading = Callable[[Connection], T]

_FORK_PATIENCE, _FORK_PAUSE = 2.0, 0.001
"""Seconds that a fork waits for transactions of other threads, and between two looks at them."""


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

    def upgrade(self, partitions: int | None = None) -> SchemaStatus:
        """Make the tables, in so many partitions where a number is given, or bring older ones up to this release.

        What was there before.
        """
        ...

    def status(self) -> SchemaStatus:
        """Which schema is there; nothing is made."""
        ...

    def scrub(self, *, whole: bool) -> bool:
        """Leave nothing of what was erased in the files of the database; whether that could be done."""
        ...

    def close(self) -> None:
        """Let go of what is held."""
        ...


def translating(work: Callable[[], T], file: Path | None = None) -> T:
    """Do work, and raise the package's exceptions in place of the drivers' and SQLAlchemy's.

    Args:
        work: in a database.
        file: of the database, where it has one, for messages.

    Raises:
        Conflict, RuntimeError, SchemaOutdated, StorageUnavailable: see `translated`.
    """
    try:
        return _beginnable(work, file)
    except LostBeforeCommit as error:
        raise StorageUnavailable(str(error)) from error.__cause__


def _beginnable(work: Callable[[], T], file: Path | None) -> T:
    """The same, where `LostBeforeCommit` says that the work can begin again."""
    try:
        return work()
    except database_errors() as error:
        raise translated(error, file) from error


class OwnConnections:
    """A connection pool of the storage's own; what a conflict or a lost connection undid begins again."""

    begins_again = True

    def __init__(self, url: str | URL, *, busy_timeout: float, attempts: int, chain: RevisionChain = REVISIONS) -> None:
        self._opened = OpenConnections()
        self._engine = make_engine(url, busy_timeout, self._opened)
        self._file = file_of(self._engine)
        self._driver = DriverTransactions(self._engine)
        self._writing = writing_engine(self._engine)
        self._attempts = attempts
        self._chain = chain
        self._ready = self._inherited = self._unscrubbed = False
        self._lock = Lock()
        follow_forks(self)

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

    def upgrade(self, partitions: int | None = None) -> SchemaStatus:
        """Make the tables, or bring older ones up to this release; what was there before."""
        if partitions is not None:
            # Before there is a file.
            must_have_partitions(self._engine.dialect, partitions)
        return self._attempted(lambda: self._change_schema(partial(upgrade, partitions=partitions)))

    def status(self) -> SchemaStatus:
        """Which schema is there; nothing is made, not even an empty file."""
        return self._attempted(self._status)

    def scrub(self, *, whole: bool) -> bool:
        """Write a SQLite file anew; a log that somebody reads is emptied after a later transaction that writes."""
        if self._file is None:
            return False
        from poec_workflow.adapters.sql.sqlite_scrubbing import scrub  # noqa: PLC0415 - rare, and no command needs it

        self._unscrubbed = not self._attempted(lambda: self._on_file(lambda raw: scrub(raw, whole=whole)))
        return not self._unscrubbed

    def _empty_log(self) -> None:
        from poec_workflow.adapters.sql.sqlite_scrubbing import empty_log  # noqa: PLC0415

        self._unscrubbed = not self._on_file(empty_log)

    def _on_file(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do work on a connection to the file, outside of any transaction."""
        self._prepare()
        self._driver.make_room()
        with closing(self._engine.raw_connection()) as pooled:
            return work(cast("sqlite3.Connection", pooled.dbapi_connection))

    def close(self) -> None:
        """Close every connection; the storage can still be used, and opens new ones."""
        self._driver.close()

    def before_fork(self) -> None:
        """Close a SQLite file, once the transactions of other threads have ended; they go on after the fork."""
        self._opened.hold()
        if self._file is None:
            return
        until = monotonic() + _FORK_PATIENCE
        self._close_idle()
        while self._opened and monotonic() < until:
            sleep(_FORK_PAUSE)
            self._close_idle()

    def _close_idle(self) -> None:
        """Close what no transaction is on. The pool stays: a thread may be about to open a connection of it."""
        self._driver.let_go()
        self._engine.pool.dispose()

    def after_fork_in_parent(self) -> None:
        """Go on; connections are opened again when they are needed."""
        self._opened.go_on()

    def after_fork_in_child(self) -> None:
        """Leave every connection to the parent."""
        self._inherited = self._file is not None and bool(self._opened)
        self._opened.abandon()
        self._driver.abandon()
        self._lock = Lock()

    def _attempted(self, attempt: Callable[[], T]) -> T:
        if self._attempts == 1:
            return translating(attempt, self._file)
        with suppress(Conflict, LostBeforeCommit):
            return _beginnable(attempt, self._file)
        return translating(lambda: retried(lambda: _beginnable(attempt, self._file), self._attempts - 1))

    def _read(self, work: Reading[T]) -> T:
        self._prepare()
        self._driver.make_room()
        with _connected(self._engine) as connection:
            return work(connection)

    def _transact(self, work: Work[T], *, write: bool) -> T:
        self._prepare()
        result = self._driver.run(work, write=write)
        if self._unscrubbed and write:
            self._empty_log()
        return result

    def _prepare(self) -> None:
        if self._inherited:
            raise StorageUnavailable(f"{self._file} can't be used in a process forked in the midst of a transaction")
        if self._ready:
            return
        with self._lock:
            current = self._status()
            if not check(current):
                # Somebody else may have made them meanwhile.
                current = self._change_schema(make)
            if current.partitions:
                with _connected(self._engine) as connection:
                    must_be_in_step(connection)
                self._driver.partitioned = True
                self._engine.update_execution_options(**{PARTITIONED: True})
            self._ready = True

    def _status(self) -> SchemaStatus:
        """Which schema is there; to connect would make an empty file, unless its folder is not there either."""
        if self._file is not None and not _exists(self._file) and _exists(self._file.parent):
            return SchemaStatus(revision=None, head=self._chain.head)
        with _connected(self._engine) as connection:
            return status(connection, self._chain)

    def _change_schema(self, change: Callable[[Connection, RevisionChain], SchemaStatus]) -> SchemaStatus:
        with _connected(self._engine) as connection:
            prepare_file(connection)
        with _connected(self._writing) as connection:
            before = change(connection, self._chain)
            _commit(connection)
            return before


def _exists(path: Path) -> bool:
    return os.path.exists(path)  # noqa: PTH110 - a folder that can't be entered is no error


def _commit(connection: Connection) -> None:
    """Commit; close the connection where that fails.

    SQLAlchemy takes the transaction for ended, and would return the connection to the pool with it still open.
    """
    try:
        connection.commit()
    except BaseException as error:
        connection.invalidate()
        if getattr(error, "connection_invalidated", False):
            raise unknown_outcome(error) from error
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
