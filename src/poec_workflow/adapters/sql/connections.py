"""Where transactions come from: our own engine, which retries; `joined` has the host's, which never does."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Protocol, TypeVar

import stamina
from sqlalchemy import Connection, inspect

from poec_workflow.adapters.sql.dialects import lock_schema, make_engine, prepare_file, reading, writing
from poec_workflow.adapters.sql.errors import translated
from poec_workflow.adapters.sql.schema import VERSION, metadata, schema
from poec_workflow.errors import Conflict, SchemaOutdated

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

    def create(self) -> None:
        """Make the tables, where there are none."""
        ...

    def close(self) -> None:
        """Let go of what is held."""
        ...


class OwnConnections:
    """A pool of our own; work that met a conflict is done again, a bounded number of times."""

    def __init__(self, url: str, *, busy_timeout: float, attempts: int) -> None:
        self._engine = make_engine(url, busy_timeout)
        self._reading, self._writing = reading(self._engine), writing(self._engine)
        self._attempts = attempts
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

    def create(self) -> None:
        """Make the tables, where there are none."""
        self._retried(self._prepare)

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
                connection.commit()
            return result

    def _prepare(self) -> None:
        if self._ready:
            return
        with self._lock, translated():
            with self._engine.connect() as connection:
                made = check_schema(connection)
            if not made:
                with self._engine.connect() as connection:
                    prepare_file(connection)
                with self._writing.connect() as connection:
                    create_schema(connection)
                    connection.commit()
            self._ready = True


def create_schema(connection: Connection) -> None:
    """Make the tables within a transaction, unless somebody was faster."""
    lock_schema(connection)
    if not check_schema(connection):
        metadata.create_all(connection, checkfirst=False)
        connection.execute(schema.insert(), {"version": VERSION})


def check_schema(connection: Connection) -> bool:
    """Whether the tables are there; False when none is.

    Raises:
        SchemaOutdated: they are another release's, or not ours.
    """
    there = set(inspect(connection).get_table_names()) & set(metadata.tables)
    if not there:
        return False
    versions = connection.scalars(schema.select()).all() if schema.name in there else ()
    if list(versions) != [VERSION]:
        found = ", ".join(map(str, versions)) or "none"
        raise SchemaOutdated(f"the tables have the schema {found}; this release reads {VERSION}")
    return True
