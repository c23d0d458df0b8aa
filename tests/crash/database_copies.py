"""Databases to ruin: one of each kind is prepared, and copied for every point."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from itertools import count
from operator import itemgetter
from pathlib import Path
from typing import Any

import psycopg
from operations import EMPTY, TOWN, UNVERSIONED, VERSIONED, fill_database
from sqlalchemy.engine import make_url

from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.adapters.sql.schema import metadata
from postgres import SERVER, raw_url
from stores import as_before_revisions

Copy = Callable[[], AbstractContextManager[str]]
PreparedDatabase = Mapping[str, Copy]
"""By the name of what is there: a copy of it, by its URL."""

Picture = dict[str, list[tuple[Any, ...]]]


def _prepare(url: str, kind: str) -> None:
    with SqlStorage.open(url) as storage:
        fill_database(storage)
    if kind == UNVERSIONED:
        as_before_revisions(url)


@contextmanager
def sqlite(place: Path) -> Iterator[PreparedDatabase]:
    """Files, in a folder."""
    numbers = count(1)

    def copies(kind: str) -> Copy:
        template = place / f"{kind}.db"
        if kind != EMPTY:
            _prepare(f"sqlite:///{template}", kind)

        @contextmanager
        def copy() -> Iterator[str]:
            folder = place / str(next(numbers))
            folder.mkdir()
            if template.exists():
                shutil.copy(template, folder / "poec.db")
            yield f"sqlite:///{folder}/poec.db"
            shutil.rmtree(folder)

        return copy

    yield {kind: copies(kind) for kind in (EMPTY, TOWN, VERSIONED, UNVERSIONED)}


@contextmanager
def postgresql(_place: Path) -> Iterator[PreparedDatabase]:
    """Databases of the tests' server; the town is put back as it was, which is quicker than another."""
    with SERVER.database() as town, SERVER.database() as unversioned, _Restored(f"TEMPLATE {_name(town)}") as restored:
        _prepare(town, TOWN)
        _prepare(unversioned, UNVERSIONED)
        try:
            yield {
                EMPTY: SERVER.database,
                TOWN: restored.copy,
                VERSIONED: lambda: SERVER.database(f"TEMPLATE {_name(town)}"),
                UNVERSIONED: lambda: SERVER.database(f"TEMPLATE {_name(unversioned)}"),
            }
        finally:
            _LOOK.away()


def _name(url: str) -> str | None:
    return make_url(url).database


class _Restored(ExitStack):
    """A database whose rows are put back after each use, and that is made anew when it is full of dead ones."""

    USES = 100

    def __init__(self, template: str) -> None:
        super().__init__()
        self._template = template
        self._uses = 0
        self._url = ""

    @contextmanager
    def copy(self) -> Iterator[str]:
        if self._uses % self.USES == 0:
            self.close()
            self._url = self.enter_context(SERVER.database(self._template))
            self._say("CREATE SCHEMA saved", "CREATE TABLE saved.{0} AS TABLE {0}")
        self._uses += 1
        try:
            yield self._url
        finally:
            # Who was killed is waited for; who lives and still holds something is not.
            self._say("SET lock_timeout = '30s'", "DELETE FROM {0}", "INSERT INTO {0} TABLE saved.{0}")

    def _say(self, first: str, *of_each: str) -> None:
        """In one transaction and one trip."""
        words = [first, *(each.format(table.name) for table in metadata.sorted_tables for each in of_each)]
        _LOOK.at(self._url).execute("; ".join(words).encode())


PREPARED_DATABASES = {"sqlite": sqlite, "postgresql": postgresql}


def _index(name: str) -> int:
    return [each.name for each in metadata.tables["poec_history"].columns].index(name)


_FEED = (_index("feed_transaction"), _index("feed_number"))
"""Where an entry's place in the feed stands in its row."""
_WITH_FEED = len(metadata.tables["poec_history"].columns)


def picture(url: str) -> Picture:
    """Every row of every table, and every table's and index's words; messages and the feed in their order, by rank."""
    rows = _of_file(url) if url.startswith("sqlite") else _of_server(url)
    for name in {"poec_messages", "poec_outbox"} & rows.keys():  # the second before revision 0005
        rows[name] = [(rank, *row[1:]) for rank, row in enumerate(sorted(rows[name], key=itemgetter(0)))]
    entries = rows.get("poec_history", [])
    if entries and len(entries[0]) == _WITH_FEED:
        # A transaction that was killed took a number of the server too.
        ordered = sorted(entries, key=itemgetter(*_FEED))
        first, last = _FEED[0], _FEED[-1] + 1
        placed = [(*row[:first], rank, *row[last:]) for rank, row in enumerate(ordered)]
        rows["poec_history"] = sorted(placed, key=repr)
    return rows


def _of_file(url: str) -> Picture:
    file = Path(url.removeprefix("sqlite:///"))
    if not file.exists():
        return {"schema": []}
    with closing(sqlite3.connect(file)) as connection:
        found = {"schema": connection.execute("SELECT type, name, sql FROM sqlite_master").fetchall()}
        for name in [name for kind, name, _ in found["schema"] if kind == "table"]:
            found[name] = connection.execute(f"SELECT * FROM {name}").fetchall()  # noqa: S608 - of the schema
    return _sorted(found)


def _of_server(url: str) -> Picture:
    connection = _LOOK.at(url)
    found = {"schema": connection.execute(_WORDS).fetchall()}
    names = sorted({row[1] for row in found["schema"] if row[0] == "r"})
    if names:
        # One trip for all of them.
        cursor = connection.execute("; ".join(f"SELECT * FROM {name}" for name in names))  # noqa: S608
        for name in names:
            found[name] = cursor.fetchall()
            cursor.nextset()
    return _sorted(found)


class _Look:
    """A connection of nobody's but the judge's, kept as long as the same database is looked at."""

    def __init__(self) -> None:
        self._url = ""
        self._connection: psycopg.Connection[Any] | None = None

    def at(self, url: str) -> psycopg.Connection[Any]:
        if self._connection is None or url != self._url:
            self.away()
            self._url, self._connection = url, psycopg.connect(raw_url(url), autocommit=True)
        return self._connection

    def away(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None


_LOOK = _Look()
_WORDS = """
    SELECT relkind::text, relname, attname, format_type(atttypid, atttypmod), attnotnull
    FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
    WHERE relnamespace = 'public'::regnamespace AND attnum > 0
"""
"""Of each table and index, its columns."""


def _sorted(found: Picture) -> Picture:
    return {name: sorted(rows, key=repr) for name, rows in found.items()}
