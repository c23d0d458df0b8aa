"""A reader: keeps what it read and its cursor, in one transaction of a file of its own, and goes on from there."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from multiprocessing.connection import Connection
from pathlib import Path

from guarantees import workflow_on
from poec_workflow import Conflict, HistoryEntry
from poec_workflow.adapters.sql import SqlStorage, feed_reading
from poec_workflow.history import Position
from poec_workflow.model import SubjectKind
from poec_workflow.ports import reads_feed

PAGES = (1, 7, 50, 200)
"""How many entries a reader asks for at once: each time another."""


def _no_horizon() -> None:
    """Whatever can be seen is given, also beyond a transaction that is open."""
    real = feed_reading.horizon
    feed_reading.horizon = lambda connection: max(real(connection), 2**62)


def _cursor_first() -> None:
    """The cursor is kept in a transaction before that of the entries."""
    _Kept.at_once = False


FAULTS: dict[str, Callable[[], None]] = {"no-horizon": _no_horizon, "cursor-first": _cursor_first}
"""What can be planted in every reader."""


def read(url: str, place: Path, seed: int, stage: Connection, fault: str | None = None) -> None:
    """Read until all has been written, and nothing is left."""
    if fault is not None:
        FAULTS[fault]()
    sizes = random.Random(seed)  # noqa: S311
    with SqlStorage.open(url, attempts=30) as storage, closing(_Kept(place)) as kept:
        workflow, queries = workflow_on(storage), storage.queries
        assert reads_feed(queries)
        workflow.feed()
        stage.send("there")
        while True:
            last = stage.poll()
            try:
                page = workflow.feed(kept.cursor(), limit=sizes.choice(PAGES))
                held = queries.held_back()
            except Conflict:
                continue
            if page.items:
                kept.keep(page.items, page.next or "")
            elif last and not held:
                return
            else:
                # A reader that finds nothing waits a little.
                stage.poll(0.01)


class _Kept:
    """The file; an entry that comes twice breaks its key, and ends the reader."""

    at_once = True

    def __init__(self, place: Path) -> None:
        self._file = sqlite3.connect(place, isolation_level=None)
        self._file.execute("PRAGMA journal_mode = WAL")
        self._file.execute(
            "CREATE TABLE IF NOT EXISTS entries (number INTEGER PRIMARY KEY, kind TEXT, reference TEXT,"
            " version INTEGER, decision TEXT, UNIQUE (kind, reference, version))"
        )
        self._file.execute("CREATE TABLE IF NOT EXISTS cursors (id INTEGER PRIMARY KEY, cursor TEXT, pages INTEGER)")

    def cursor(self) -> str | None:
        found = self._file.execute("SELECT cursor FROM cursors").fetchone()
        return found and str(found[0])

    def keep(self, entries: Sequence[HistoryEntry], cursor: str) -> None:
        move = "INSERT INTO cursors VALUES (1, ?, 1) ON CONFLICT (id) DO UPDATE SET cursor = ?, pages = pages + 1"
        rows = [
            (p.kind.value, p.reference, p.version, "/".join(map(str, (d.kind, d.reference, d.version))))
            for p, d in ((each.position, each.decision) for each in entries)
        ]
        self._file.execute("BEGIN IMMEDIATE")
        self._file.execute(move, (cursor, cursor))
        if not self.at_once:
            self._file.execute("COMMIT")
            self._file.execute("BEGIN IMMEDIATE")
        self._file.executemany("INSERT INTO entries (kind, reference, version, decision) VALUES (?, ?, ?, ?)", rows)
        self._file.execute("COMMIT")

    def close(self) -> None:
        self._file.close()


def kept(place: Path) -> tuple[list[tuple[Position, str]], int]:
    """What a reader read, in its order, each with the decision that it is of; and in how many pages."""
    with closing(sqlite3.connect(place)) as file:
        rows = file.execute("SELECT kind, reference, version, decision FROM entries ORDER BY number").fetchall()
        pages = file.execute("SELECT pages FROM cursors").fetchone()
    return [(Position(SubjectKind(kind), *key), decision) for kind, *key, decision in rows], pages[0] if pages else 0
