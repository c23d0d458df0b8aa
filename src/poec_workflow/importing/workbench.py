"""The rows of an import, put in the order in which they can be stored: however many, in a file that goes by itself.

A temporary database of SQLite: it spills to the disk, sorts, finds what stands twice, and is gone with its process.
"""

from __future__ import annotations

import pickle
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from enum import IntEnum
from itertools import islice
from typing import Self

from attrs import frozen

from poec_workflow.commands import Command, CreateSession, Preregister
from poec_workflow.importing.import_fields import IMPORTS
from poec_workflow.importing.import_rows import ImportRow
from poec_workflow.model import SubjectKind

_KINDS = tuple(IMPORTS)
_TABLE = """
CREATE TABLE bench (
    number INTEGER PRIMARY KEY, kind INTEGER, reference TEXT, parent TEXT, mark INTEGER DEFAULT 0, body BLOB
)
"""
_LOT = 1000
_VARIABLES = 500


class Mark(IntEnum):
    """What is known of a row."""

    NEW = 0
    READY = 1
    UNCHANGED = 2
    AT_FAULT = 3
    STORED = 4


@frozen
class BenchRow:
    """A row on the bench.

    Attributes:
        number: its place among all rows.
    """

    number: int
    row: ImportRow

    @property
    def command(self) -> Command:
        """The row's command."""
        return self.row.command


class Workbench:
    """The rows of one import."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.execute("PRAGMA journal_mode = OFF")
        self._database.execute("PRAGMA synchronous = OFF")
        self._database.execute(_TABLE)
        self._lot: list[tuple[int, str, str, bytes]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    def add(self, row: ImportRow) -> None:
        """Put a row on the bench."""
        command = row.command
        body = pickle.dumps(row, pickle.HIGHEST_PROTOCOL)
        self._lot.append((_KINDS.index(command.subject_kind), command.reference, parent_of(command), body))
        if len(self._lot) >= _LOT:
            self._flush()

    def _flush(self) -> None:
        lot, self._lot = self._lot, []
        self._in_one(lambda: self._database.executemany(
            "INSERT INTO bench (kind, reference, parent, body) VALUES (?, ?, ?, ?)", lot
        ))  # fmt: skip

    def sort(self) -> None:
        """Be done with adding."""
        self._flush()
        self._database.execute("CREATE INDEX by_reference ON bench (kind, reference)")
        self._database.execute("CREATE INDEX by_parent ON bench (kind, parent, number)")

    def count(self, kind: SubjectKind, mark: Mark) -> int:
        """How many rows of a kind have a mark."""
        [(count,)] = self._database.execute(
            "SELECT count(*) FROM bench WHERE kind = ? AND mark = ?", (_KINDS.index(kind), mark)
        )
        return int(count)

    def repeated(self) -> Iterator[Sequence[BenchRow]]:
        """The rows that have one reference, where several do; in their order."""
        twice = self._database.execute("SELECT kind, reference FROM bench GROUP BY kind, reference HAVING count(*) > 1")
        for kind, reference in twice:
            yield list(self._rows("kind = ? AND reference = ? ORDER BY number", (kind, reference)))

    def rows(self, kind: SubjectKind, mark: Mark) -> Iterator[BenchRow]:
        """The rows of a kind that have a mark, those under one parent together, each in its order.

        A row's mark may be changed meanwhile.
        """
        parent, number = "", 0
        while True:
            some = self._database.execute(
                "SELECT number, parent, body FROM bench WHERE kind = ? AND (parent, number) > (?, ?) AND mark = ? "
                "ORDER BY parent, number LIMIT ?",
                (_KINDS.index(kind), parent, number, mark, _LOT),
            ).fetchall()
            if not some:
                return
            for number, parent, body in some:  # noqa: B007 - the last ones are where the next query goes on
                yield BenchRow(number, _row(body))

    def ready(self, kind: SubjectKind, references: Iterable[str]) -> Iterator[BenchRow]:
        """The rows of some references that are to be stored."""
        following = iter(sorted(set(references)))
        while some := list(islice(following, _VARIABLES)):
            places = ", ".join("?" * len(some))
            where = f"kind = ? AND reference IN ({places}) AND mark = ? ORDER BY number"
            yield from self._rows(where, (_KINDS.index(kind), *some, Mark.READY))

    def line_of(self, kind: SubjectKind, reference: str) -> ImportRow | None:
        """The row of a reference that is not to be stored, for it is at fault."""
        found = self._rows("kind = ? AND reference = ? AND mark = ?", (_KINDS.index(kind), reference, Mark.AT_FAULT))
        return next((each.row for each in found), None)

    def has(self, kind: SubjectKind, reference: str) -> bool:
        """Whether there is a row of a reference."""
        found = self._database.execute(
            "SELECT 1 FROM bench WHERE kind = ? AND reference = ? LIMIT 1", (_KINDS.index(kind), reference)
        )
        with closing(found):
            return found.fetchone() is not None

    def mark(self, marks: Iterable[tuple[BenchRow, Mark]]) -> None:
        """Note what is known of some rows."""
        numbered = [(mark, each.number) for each, mark in marks]
        self._in_one(lambda: self._database.executemany("UPDATE bench SET mark = ? WHERE number = ?", numbered))

    def _rows(self, where: str, values: Sequence[object]) -> Iterator[BenchRow]:
        found = self._database.execute(f"SELECT number, body FROM bench WHERE {where}", values)  # noqa: S608 - our own words
        for number, body in found.fetchall():
            yield BenchRow(number, _row(body))

    def _in_one(self, write: object) -> None:
        self._database.execute("BEGIN")
        write()  # type: ignore[operator]
        self._database.execute("COMMIT")


def _row(body: bytes) -> ImportRow:
    row: ImportRow = pickle.loads(body)  # noqa: S301 - written above, in a file that nobody else can open
    return row


def parent_of(command: Command) -> str:
    """The session of an application, the action of a session."""
    if isinstance(command, Preregister):
        return command.session
    return command.action if isinstance(command, CreateSession) else ""
