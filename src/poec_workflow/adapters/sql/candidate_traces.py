"""Everything that is stored of one person, for their right of access: rare, so that receipts are gone over."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Dialect, and_, bindparam, or_, select

from poec_workflow.adapters.sql.bulk import any_of, list_parameter
from poec_workflow.adapters.sql.prepared import Prepared, StatementConnection
from poec_workflow.adapters.sql.row_mapping import delivery_of, position_of, queued_of
from poec_workflow.adapters.sql.schema import applications, deliveries, history, messages, people, receipts
from poec_workflow.adapters.sql.stored_values import read
from poec_workflow.history import HistoryEntry
from poec_workflow.messages import AddresseeKind, StreamKind
from poec_workflow.model import Application, Candidate, SubjectKind
from poec_workflow.ports import Receipt
from poec_workflow.ports.keeping import ApplicationFile, CandidateFile

_CANDIDATE: Any = bindparam("candidate")
_OF_APPLICATION = SubjectKind.APPLICATION.value
_PERSON = Prepared(select(people).where(people.c.reference == _CANDIDATE))
_APPLICATIONS = Prepared(
    select(applications.c.data).where(applications.c.candidate == _CANDIDATE).order_by(applications.c.reference)
)
_ENTRIES = Prepared(
    lambda dialect: (
        select(history.c.reference, history.c.data)
        .where(history.c.kind == _OF_APPLICATION, any_of(history.c.reference, "references", dialect))
        .order_by(history.c.reference, history.c.version)
    )
)
_ACTS = Prepared(
    select(history.c.kind, history.c.reference, history.c.data)
    .where(history.c.actor_candidate == _CANDIDATE)
    .order_by(history.c.kind, history.c.reference, history.c.version)
)
_RECEIPTS = Prepared(
    lambda dialect: (
        select(receipts)
        .where(receipts.c.kind == _OF_APPLICATION, any_of(receipts.c.reference, "references", dialect))
        .order_by(receipts.c.key)
    )
)


def _told(table: Any, *order: str) -> Prepared:  # noqa: ANN401 - messages or deliveries, which have the same columns
    """What is to a person, or about one of their applications."""

    def build(dialect: Dialect) -> Any:  # noqa: ANN401 - a SELECT
        to_them = and_(table.c.to_kind == AddresseeKind.CANDIDATE.value, table.c.to_reference == _CANDIDATE)
        of_theirs = any_of(table.c.stream, "references", dialect)
        about_them = and_(table.c.stream_kind == StreamKind.APPLICATION.value, of_theirs)
        return select(table).where(or_(to_them, about_them)).order_by(*(table.c[each] for each in order))

    return Prepared(build)


_WAITING = _told(messages, "id")
_DELIVERED = _told(deliveries, "at", "message_id")


def candidate_file(connection: StatementConnection, candidate: str) -> CandidateFile:
    """Everything that is stored of a person, but for the dates."""
    own = {"candidate": candidate}
    person = connection.row(_PERSON, own)
    theirs = [read(each, Application) for each in connection.values(_APPLICATIONS, own)]
    entries: dict[str, list[HistoryEntry]] = {each.reference: [] for each in theirs}
    lists = {"references": list_parameter(sorted(entries), connection.dialect)}
    for row in connection.rows(_ENTRIES, lists):
        entries[row.reference].append(read(row.data, HistoryEntry))
    acts = (row for row in connection.rows(_ACTS, own) if row.kind != _OF_APPLICATION or row.reference not in entries)
    return CandidateFile(
        reference=candidate,
        person=Candidate(reference=candidate, name=person.name, email=person.email) if person else None,
        applications=tuple(
            ApplicationFile(application=each, history=tuple(entries[each.reference])) for each in theirs
        ),
        acts=tuple(read(row.data, HistoryEntry) for row in acts),
        receipts=tuple(Receipt(row.key, row.digest, position_of(row)) for row in connection.rows(_RECEIPTS, lists)),
        messages=tuple(map(queued_of, connection.rows(_WAITING, {**own, **lists}))),
        deliveries=tuple(map(delivery_of, connection.rows(_DELIVERED, {**own, **lists}))),
    )
