"""A filled store for each way to do a thing, ours and by hand, and the proof that both leave the same rows."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from functools import cache
from itertools import islice, zip_longest
from time import perf_counter, thread_time
from typing import Any

from sqlalchemy import RowMapping, create_engine, select

from benchmarks.calls import convocations, registrations, request_of
from benchmarks.filling import NOW, STORES, FilledStore
from benchmarks.handwritten import Call, Convocation, Handwritten
from benchmarks.handwritten_postgresql import HandwrittenInOne, HandwrittenPostgresql
from benchmarks.handwritten_sqlite import HandwrittenSqlite
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.adapters.sql.schema import metadata
from poec_workflow.notices import NONE, Notices

FEW = 5_000
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
BY_HAND: Mapping[str, type[Handwritten]] = {"sqlite": HandwrittenSqlite, "postgresql": HandwrittenPostgresql}

READING: Mapping[str, Callable[[], float]] = {"sqlite": thread_time, "postgresql": perf_counter}
"""The clock for what only reads: SQLite does it in our own thread, from pages that the system holds in memory."""

Rows = Mapping[str, list[list[object]]]


@contextmanager
def store(kind: str, many: int, notices: Notices = NONE) -> Iterator[FilledStore]:
    """A workflow on a filled store of its own; it tells nobody unless it is given a table."""
    url = STORES.copy(kind, many)
    try:
        with SqlStorage.open(url) as storage:
            yield FilledStore.on(storage, many, notices)
    finally:
        STORES.drop(url)


@contextmanager
def handwritten(
    kind: str, many: int, way: type[Handwritten] | None = None, connections: int = 1
) -> Iterator[list[Handwritten]]:
    """Connections of one who wrote it by hand, to a filled store of their own."""
    url = STORES.copy(kind, many)
    make = way or BY_HAND[kind]
    made = [make(url, lambda: NOW) for _ in range(connections)]
    try:
        yield made
    finally:
        for each in made:
            each.close()
        STORES.drop(url)


@cache
def same_rows(kind: str) -> None:
    """Carry out and sweep the same in every way, on copies of a small store; once a run.

    Raises:
        SystemExit: the rows differ: what is written by hand is no longer what the package writes.
    """
    ours = _rows_of_ours(kind)
    ways: list[type[Handwritten]] = [BY_HAND[kind], *([HandwrittenInOne] if kind == "postgresql" else [])]
    for make in ways:
        theirs = _rows_by_hand(kind, make)
        for table, rows in ours.items():
            if rows != theirs[table]:
                differing = [pair for pair in zip_longest(rows, theirs[table]) if pair[0] != pair[1]]
                raise SystemExit(f"{make.__name__} leaves other rows in {table}: {differing[:1]}")


def _calls(names: FilledStore) -> tuple[list[Call], list[Convocation]]:
    """A few that are carried out one by one, and a few in bulk."""
    single: list[Call] = [*islice(convocations(names, keyed=True), 3), *islice(registrations(names), 3)]
    return single, list(islice(convocations(names), 3, 9))


def _rows_of_ours(kind: str) -> Rows:
    url = STORES.copy(kind, FEW)
    with SqlStorage.open(url) as storage:
        names = FilledStore.on(storage, FEW)
        single, bulk = _calls(names)
        names.workflow.execute_many(map(request_of, single))
        names.workflow.execute_many(map(request_of, bulk), atomic=True)
        names.workflow.sweep()
        return _rows(url)


def _rows_by_hand(kind: str, make: type[Handwritten]) -> Rows:
    url = STORES.copy(kind, FEW)
    with closing(make(url, lambda: NOW)) as way, SqlStorage.open(url) as storage:
        single, bulk = _calls(FilledStore.on(storage, FEW))
        for call in single:
            way.execute(call)
        way.convoke_in_bulk(bulk)
        way.sweep()
        return _rows(url)


PLACE = ("feed_transaction", "feed_number")
"""Columns that have other values where transactions are other ones."""


def _rows(url: str) -> Rows:
    """Every table's rows, in one order; texts that are JSON as what they say."""
    engine = create_engine(url)
    with engine.connect() as connection:
        read = {each.name: connection.execute(select(each)).mappings().all() for each in metadata.sorted_tables}
    engine.dispose()
    return {table: sorted(map(_comparable, rows), key=repr) for table, rows in read.items()}


CHAINING = ("previous", "head")
"""The columns that chain a stream's entries, which nobody fills by hand."""


def _comparable(row: RowMapping) -> list[object]:
    return [_said(value) for name, value in row.items() if name not in (*PLACE, *CHAINING)]


def _said(value: Any) -> object:  # noqa: ANN401 - a column's
    return json.loads(value) if isinstance(value, str) and value.startswith("{") else value
