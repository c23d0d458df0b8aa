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
    Select,
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
_MOST: BindParameter[int] = bindparam("most")
_ENTRY = tuple(each for each in history.columns if each.name not in ("kind", "reference"))


def _own(table: Table) -> Sequence[str]:
    """The names of what is read of a subject, after its reference."""
    return [each.name for each in table.columns if each.name not in (*SEARCHED, *COUNTS, "reference")]


def _with_entries(kind: SubjectKind, table: Table, *, each: bool) -> Select[*tuple[Any, ...]]:
    """A row for each entry, with the subject's version; with all of the subject's row, or with the last one alone."""
    last = or_(history.c.version.is_(None), history.c.version >= table.c.version)
    columns = (
        table.c[name] if each or name == "version" else case((last, table.c[name])).label(name) for name in _own(table)
    )
    of_subject = and_(history.c.kind == literal_column(f"'{kind.value}'"), history.c.reference == table.c.reference)
    return (
        select(*(each.label(f"entry_{each.name}") for each in _ENTRY), table.c.reference, *columns)
        .select_from(table.outerjoin(history, of_subject))
        .limit(_MOST)
    )


def _rest_of(kind: SubjectKind, table: Table, *, each: bool = False) -> Prepared:
    """What comes after an entry of a stream."""
    return Prepared(
        _with_entries(kind, table, each=each)
        .where(table.c.reference == _AFTER, or_(history.c.version.is_(None), history.c.version > _AT))
        .order_by(history.c.version)
    )


def _next_of(kind: SubjectKind, table: Table) -> Prepared:
    """What comes after a stream."""
    after = _with_entries(kind, table, each=False).where(table.c.reference > _AFTER)
    return Prepared(after.order_by(table.c.reference, history.c.version))


_next = {kind: _next_of(kind, table) for kind, table in SUBJECTS.items()}
_rest = {kind: _rest_of(kind, table) for kind, table in SUBJECTS.items()}
_whole = {kind: _rest_of(kind, table, each=True) for kind, table in SUBJECTS.items()}
_entries = {
    kind: Prepared(
        select(
            *(each.label(f"entry_{each.name}") for each in _ENTRY),
            history.c.reference,
            *(null().label(name) for name in _own(table)),
        )
        .where(history.c.kind == kind.value, history.c.reference == _AFTER, history.c.version > _AT)
        .order_by(history.c.version)
        .limit(_MOST)
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
        .limit(_MOST)
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
    .limit(_MOST)
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
    """The streams of a store; each page is read in a transaction of its own.

    Attributes:
        most: rows of a page.
    """

    _connections: Connections
    most: int = PAGE

    def pages(self, kind: SubjectKind) -> Iterator[Page]:
        """All streams of a kind."""
        after, at = "", FIRST
        while True:
            page = self._connections.select(partial(self._page, kind=kind, after=after, at=at))
            yield page
            if not page.rows:
                return
            last = page.rows[-1]
            after, at = last.reference, FIRST if last.entry_version is None else last.entry_version

    def alone(self, kind: SubjectKind, reference: str, take: Callable[[Any], object]) -> bool:
        """Take the rows of one stream in one transaction, and say whether there are any.

        Each has all of the subject's row, also where the last entries are missing; null where there is no subject.
        """

        def taken(connection: StatementConnection, statement: Prepared) -> bool:
            at, found = FIRST, False
            while rows := connection.rows(statement, {"after": reference, "at": at, "most": self.most}):
                found = True
                for row in rows:
                    take(row)
                if len(rows) < self.most:
                    break
                at = rows[-1].entry_version
            return found

        return self._connections.select(lambda c: any(taken(c, each[kind]) for each in (_whole, _entries)))

    def of_no_kind(self) -> Sequence[Any]:
        """The first entries whose kind of subject there is none of."""
        return self._connections.select(lambda c: c.rows(_of_no_kind, {"most": self.most}))

    def _page(self, connection: StatementConnection, kind: SubjectKind, after: str, at: int) -> Page:
        parameters: dict[str, Any] = {"after": after, "most": self.most}
        rows: list[Any] = []
        if after:
            rest = connection.rows(_rest[kind], {**parameters, "at": at})
            rows = [each for each in rest if each.entry_version is not None]
        if len(rows) < self.most:
            rows += connection.rows(_next[kind], parameters)
        if not rows:
            return Page((), _all_orphans(connection, _last_orphans[kind], parameters), ())
        parameters["upto"] = rows[-1].reference
        recounted: Sequence[Any] = ()
        if kind is SubjectKind.SESSION:
            recounted = connection.rows(_recounted, {name: parameters[name] for name in ("after", "upto")})
        return Page(rows, _all_orphans(connection, _orphans[kind], parameters), recounted)


def _all_orphans(connection: StatementConnection, statement: Prepared, parameters: Parameters) -> Sequence[str]:
    found: list[str] = []
    while more := connection.values(statement, parameters):
        found += more
        parameters = {**parameters, "after": more[-1]}
    return found
