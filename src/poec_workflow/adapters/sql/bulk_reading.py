"""Many subjects, first entries and people in one statement each, for imports and exports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import bindparam, select

from poec_workflow.adapters.sql.bulk import any_of, list_parameter
from poec_workflow.adapters.sql.prepared import Prepared, StatementConnection
from poec_workflow.adapters.sql.schema import SUBJECTS, history, people
from poec_workflow.adapters.sql.stored_values import read
from poec_workflow.history import HistoryEntry
from poec_workflow.model import SUBJECT_TYPES, Candidate, Subject, SubjectKind

_subjects = {
    kind: Prepared(
        select(table.c.data)
        .where(table.c.reference > bindparam("after"))
        .order_by(table.c.reference)
        .limit(bindparam("most"))
    )
    for kind, table in SUBJECTS.items()
}
_first_entries = Prepared(
    lambda dialect: select(history.c.reference, history.c.data).where(
        history.c.kind == bindparam("kind"), any_of(history.c.reference, "listed", dialect), history.c.version == 1
    )
)
_people = Prepared(lambda dialect: select(people).where(any_of(people.c.reference, "listed", dialect)))


def subjects(connection: StatementConnection, kind: SubjectKind, after: str, limit: int) -> Sequence[Subject]:
    """Subjects of a kind after a reference, at most so many."""
    texts = connection.values(_subjects[kind], {"after": after, "most": limit})
    return [read(text, SUBJECT_TYPES[kind]) for text in texts]


def first_entries(
    connection: StatementConnection, kind: SubjectKind, references: Iterable[str]
) -> Mapping[str, HistoryEntry]:
    """With which entry each history begins."""
    listed = list_parameter(sorted(references), connection.dialect)
    rows = connection.rows(_first_entries, {"kind": kind.value, "listed": listed})
    return {row.reference: read(row.data, HistoryEntry) for row in rows}


def known_people(connection: StatementConnection, references: Iterable[str]) -> Mapping[str, Candidate]:
    """The people whose names are known."""
    rows = connection.rows(_people, {"listed": list_parameter(sorted(references), connection.dialect)})
    return {
        row.reference: Candidate(reference=row.reference, name=row.name, email=row.email)
        for row in rows
        if row.name is not None
    }
