"""Gather the changes of a transaction and write each table once, whatever the number of changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import cast

from sqlalchemy import Table, UpdateBase

from poec_workflow.adapters.entry_digests import DIGESTS, START
from poec_workflow.adapters.sql.bulk import (
    TableWrite,
    ValueOf,
    Write,
    insert,
    insert_unless_there,
    list_parameter,
    names_of,
    replace,
    update,
    write_all,
)
from poec_workflow.adapters.sql.feed_order import HISTORY, outdated
from poec_workflow.adapters.sql.prepared import StatementConnection
from poec_workflow.adapters.sql.row_mapping import (
    FIXED,
    Values,
    entry_row,
    message_row,
    microseconds,
    person_row,
    position_row,
    row_of,
    session_of,
    stored_key,
)
from poec_workflow.adapters.sql.schema import COUNTS, SUBJECTS, messages, people, receipts, sessions
from poec_workflow.adapters.sql.stream_heads import HEADS, StreamHeads
from poec_workflow.errors import Conflict
from poec_workflow.history import HistoryEntry
from poec_workflow.history_recording import RecordedChange
from poec_workflow.messages import Message
from poec_workflow.model import Application, ApplicationState, Candidate, State, Subject, SubjectKind, Tally
from poec_workflow.ports import Receipt


def _creating(table: Table) -> TableWrite:
    """An INSERT; a session's counters begin at zero by themselves."""
    return insert(table, (name for name in names_of(table) if name not in COUNTS))


def _changing(table: Table, fixed: Sequence[str]) -> TableWrite:
    """An UPDATE that matches its row only in the version that was read."""
    values = tuple(name for name in names_of(table) if name not in ("reference", *COUNTS, *fixed))

    def statement(given: ValueOf) -> UpdateBase:
        return (
            table.update()
            .where(table.c.reference == given("known_reference"), table.c.version == given("known_version"))
            .values({name: given(name) for name in values})
        )

    return update(table, (*values, "known_reference", "known_version"), statement)


@cache
def _counting(names: Sequence[str]) -> TableWrite:
    """An UPDATE of a session that adds to some of its counters."""

    def statement(given: ValueOf) -> UpdateBase:
        return (
            sessions.update()
            .where(sessions.c.reference == given("known_reference"))
            .values({name: sessions.c[name] + given(f"delta_{name}") for name in names})
        )

    return update(sessions, ("known_reference", *(f"delta_{name}" for name in names)), statement)


_INSERTS = {kind: _creating(table) for kind, table in SUBJECTS.items()}
UPDATES = {kind: _changing(table, FIXED[kind]) for kind, table in SUBJECTS.items()}
MESSAGES = insert(messages, names_of(messages)[1:12])
_RECEIPT = insert_unless_there(receipts)
_PERSON = replace(people, "reference")

# The order of locking.
_ORDER = (SubjectKind.ACTION, SubjectKind.SESSION, SubjectKind.APPLICATION)


class Counts:
    """What is to be added to the counters of sessions."""

    def __init__(self) -> None:
        self._added: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))

    def move(self, session: str, before: State | None, after: ApplicationState, many: int = 1) -> None:
        """Add what so many applications that move alike change."""
        counts = self._added[session]
        for name, change in _moved(before, after):
            counts[name] += many * change

    def write(self) -> Iterator[Write]:
        """The write that adds them, where there is anything to add; sessions in the order of locking."""
        added = {session: counts for session, counts in sorted(self._added.items()) if any(counts.values())}
        names = tuple(name for name in COUNTS if any(counts.get(name) for counts in added.values()))
        rows = [
            {"known_reference": session, **{f"delta_{name}": counts[name] for name in names}}
            for session, counts in added.items()
        ]
        if rows:
            yield Write(_counting(names), rows)


@cache
def _moved(before: State | None, after: ApplicationState) -> Sequence[tuple[str, int]]:
    """The counters that an application's move changes, and by how much, by `Tally.moved`."""
    moved = Tally().moved(cast("ApplicationState | None", before), after)
    return [(name, change) for name in COUNTS if (change := getattr(moved, name))]


def _fixed_session(subject: Subject) -> Sequence[str]:
    """The session that an UPDATE of a subject does not say, for it never changes."""
    return (subject.session,) if isinstance(subject, Application) else ()


def write_by_layout(connection: StatementConnection, writes: Sequence[Write]) -> Write | None:
    """Write all, in their order, up to one whose rows can't all be written; return that one, None where all can."""
    if connection.partitioned is None:
        return write_all(connection, writes)
    from poec_workflow.adapters.sql import session_writes  # noqa: PLC0415 - few stores have partitions

    return session_writes.write_by_session(connection, connection.partitioned, writes)


class KeyUsed(Conflict):
    """A receipt's key is in the store; work that begins again finds its receipt."""


