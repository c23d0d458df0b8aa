"""Claim overdue applications in groups, and store what was decided for each group without parsing each application."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from operator import itemgetter
from typing import Any

from attrs import evolve, frozen

from poec_workflow.adapters.entry_digests import digest_template
from poec_workflow.adapters.sql.bulk import Write
from poec_workflow.adapters.sql.context_loading import LoadOfSession, context_of, overdue_rows
from poec_workflow.adapters.sql.feed_order import HISTORY, outdated
from poec_workflow.adapters.sql.pending_writes import MESSAGES, UPDATES, Counts, write_by_layout
from poec_workflow.adapters.sql.prepared import Columns, StatementConnection
from poec_workflow.adapters.sql.row_mapping import entry_row, message_row, microseconds
from poec_workflow.adapters.sql.stored_values import read
from poec_workflow.errors import Conflict
from poec_workflow.history_recording import RecordedChange
from poec_workflow.messages import Message
from poec_workflow.model import Application, Subject, SubjectKind
from poec_workflow.ports import DecisionContext, LazySequence
from poec_workflow.serialization.text_templates import entry_template, move_template


@frozen
class ClaimedRows:
    """Overdue applications as they are stored; see `OverdueBatch`."""

    _connection: StatementConnection
    references: Sequence[str]
    _versions: Sequence[int]
    _texts: Sequence[str]
    _heads: Sequence[str]
    applications: Sequence[Application]
    groups: Sequence[DecisionContext]
    group_of: Sequence[int]

    def contexts(self) -> Sequence[DecisionContext]:
        """The context of each application."""
        pairs = zip(self.applications, self.group_of, strict=True)
        return [evolve(self.groups[group], subject=application) for application, group in pairs]

    def save(self, changes: Sequence[RecordedChange], messages: Sequence[Message] = ()) -> None:
        """Write each table at once.

        Raises:
            Conflict: an application has another version by now.
            SchemaOutdated: the database was restored into another server, and has to be upgraded.
        """
        if not self.references:
            return
        writes = [self._applications(changes), *self._counts(changes), self._entries(changes)]
        if messages:
            at = microseconds(changes[0].entry.recorded_at)
            writes.append(Write(MESSAGES, [message_row(each, at) for each in messages]))
        missed = write_by_layout(self._connection, writes)
        if missed is not None:
            raise outdated() if missed.by is HISTORY else Conflict("an application was changed by somebody else")

    def _applications(self, changes: Sequence[RecordedChange]) -> Write:
        ended = [_application(each.subject) for each in changes]
        texts = [
            move_template(_application(each.subject), after) for each, after in zip(self.groups, ended, strict=True)
        ]
        states = [each.state.value for each in ended]
        rows = zip(self._texts, self.references, self._versions, self.group_of, strict=True)
        columns = {
            "version": self._after,
            "state": [states[group] for group in self.group_of],
            "data": [texts[group](text, reference, version) for text, reference, version, group in rows],
            "head": self._chained(changes),
            "known_reference": self.references,
            "known_version": self._versions,
        }
        return Write(
            UPDATES[SubjectKind.APPLICATION],
            Columns(columns),
            counted=True,
            sessions=[ended[group].session for group in self.group_of],
        )

    def _counts(self, changes: Sequence[RecordedChange]) -> Iterator[Write]:
        counts = Counts()
        for group, many in Counter(self.group_of).items():
            ended = _application(changes[group].subject)
            counts.move(ended.session, changes[group].entry.from_state, ended.state, many)
        yield from counts.write()

    def _entries(self, changes: Sequence[RecordedChange]) -> Write:
        texts = [entry_template(each.entry) for each in changes]
        rows = zip(self.references, self._after, self.group_of, strict=True)
        entries = [texts[group](reference, version) for reference, version, group in rows]
        sessions = [_application(each.subject).session for each in changes]
        first = entry_row(changes[0].entry, ordinal=0, session=None)
        columns: dict[str, Sequence[Any]] = {
            **{name: [value] * len(entries) for name, value in first.items()},
            **dict.fromkeys(("reference", "decision_reference"), self.references),
            **dict.fromkeys(("version", "decision_version"), self._after),
            "data": entries,
            "session": [sessions[group] for group in self.group_of],
            "previous": self._heads,
        }
        return Write(HISTORY, Columns(columns), counted=True)

    def _chained(self, changes: Sequence[RecordedChange]) -> Sequence[str]:
        """The digest of the entry that each application gets."""
        digests = [digest_template(each.entry) for each in changes]
        rows = zip(self.references, self._after, self._heads, self.group_of, strict=True)
        return [digests[group](reference, version, head) for reference, version, head, group in rows]

    @property
    def _after(self) -> Sequence[int]:
        """The versions after the move."""
        return [each + 1 for each in self._versions]


def claim(
    connection: StatementConnection, ended_before: date, limit: int, load_of_session: LoadOfSession, *, lock: bool
) -> ClaimedRows:
    """Claim open applications of sessions that ended before a day, at most `limit`; see `overdue_rows`."""
    rows = overdue_rows(connection, ended_before, limit, lock=lock)
    references, versions, states, texts, heads, sessions = (list(map(itemgetter(place), rows)) for place in range(6))
    keys = list(zip(sessions, states, strict=True))
    firsts: dict[tuple[str, str], Any] = {}
    for key, row in zip(keys, rows, strict=True):
        firsts.setdefault(key, row)
    places = {key: place for place, key in enumerate(firsts)}
    return ClaimedRows(
        connection,
        references=references,
        versions=versions,
        texts=texts,
        heads=heads,
        applications=LazySequence(lambda: [read(each, Application) for each in texts]),
        groups=_contexts_of(list(firsts.values()), load_of_session),
        group_of=[places[key] for key in keys],
    )


def _contexts_of(rows: Sequence[Any], load_of_session: LoadOfSession) -> Sequence[DecisionContext]:
    """The contexts of some applications; what belongs to their session is read once for each."""
    sessions: dict[str, DecisionContext] = {}
    contexts: list[DecisionContext] = []
    for row in rows:
        application = read(row.application, Application)
        if row.reference not in sessions:
            sessions[row.reference] = context_of(application, row, load_of_session)
        contexts.append(evolve(sessions[row.reference], subject=application))
    return contexts


def _application(subject: Subject | None) -> Application:
    assert isinstance(subject, Application)  # noqa: S101 - nothing else expires
    return subject
