"""Gather the changes of a transaction and write each table in one statement, whatever the number of changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import cast

from sqlalchemy import Connection, Table, Update

from poec_workflow.adapters.sql.bulk import BulkWrites, ValueOf, bulk_insert, bulk_update
from poec_workflow.adapters.sql.dialects import insert_ignoring, upsert
from poec_workflow.adapters.sql.row_mapping import (
    FIXED,
    Values,
    entry_row,
    person_row,
    position_row,
    row_of,
    stored_key,
)
from poec_workflow.adapters.sql.schema import COUNTS, SUBJECTS, history, outbox, people, receipts, sessions
from poec_workflow.errors import Conflict
from poec_workflow.history_recording import RecordedChange
from poec_workflow.model import Application, ApplicationState, Candidate, State, Subject, SubjectKind, Tally
from poec_workflow.ports import Receipt


def _names(table: Table) -> tuple[str, ...]:
    return tuple(each.name for each in table.columns)


def _changing(table: Table, fixed: Sequence[str]) -> BulkWrites:
    """An UPDATE that matches its row only in the version that was read."""
    values = tuple(name for name in _names(table) if name not in ("reference", *COUNTS, *fixed))

    def statement(given: ValueOf) -> Update:
        return (
            table.update()
            .where(table.c.reference == given("known_reference"), table.c.version == given("known_version"))
            .values({name: given(name) for name in values})
        )

    return bulk_update(table, (*values, "known_reference", "known_version"), statement)


def _counting(given: ValueOf) -> Update:
    return (
        sessions.update()
        .where(sessions.c.reference == given("known_reference"))
        .values({name: sessions.c[name] + given(f"delta_{name}") for name in COUNTS})
    )


_INSERTS = {kind: table.insert().inline() for kind, table in SUBJECTS.items()}
_UPDATES = {kind: _changing(table, FIXED[kind]) for kind, table in SUBJECTS.items()}
_COUNT = bulk_update(sessions, ("known_reference", *(f"delta_{name}" for name in COUNTS)), _counting)
_HISTORY = bulk_insert(history, _names(history))
_OUTBOX = bulk_insert(outbox, ("kind", "reference", "version"))
_RECEIPT = insert_ignoring(receipts)
_PERSON = upsert(people, "reference")


class PendingWrites:
    """The writes that a transaction has gathered; flush them before the next read."""

    def __init__(self) -> None:
        self._subjects: dict[tuple[SubjectKind, str], Subject] = {}
        self._counts: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(COUNTS, 0))
        self._entries: list[Values] = []
        self._positions: list[Values] = []
        self._receipts: list[Receipt] = []
        self._people: dict[str, Candidate] = {}

    def add(
        self,
        connection: Connection,
        changes: Sequence[RecordedChange],
        receipt: Receipt | None,
        people: Sequence[Candidate],
    ) -> None:
        """Gather a decision; flush first where one of its subjects is pending already."""
        if any((each.subject.kind, each.subject.reference) in self._subjects for each in changes):
            self.flush(connection)
        for ordinal, change in enumerate(changes):
            subject, entry = change.subject, change.entry
            self._subjects[subject.kind, subject.reference] = subject
            self._entries.append(entry_row(entry, ordinal))
            self._positions.append(position_row(entry.event))
            if isinstance(subject, Application):
                self._count(subject, entry.from_state)
        if receipt is not None:
            self._receipts.append(receipt)
        self._people.update((each.reference, each) for each in people)

    def _count(self, application: Application, before: State | None) -> None:
        """Add the change of the session's counters, by `Tally.moved`."""
        counts = self._counts[application.session]
        after = application.state
        moved = Tally().moved(cast("ApplicationState | None", before), after)
        for name in COUNTS:
            counts[name] += getattr(moved, name)

    def flush(self, connection: Connection) -> None:
        """Write what was gathered, each table in one statement, receipts one by one.

        Raises:
            Conflict: a subject has another version by now, or a key was used.
        """
        if not self._entries:
            return
        for kind in _ORDER:
            self._write(connection, kind)
        counts = [
            {"known_reference": session, **{f"delta_{name}": count for name, count in more.items()}}
            for session, more in sorted(self._counts.items())
            if any(more.values())
        ]
        if counts:
            _COUNT.write(connection, counts)
        _HISTORY.write(connection, self._entries)
        _OUTBOX.write(connection, self._positions)
        for receipt in self._receipts:
            _write_receipt(connection, receipt)
        if self._people:
            connection.execute(
                _PERSON[connection.dialect.name], [person_row(self._people[each]) for each in sorted(self._people)]
            )
        for keyed in (self._subjects, self._counts, self._people):
            keyed.clear()
        for listed in (self._entries, self._positions, self._receipts):
            listed.clear()

    def _write(self, connection: Connection, kind: SubjectKind) -> None:
        subjects = [each for each in self._subjects.values() if each.kind is kind]
        created = [row_of(each) for each in subjects if each.version == 1]
        changed = [
            {"known_reference": row.pop("reference"), "known_version": row["version"] - 1, **row}
            for row in (row_of(each, changed=True) for each in subjects if each.version > 1)
        ]
        if created:
            connection.execute(_INSERTS[kind], created)
        if changed and _UPDATES[kind].write(connection, changed) != len(changed):
            raise Conflict(f"an {kind} was changed by somebody else")


# The order of locking.
_ORDER = (SubjectKind.ACTION, SubjectKind.SESSION, SubjectKind.APPLICATION)


def _write_receipt(connection: Connection, receipt: Receipt) -> None:
    """Store the receipt; a key that was used meanwhile is a conflict, whose retry finds the receipt."""
    row = {"key": stored_key(receipt.key), "digest": receipt.digest, **position_row(receipt.decision)}
    if connection.execute(_RECEIPT[connection.dialect.name], row).rowcount != 1:
        raise Conflict("the key was used by somebody else")