class PendingWrites:
    """The writes that a transaction has gathered; to be written before the next read."""

    def __init__(self) -> None:
        self._subjects: dict[SubjectKind, dict[str, Subject]] = {kind: {} for kind in _ORDER}
        self._versions: dict[tuple[SubjectKind, str], int] = {}
        self._counts = Counts()
        self._entries: list[tuple[HistoryEntry, int, str | None]] = []
        self._messages: list[Values] = []
        self._receipts: list[Values] = []
        self._people: dict[str, Candidate] = {}

    def add(
        self,
        changes: Sequence[RecordedChange],
        receipt: Receipt | None,
        people: Sequence[Candidate],
        told: Sequence[Message],
    ) -> None:
        """Gather a decision."""
        for ordinal, change in enumerate(changes):
            subject, entry = change.subject, change.entry
            self._subjects[subject.subject_kind][subject.reference] = subject
            self._versions.setdefault((subject.subject_kind, subject.reference), subject.version - 1)
            self._entries.append((entry, ordinal, session_of(subject)))
            if isinstance(subject, Application):
                self._counts.move(subject.session, entry.from_state, subject.state)
        if receipt is not None:
            key = stored_key(receipt.key)
            session = session_of(changes[0].subject)
            row = {"key": key, "digest": receipt.digest, **position_row(receipt.decision), "session": session}
            self._receipts.append(row)
        self._people.update((each.reference, each) for each in people)
        if told:
            self.post(told, changes[0].entry.recorded_at)

    def post(self, told: Sequence[Message], recorded_at: datetime) -> None:
        """Gather messages."""
        at = microseconds(recorded_at)
        self._messages.extend(message_row(each, at) for each in told)

    def write(self, connection: StatementConnection, heads: StreamHeads) -> None:
        """Write what was gathered, once; chain the entries to the heads of their streams.

        Raises:
            KeyUsed: a receipt's key was used before.
            Conflict: a subject has another version by now.
            SchemaOutdated: the database was restored into another server, and has to be upgraded.
        """
        self._read_unknown(connection, heads)
        missed = write_by_layout(connection, [*self._writes(heads)]) if self._entries or self._messages else None
        if missed is None:
            return
        if missed.by is _RECEIPT:
            raise KeyUsed("a key was used by somebody else")
        if missed.by is HISTORY:
            raise outdated()
        raise Conflict("a subject was changed by somebody else")

    def _read_unknown(self, connection: StatementConnection, heads: StreamHeads) -> None:
        """Read the heads of streams that go on and that were not noted when their subjects were loaded."""
        unknown: dict[SubjectKind, set[str]] = {}
        begun: set[tuple[SubjectKind, str]] = set()
        for entry, _, _ in self._entries:
            event = entry.event
            stream = event.subject_kind, event.reference
            # What follows the first of them carries that one's.
            if event.version > 1 and stream not in heads and stream not in begun:
                unknown.setdefault(event.subject_kind, set()).add(event.reference)
            begun.add(stream)
        for kind, references in unknown.items():
            listed = {"listed": list_parameter(sorted(references), connection.dialect)}
            heads.update({(kind, row.reference): row.head for row in connection.rows(HEADS[kind], listed)})

    def _writes(self, heads: StreamHeads) -> Iterator[Write]:
        """One for each table and way of writing it, in the order of locking."""
        entries = [
            {**entry_row(entry, ordinal, session), "previous": _chained(entry, ordinal, heads)}
            for entry, ordinal, session in self._entries
        ]
        for kind in _ORDER:
            created: list[Values] = []
            changed: list[Values] = []
            known_sessions: list[str] = []
            for reference, subject in self._subjects[kind].items():
                known = self._versions[kind, reference]
                row = {**row_of(subject, changed=known > 0), "head": heads[kind, reference]}
                if known:
                    changed.append({"known_reference": row.pop("reference"), "known_version": known, **row})
                    known_sessions.extend(_fixed_session(subject))
                else:
                    created.append(row)
            if created:
                yield Write(_INSERTS[kind], created)
            if changed:
                yield Write(UPDATES[kind], changed, counted=True, sessions=known_sessions)
        yield from self._counts.write()
        if entries:
            yield Write(HISTORY, entries, counted=True)
        if self._messages:
            yield Write(MESSAGES, self._messages)
        if self._receipts:
            yield Write(_RECEIPT, self._receipts, counted=True)
        if self._people:
            yield Write(_PERSON, [person_row(self._people[each]) for each in sorted(self._people)])


def _chained(entry: HistoryEntry, ordinal: int, heads: StreamHeads) -> str:
    """Put an entry at the end of its stream; returns the digest before it, which it has to carry."""
    event = entry.event
    stream = event.subject_kind, event.reference
    previous = START if event.version == 1 else heads.get(stream, "")
    heads[stream] = DIGESTS[type(event)]((entry, ordinal, previous))
    return previous
