"""Services of other kinds on one database file: each has a table of notes, and joins us to its transaction."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Protocol, TypeVar
from unittest import mock

from django.db import connections, transaction
from sqlalchemy import create_engine, event, text
from sqlalchemy.ext.asyncio import create_async_engine

from django_settings import configure
from poec_workflow.adapters.sql import SqlStorage

T = TypeVar("T")
Work = Callable[[Callable[[str], None], SqlStorage], T]
"""What a host does in a transaction: with a way to write a note, and with us joined."""

INSERT = "INSERT INTO notes VALUES ('{}')"


class Host(Protocol):
    """A transaction of the host's own: committed when the work returns, rolled back when it raises."""

    def __call__(self, file: Path, work: Work[T]) -> T: ...


def of_sqlite3(file: Path, work: Work[T]) -> T:
    """The driver alone, in its default mode: a transaction begins with the first write."""
    return _plain(sqlite3.connect(file), work)


def of_sqlite3_with_rows(file: Path, work: Work[T]) -> T:
    """The driver with the host's own kind of rows, in a transaction that was begun by hand."""
    connection = sqlite3.connect(file, isolation_level=None, detect_types=sqlite3.PARSE_DECLTYPES)
    connection.row_factory = lambda cursor, row: {
        each[0]: value for each, value in zip(cursor.description, row, strict=True)
    }
    connection.execute("BEGIN IMMEDIATE")
    return _plain(connection, work)


def _plain(connection: sqlite3.Connection, work: Work[T]) -> T:
    with closing(connection), connection:
        return work(lambda note: _closed(connection.execute(INSERT.format(note))), SqlStorage.joined(connection))


def of_sqlalchemy(file: Path, work: Work[T]) -> T:
    """SQLAlchemy as it comes."""
    return _core(create_engine(f"sqlite:///{file}"), work)


def of_sqlalchemy_beginning(file: Path, work: Work[T]) -> T:
    """SQLAlchemy with the recipe that its manual gives for SQLite: the engine begins, not the driver."""
    engine = create_engine(f"sqlite:///{file}")
    event.listen(engine, "connect", lambda raw, _: setattr(raw, "isolation_level", None))
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return _core(engine, work)


def _core(engine: Any, work: Work[T]) -> T:
    try:
        with engine.begin() as connection:
            return work(
                lambda note: connection.execute(text(INSERT.format(note))).close(), SqlStorage.joined(connection)
            )
    finally:
        engine.dispose()


def of_async_sqlalchemy(file: Path, work: Work[T]) -> T:
    """SQLAlchemy's asyncio side, through `run_sync`."""

    async def run() -> T:
        engine = create_async_engine(f"sqlite+aiosqlite:///{file}")
        try:
            async with engine.begin() as connection:
                return await connection.run_sync(
                    lambda c: work(lambda note: c.execute(text(INSERT.format(note))).close(), SqlStorage.joined(c))
                )
        finally:
            await engine.dispose()

    return asyncio.run(run())


def of_django(file: Path, work: Work[T]) -> T:
    """Django inside of `atomic`."""
    with django_on_file(file) as connection, transaction.atomic():
        return work(lambda note: _django_note(connection, note), SqlStorage.joined(connection))


def of_django_savepoint(file: Path, work: Work[T]) -> T:
    """Django inside of two `atomic`s, of which the inner one is a savepoint."""
    with django_on_file(file) as connection, transaction.atomic(), transaction.atomic():
        return work(lambda note: _django_note(connection, note), SqlStorage.joined(connection))


@contextmanager
def django_on_file(file: Path) -> Iterator[Any]:
    """Django's own connection, to a file."""
    configure()
    # As a project that says nothing of transactions has it.
    with mock.patch.dict(connections["default"].settings_dict, {"NAME": str(file), "OPTIONS": {}}):
        try:
            yield connections["default"]
        finally:
            connections["default"].close()


def _django_note(connection: Any, note: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(INSERT.format(note))


def _closed(cursor: sqlite3.Cursor) -> None:
    cursor.close()


HOSTS: Mapping[str, Host] = {
    each.__name__: each
    for each in (
        of_sqlite3,
        of_sqlite3_with_rows,
        of_sqlalchemy,
        of_sqlalchemy_beginning,
        of_async_sqlalchemy,
        of_django,
        of_django_savepoint,
    )
}
"""Every host, by name."""
