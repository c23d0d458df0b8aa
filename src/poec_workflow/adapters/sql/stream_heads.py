"""The digest of the last entry of each stream, as a transaction has read and written it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import Table, select

from poec_workflow.adapters.entry_digests import START, entry_digest
from poec_workflow.adapters.sql.bulk import any_of, list_parameter
from poec_workflow.adapters.sql.prepared import Prepared, StatementConnection
from poec_workflow.adapters.sql.schema import SUBJECTS
from poec_workflow.history import HistoryEntry
from poec_workflow.model import SubjectKind


def _heads_of(table: Table) -> Prepared:
    return Prepared(
        lambda dialect: select(table.c.reference, table.c.head).where(any_of(table.c.reference, "listed", dialect))
    )


_HEADS = {kind: _heads_of(table) for kind, table in SUBJECTS.items()}


class StreamHeads:
    """What the next entry of each stream has to carry, of subjects whose rows the transaction holds locked."""

    def __init__(self) -> None:
        self._known: dict[tuple[SubjectKind, str], str] = {}

    def note(self, kind: SubjectKind, reference: str, head: str) -> None:
        """Take over what a subject's row says, as it was read with its lock."""
        self._known[kind, reference] = head

    def read(self, connection: StatementConnection, entries: Iterable[HistoryEntry]) -> None:
        """Read those that some entries need, and that were not noted when their subjects were loaded."""
        unknown: dict[SubjectKind, set[str]] = defaultdict(set)
        begun: set[tuple[SubjectKind, str]] = set()
        for each in entries:
            event = each.event
            stream = event.subject_kind, event.reference
            # What follows the first of them carries that one's.
            if event.version > 1 and stream not in self._known and stream not in begun:
                unknown[event.subject_kind].add(event.reference)
            begun.add(stream)
        for kind, references in unknown.items():
            listed = {"listed": list_parameter(sorted(references), connection.dialect)}
            for row in connection.rows(_HEADS[kind], listed):
                self.note(kind, row.reference, row.head)

    def add(self, entry: HistoryEntry, ordinal: int) -> str:
        """Put an entry at the end of its stream; returns the digest before it, which it has to carry."""
        event = entry.event
        stream = event.subject_kind, event.reference
        previous = START if event.version == 1 else self._known.get(stream, "")
        self._known[stream] = entry_digest(entry, ordinal, previous)
        return previous

    def of(self, kind: SubjectKind, reference: str) -> str:
        """The digest of a stream's last entry."""
        return self._known[kind, reference]
