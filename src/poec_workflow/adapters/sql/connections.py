"""Where transactions come from: our own engine, which retries; `joined` has the host's, which never does."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Protocol, TypeVar

import stamina
from sqlalchemy import Connection

from poec_workflow.adapters.sql.dialects import exists, make_engine, prepare_file, reading, writing
from poec_workflow.adapters.sql.driver_errors import translated
from poec_workflow.adapters.sql.revisions import OURS, Lineage, check, make, status, upgrade
from poec_workflow.errors import Conflict
from poec_workflow.ports import SchemaStatus

T = TypeVar("T")
Work = Callable[[Connection], T]


class Connections(Protocol):
    """How work gets a connection with a transaction."""

    def run(self, work: Work[T], *, write: bool) -> T:
        """Do work in a transaction; undo it when it raises, or when it was not to write."""
        ...

    def read(self, work: Work[T]) -> T:
        """Do work that only reads, and sees one moment."""
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


class OwnConnections:
    """A pool of our own; work that met a conflict is done again, a bounded number of times."""

    def __init__(self, url: str, *, busy_timeout: float, attempts: int, lineage: Lineage = OURS) -> None:
        self._engine = make_engine(url, busy_timeout)
        self._reading, self._writing = reading(self._engine), writing(self._engine)
        self._attempts = attempts
        self._lineage = lineage
        self._ready = False
        self._lock = Lock()

    def run(self, work: Work[T], *, write: bool) -> T:
        """Do work in a transaction; undo it when it raises, or when it was not to write.

        Raises:
            Conflict: the retries are used up.
        """
        return self._retried(lambda: self._run(work, write=write))

    def read(self, work: Work[T]) -> T:
        """Do work that only reads, and sees one moment."""
        return self._retried(lambda: self._run(work, write=False))

    def upgrade(self) -> SchemaStatus:
        """Make the tables, or bring older ones up to this release; what was there before."""
        return self._retried(lambda: self._make(upgrade))

    def status(self) -> SchemaStatus:
        """Which schema is there; nothing is made, not even an empty file."""
        if not exists(self._engine):
            return SchemaStatus(revision=None, head=self._lineage.head)
        return self._retried(self._look)

    def close(self) -> None:
        """Close every connection; the storage can still be used, and opens new ones."""
        self._engine.dispose()

    def _retried(self, work: Callable[[], T]) -> T:
        try:
            return work()
        except Conflict:
            if self._attempts == 1:
                raise
        for attempt in stamina.retry_context(
            on=Conflict, attempts=self._attempts - 1, timeout=None, wait_initial=0.02, wait_max=1.0, wait_jitter=0.1
        ):
            with attempt:
                return work()
        raise AssertionError  # pragma: no cover - stamina raises what the last attempt raised

    def _run(self, work: Work[T], *, write: bool) -> T:
        self._prepare()
        engine = self._writing if write else self._reading
        with translated(), engine.connect() as connection:
            result = work(connection)
            if write:
                _commit(connection)
            return result

    def _prepare(self) -> None:
        if self._ready:
            return
        with self._lock:
            if not check(self._look()):
                self._make(make)
            self._ready = True

    def _look(self) -> SchemaStatus:
        with translated(), self._engine.connect() as connection:
            return status(connection, self._lineage)

    def _make(self, how: Callable[[Connection, Lineage], SchemaStatus]) -> SchemaStatus:
        with translated():
            with self._engine.connect() as connection:
                prepare_file(connection)
            with self._writing.connect() as connection:
                before = how(connection, self._lineage)
                _commit(connection)
                return before


def _commit(connection: Connection) -> None:
    """Commit. A connection that could not is closed.

    SQLAlchemy takes its transaction for ended, and would hand it on still open: with its locks, to be committed by
    whoever comes next.
    """
    try:
        connection.commit()
    except BaseException:
        connection.invalidate()
        raise
