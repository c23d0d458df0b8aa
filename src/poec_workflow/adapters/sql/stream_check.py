"""Check one stream: each entry against the digest that the next one carries, their fold against the subject's row."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from attrs import define, field

from poec_workflow import folding
from poec_workflow.adapters.entry_digests import START, digest_of, entry_digest
from poec_workflow.adapters.sql.row_mapping import position_row, row_of, session_of
from poec_workflow.adapters.sql.schema import COUNTS
from poec_workflow.adapters.sql.stored_values import read
from poec_workflow.adapters.sql.stream_reading import SEARCHED
from poec_workflow.history import HistoryEntry
from poec_workflow.model import SUBJECT_TYPES, Application, Subject, SubjectKind
from poec_workflow.ports.verification import Finding, FindingKind, StreamHead
from poec_workflow.serialization import to_dict, to_json

_UNREADABLE = (AttributeError, KeyError, TypeError, ValueError, RecursionError)
_DERIVED = ("decision_kind", "decision_reference", "decision_version", "actor_candidate")
"""Columns of an entry that its JSON says too."""


@define
class _Read:
    """An entry as it was read.

    Attributes:
        entry: None where it can't be read.
        digest: of the entry with what it carries; None where it can't be written.
        known: whether something was found of it already.
    """

    version: int
    carried: str
    entry: HistoryEntry | None
    digest: str | None
    _text: str
    _ordinal: int
    known: bool = False

    @classmethod
    def of(cls, row: Any, *, known: bool) -> _Read:  # noqa: ANN401 - a row
        """Read a row: quickly what is written as this release writes it, as nearly all are."""
        text, ordinal, carried = row.entry_data, row.entry_ordinal, row.entry_previous
        try:
            entry = read(text, HistoryEntry)
            written = to_json(entry) == text
        except _UNREADABLE:
            entry, written = None, False
        digest = entry_digest(entry, ordinal, carried) if entry and written else _digest(text, ordinal, carried)
        return cls(row.entry_version, carried, entry if digest else None, digest, text, ordinal, known)

    def digest_after(self, previous: str | None) -> str | None:
        """Its digest, had it carried another one."""
        return None if previous is None else _digest(self._text, self._ordinal, previous)


@define
class StreamCheck:
    """What was found of a stream, of which no more than two entries are held."""

    kind: SubjectKind
    reference: str
    expected: StreamHead | None = None
    findings: list[Finding] = field(factory=list)
    entries: int = 0
    subject: Subject | None = None
    _row: Any = None
    _before: _Read | None = None
    _last: _Read | None = None
    _broken: bool = False
    _stuck: int | None = None
    _foreign: bool = False
    _of_other_sessions: list[int] = field(factory=list)
    _at_subject: str | None = None
    _at_expected: str | None = None

    def add(self, row: Any) -> None:  # noqa: ANN401 - a row
        """Take the next row."""
        self._row = row
        if row.entry_version is None:
            return
        self.entries += 1
        # SQLite takes any value in any column.
        if type(row.entry_version) is not int:
            self._found(FindingKind.CHANGED, 0, fields=("version",))
            return
        entry = self._read(row)
        if entry.version < 1:
            self._entry_found(entry, FindingKind.INSERTED)
            return
        self._link(entry)
        self._before, self._last = self._last, entry
        if not self._is_beyond(entry.version):
            self._at_subject = entry.digest
        if self.expected is not None and entry.version == self.expected.version:
            self._at_expected = entry.digest

    def end(self) -> StreamHead | None:
        """Say that there are no more rows; returns where the stream stands, where there is a subject."""
        row, last = self._row, 0 if self._last is None else self._last.version
        if type(row.version) is not int:
            self._settle(None)
            if row.version is not None:
                self._found(FindingKind.SUBJECT_CHANGED, 0, fields=("version",))
            elif not any(each.what is FindingKind.INSERTED for each in self.findings):
                self._found(FindingKind.SUBJECT_DROPPED, last)
            return None
        self._end_at(row, last)
        # Where an entry is not what was written, nobody knows which session is the right one.
        if self._entries_are_whole:
            for version in self._of_other_sessions:
                self._found(FindingKind.CHANGED, version, fields=("session",))
        self._compare_with_noted(max(last, row.version))
        self._compare_subject(row)
        return StreamHead(self.kind, self.reference, row.version, self._at_subject or str(row.head))

    def _end_at(self, row: Any, last: int) -> None:  # noqa: ANN401 - a row
        """Look at the stream's end, where the subject's row says that it is."""
        if last < row.version and not self._is_head(row.head):
            self._settle(None)
            self._found(FindingKind.DROPPED, last + 1, until=row.version)
        elif last == row.version:
            self._settle(row.head)
        elif self._is_head(row.head) and not self._foreign:
            # All entries are there, and the subject's row says another number of them.
            self._found(FindingKind.SUBJECT_CHANGED, row.version, fields=("version",))
        else:
            if not any(each.what is FindingKind.INSERTED and self._is_beyond(each.version) for each in self.findings):
                self._found(FindingKind.INSERTED, row.version + 1, until=last)
            if row.head != self._at_subject:
                self._found(FindingKind.SUBJECT_CHANGED, row.version, fields=("head",))

    def _is_head(self, digest: object) -> bool:
        return self._last is not None and digest == self._last.digest

    def _is_beyond(self, version: int) -> bool:
        """Whether a version comes after the subject's."""
        return type(self._row.version) is int and version > self._row.version

    @property
    def sessions(self) -> set[str]:
        """The sessions that an application is registered on: by its history, and by its row."""
        of_history = {self.subject.session} if isinstance(self.subject, Application) else set()
        return of_history | {str(getattr(self._row, "session", None))}

    @property
    def _entries_are_whole(self) -> bool:
        return all(each.what is FindingKind.SUBJECT_CHANGED for each in self.findings)

    # Entries

    def _read(self, row: Any) -> _Read:  # noqa: ANN401 - a row
        # What comes after the subject's version says nothing of the entry before it.
        read = _Read.of(row, known=self._is_beyond(row.entry_version))
        entry = read.entry
        if entry is None:
            self._entry_found(read, FindingKind.CHANGED, ("data",))
        elif (entry.event.subject_kind, entry.event.reference) != (self.kind, self.reference):
            self._entry_found(read, FindingKind.INSERTED, ("kind", "reference"))
        elif entry.event.version != read.version:
            self._entry_found(read, FindingKind.MOVED, ("version",))
        else:
            self._fold(read, entry, row)
        return read

    def _fold(self, read: _Read, entry: HistoryEntry, row: Any) -> None:  # noqa: ANN401 - a row
        """Apply an entry that belongs here, and look at the columns that are derived from it."""
        if self._stuck is None and not self._is_beyond(read.version):
            try:
                self.subject = folding.evolve(self.subject, entry.event)
            except _UNREADABLE:
                self._stuck = read.version
        of_entry = (*position_row(entry.decision).values(), entry.actor.candidate)
        pairs = zip(_DERIVED, of_entry, (getattr(row, f"entry_{name}") for name in _DERIVED), strict=True)
        fields = [name for name, said, stored in pairs if said != stored]
        # Of an action it is NULL, or on a partitioned store an empty text.
        session = row.entry_session or None
        if self._stuck is None and self.subject is not None and session_of(self.subject) != session:
            self._of_other_sessions.append(read.version)
        if fields:
            self._entry_found(read, FindingKind.CHANGED, fields)

    def _link(self, entry: _Read) -> None:
        """Look whether the next entry carries the digest of the last one."""
        last = self._last
        if entry.version != (0 if last is None else last.version) + 1:
            self._settle(None)
            if last is None or entry.version > last.version:
                self._found(FindingKind.DROPPED, 1 if last is None else last.version + 1, until=entry.version - 1)
            return
        self._settle(entry.carried, entry)
        before = START if self._last is None else self._last.digest
        self._broken = entry.carried != before and not entry.known and not (self._last and self._last.known)

    def _settle(self, carried: str | None, entry: _Read | None = None) -> None:
        """Say which entry was changed, now that it is known whether the last one is as it was written.

        Args:
            carried: what the next entry, or the subject's row, says that the last one's digest is; None where unknown.
            entry: the next one.
        """
        last, before = self._last, self._before
        if last is None:
            return
        if self._broken:
            self._broken = False
            of_before = START if before is None else before.digest
            if before is None or (carried is not None and carried == last.digest_after(of_before) != last.digest):
                # All of it is as it was written, but for the digest that it carries.
                self._entry_found(last, FindingKind.CHANGED, ("previous",))
            else:
                self._entry_found(before, FindingKind.CHANGED)
        if entry is None and carried is not None and carried != last.digest and not last.known:
            self._entry_found(last, FindingKind.CHANGED)

    # The subject

    def _compare_with_noted(self, last: int) -> None:
        if self.expected is None:
            return
        if last < self.expected.version:
            self._found(FindingKind.DROPPED, last + 1, until=self.expected.version)
        elif self._entries_are_whole and self._at_expected != self.expected.digest:
            self._found(FindingKind.UNEXPECTED, self.expected.version)

    def _compare_subject(self, row: Any) -> None:  # noqa: ANN401 - a row
        """Compare the subject's row with what the entries give, where they give it."""
        if self._entries_are_whole and self._stuck is not None:
            self._found(FindingKind.CHANGED, self._stuck, fields=("data",))
        folded = self.subject if self._entries_are_whole else None
        fields: set[str] = set()
        if folded is None or to_json(folded) != row.data:
            try:
                _parsed(row.data)
                stored: Subject = read(row.data, SUBJECT_TYPES[self.kind])
            except _UNREADABLE:
                self._found(FindingKind.SUBJECT_CHANGED, row.version, fields=("data",))
                return
            folded = folded or stored
            one, other = to_dict(folded), to_dict(stored)
            fields.update(name for name in one if one[name] != other[name])
        columns = row_of(folded)
        unsearched = [name for name in columns if name not in (*SEARCHED, *COUNTS, "data", "reference")]
        fields.update(name for name in unsearched if columns[name] != getattr(row, name))
        if folded.reference != self.reference:
            fields.add("reference")
        if fields:
            self._found(FindingKind.SUBJECT_CHANGED, row.version, fields=sorted(fields))

    # What was found

    def _entry_found(self, entry: _Read, what: FindingKind, fields: Iterable[str] = ()) -> None:
        if not entry.known:
            entry.known = True
            self._found(what, entry.version, fields=fields)
        elif self._is_beyond(entry.version):
            self._foreign = True

    def _found(self, what: FindingKind, version: int, *, until: int | None = None, fields: Iterable[str] = ()) -> None:
        several = until if until is not None and until > version else None
        self.findings.append(
            Finding(
                what=what,
                kind=self.kind.value,
                reference=self.reference,
                version=version,
                until=several,
                fields=tuple(fields),
            )
        )


def _parsed(text: str) -> Any:  # noqa: ANN401 - JSON
    """Parse JSON of which no key stands twice in its object: readers differ in which of them they take.

    Raises:
        TypeError, ValueError, RecursionError: it is none.
    """
    return _DECODER.decode(text)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError(pairs)
    return made


_DECODER = json.JSONDecoder(object_pairs_hook=_unique)


def _digest(text: str, ordinal: int, previous: str) -> str | None:
    try:
        return digest_of(_parsed(text), ordinal, previous)
    except _UNREADABLE:
        return None
