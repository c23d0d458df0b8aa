"""Read all streams of a store with their subjects, page by page: what is in memory does not grow with the store.

A page is one statement, so that a subject and its entries are of one moment on any connection. Streams come by kind and
reference, as a file of heads has them, and their entries by version.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

from attrs import frozen
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Table,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal_column,
    null,
    or_,
    select,
)

from poec_workflow.adapters.sql.connections import Connections
from poec_workflow.adapters.sql.prepared import Parameters, Prepared, StatementConnection
from poec_workflow.adapters.sql.schema import COUNTS, SUBJECTS, applications, history, sessions
from poec_workflow.model import SubjectKind

PAGE = 1_000
"""Entries read at once."""
KINDS = tuple(sorted(SubjectKind))
SEARCHED = frozenset({"search", "place_key"})
"""Columns that are derived for searching alone, by rules of texts that may differ between releases of Python."""

FIRST = -(2**31)
_AFTER: BindParameter[str] = bindparam("after")
_UPTO: BindParameter[str] = bindparam("upto")
_AT: BindParameter[int] = bindparam("at")
_ENTRY = tuple(each for each in history.columns if each.name not in ("kind", "reference"))


def _own(table: Table) -> Sequence[str]:
    """The names of what is read of a subject, after its reference."""
    return [each.name for each in table.columns if each.name not in (*SEARCHED, *COUNTS, "reference")]


def _columns(table: Table) -> Sequence[Any]:
    """The subject's version with each entry, all of its row with the last one."""
    last = or_(history.c.version.is_(None), history.c.version >= table.c.version)
    return (
        *(each.label(f"entry_{each.name}") for each in _ENTRY),
        table.c.reference,
        *(table.c[name] if name == "version" else case((last, table.c[name])).label(name) for name in _own(table)),
    )


def _with_entries(table: Table, kind: SubjectKind) -> Any:  # noqa: ANN401 - a SELECT of many columns
    of_subject = and_(history.c.kind == literal_column(f"'{kind.value}'"), history.c.reference == table.c.reference)
    return select(*_columns(table)).select_from(table.outerjoin(history, of_subject)).limit(PAGE)


_next = {
    kind: Prepared(
        _with_entries(table, kind).where(table.c.reference > _AFTER).order_by(table.c.reference, history.c.version)
    )
    for kind, table in SUBJECTS.items()
}
_rest = {
    kind: Prepared(
        _with_entries(table, kind)
        .where(table.c.reference == _AFTER, or_(history.c.version.is_(None), history.c.version > _AT))
        .order_by(history.c.version)
    )
    for kind, table in SUBJECTS.items()
}
_entries = {
    kind: Prepared(
        select(
            *(each.label(f"entry_{each.name}") for each in _ENTRY),
            history.c.reference,
            *(null().label(name) for name in _own(table)),
        )
        .where(history.c.kind == kind.value, history.c.reference == _AFTER, history.c.version > _AT)
        .order_by(history.c.version)
        .limit(PAGE)
    )
    for kind, table in SUBJECTS.items()
}


def _orphaned(kind: SubjectKind, *before: ColumnElement[bool]) -> Prepared:
    """References that have entries and no subject, after one."""
    table = SUBJECTS[kind]
    without = ~exists().where(table.c.reference == history.c.reference)
    return Prepared(
        select(history.c.reference)
        .where(history.c.kind == kind.value, history.c.reference > _AFTER, *before, without)
        .distinct()
        .order_by(history.c.reference)
        .limit(PAGE)
    )


_orphans = {kind: _orphaned(kind, history.c.reference <= _UPTO) for kind in SUBJECTS}
_last_orphans = {kind: _orphaned(kind) for kind in SUBJECTS}
# Ranges beside the kinds, which the key's index finds.
_beside = (
    history.c.kind < KINDS[0].value,
    *(and_(history.c.kind > one.value, history.c.kind < other.value) for one, other in pairwise(KINDS)),
    history.c.kind > KINDS[-1].value,
)
_of_no_kind = Prepared(
    select(history.c.kind, history.c.reference, history.c.version)
    .where(or_(*_beside))
    .order_by(history.c.kind, history.c.reference, history.c.version)
    .limit(PAGE)
)
_counters = tuple(sessions.c[name] for name in COUNTS)
_recounted = Prepared(
    select(sessions.c.reference, sessions.c.version, *_counters, applications.c.state, func.count().label("many"))
    .select_from(sessions.outerjoin(applications, applications.c.session == sessions.c.reference))
    .where(sessions.c.reference > _AFTER, sessions.c.reference <= _UPTO)
    .group_by(sessions.c.reference, sessions.c.version, *_counters, applications.c.state)
    .order_by(sessions.c.reference)
)


@frozen
class Page:
    """Streams that follow one another.

    Attributes:
        rows: of a subject with an entry, in order; of one without any entry a row whose entry is null.
        orphans: references in the same range that have entries and no subject.
        recounted: of sessions, the applications in each state, beside the counters.
    """

    rows: Sequence[Any]
    orphans: Sequence[str]
    recounted: Sequence[Any]


@frozen
class StreamReading:
    """The streams of a store; each page is read in a transaction of its own."""

    _connections: Connections

    def pages(self, kind: SubjectKind) -> Iterator[Page]:
        """All streams of a kind."""
        after, at = "", FIRST
        while True:
            page = self._connections.select(partial(_page, kind=kind, after=after, at=at))
            yield page
            if not page.rows:
                return
            last = page.rows[-1]
            after, at = last.reference, FIRST if last.entry_version is None else last.entry_version

    def alone(self, kind: SubjectKind, reference: str, take: Callable[[Any], object]) -> bool:
        """Take the rows of one stream in one transaction, and say whether there are any.

        Where there is no subject, its columns are null.
        """

        def work(connection: StatementConnection) -> bool:
            return any(_taken(connection, each[kind], reference, take) for each in (_rest, _entries))

        return self._connections.select(work)

    def of_no_kind(self) -> Sequence[Any]:
        """The first entries whose kind of subject there is none of."""
        return self._connections.select(lambda c: c.rows(_of_no_kind))


def _taken(connection: StatementConnection, statement: Prepared, reference: str, take: Callable[[Any], object]) -> bool:
    at, found = FIRST, False
    while rows := connection.rows(statement, {"after": reference, "at": at}):
        found = True
        for row in rows:
            take(row)
        if len(rows) < PAGE:
            break
        at = rows[-1].entry_version
    return found


def _page(connection: StatementConnection, kind: SubjectKind, after: str, at: int) -> Page:
    parameters = {"after": after}
    rows: list[Any] = []
    if after:
        rest = connection.rows(_rest[kind], {**parameters, "at": at})
        rows = [each for each in rest if each.entry_version is not None]
    if len(rows) < PAGE:
        rows += connection.rows(_next[kind], parameters)
    if not rows:
        return Page((), _all_orphans(connection, _last_orphans[kind], parameters), ())
    parameters["upto"] = rows[-1].reference
    recounted = connection.rows(_recounted, parameters) if kind is SubjectKind.SESSION else ()
    return Page(rows, _all_orphans(connection, _orphans[kind], parameters), recounted)


def _all_orphans(connection: StatementConnection, statement: Prepared, parameters: Parameters) -> Sequence[str]:
    found: list[str] = []
    while more := connection.values(statement, parameters):
        found += more
        parameters = {**parameters, "after": more[-1]}
    return found
