"""In-memory queries: single subjects, histories, dashboard figures; the lists are inherited."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from heapq import nsmallest

from poec_workflow.adapters.memory.memory_lists import MemoryLists
from poec_workflow.errors import Malformed
from poec_workflow.history import HistoryEntry, Position
from poec_workflow.model import (
    ActionState,
    Application,
    Candidate,
    Role,
    State,
    Subject,
    SubjectKind,
    Tally,
    TrainingSession,
)
from poec_workflow.ports import DecisionContext, FeedEntry
from poec_workflow.views import DashboardRow

_NUMBER = re.compile("[1-9][0-9]{0,17}")


class MemoryQueries(MemoryLists):
    """The `Queries` port on dictionaries."""

    def subject(self, kind: SubjectKind, reference: str) -> Subject | None:
        """One subject."""
        return self._tables.subjects[kind].get(reference)

    def around(self, application: Application) -> DecisionContext:
        """One application, read anew with what a decision on it would know."""
        with self._lock:
            return self._tables.context_of(self._tables.application(application.reference))

    def history(self, kind: SubjectKind, reference: str) -> Sequence[HistoryEntry]:
        """A subject's history, oldest first."""
        return self._tables.histories[kind].get(reference, ())

    def feed(self, start: str | None, *, limit: int | None) -> Sequence[FeedEntry]:
        """The histories of all subjects from a place on, in one order."""
        first = 1 if start is None else _number(start)
        with self._lock:
            last = len(self._tables.feed) if limit is None else first + limit - 1
            positions = self._tables.feed[first - 1 : last]
            return [FeedEntry(str(first + place), self._entry(each)) for place, each in enumerate(positions)]

    def held_back(self) -> int:
        """None: one transaction writes at a time, and nobody reads meanwhile."""
        return 0

    def _entry(self, position: Position) -> HistoryEntry:
        return self._tables.histories[position.kind][position.reference][position.version - 1]

    def states(self, kind: SubjectKind) -> Mapping[str, State]:
        """The state of every subject of a kind, by reference."""
        with self._lock:
            return {reference: subject.state for reference, subject in sorted(self._tables.subjects[kind].items())}

    def candidate(self, reference: str) -> Candidate | None:
        """A person's name and e-mail."""
        return self._tables.people.get(reference)

    def subjects(self, kind: SubjectKind, after: str, limit: int) -> Sequence[Subject]:
        """Subjects of a kind in the order of their references: those after one, at most so many."""
        with self._lock:
            known = self._tables.subjects[kind]
            return [known[each] for each in nsmallest(limit, (each for each in known if each > after))]

    def first_entries(self, kind: SubjectKind, references: Iterable[str]) -> Mapping[str, HistoryEntry]:
        """With which entry each history begins."""
        histories = self._tables.histories[kind]
        return {each: histories[each][0] for each in references if each in histories}

    def people(self, references: Iterable[str]) -> Mapping[str, Candidate]:
        """The people whose names are known."""
        people = self._tables.people
        return {each: people[each] for each in references if each in people}

    def organizations(self) -> Sequence[str]:
        """Every organisation that holds a role on a session, in order."""
        with self._lock:
            sessions = tuple(self._tables.sessions())
        return sorted({each.organization(role) for each in sessions for role in Role})

    def overdue(self, ended_before: date) -> Sequence[str]:
        """References of open applications of sessions that ended before a day, in order."""
        with self._lock:
            return [each.reference for each in self._tables.overdue(ended_before)]

    def dashboard(
        self, organization: str, *, expiring: tuple[date, date], since: datetime | None = None
    ) -> Sequence[DashboardRow]:
        """A row per role that the organisation holds."""
        with self._lock:
            return [
                self._row(role, sessions, expiring, since)
                for role in Role
                if (sessions := [each for each in self._tables.sessions() if each.organization(role) == organization])
            ]

    def _row(
        self,
        role: Role,
        sessions: Sequence[TrainingSession],
        expiring: tuple[date, date],
        since: datetime | None,
    ) -> DashboardRow:
        counted = [
            (session, self._tally(session.reference, since))
            for session in sessions
            if (action := self._tables.action(session.action)) and action.state is ActionState.PUBLISHED
        ]
        first, last = expiring
        tallies = [tally for _, tally in counted]
        return DashboardRow(
            role=role,
            pending=sum(each.open for each in tallies),
            expiring=sum(tally.open for session, tally in counted if first <= session.end <= last),
            retained=sum(each.retained for each in tallies),
            rejected=sum(each.rejected for each in tallies),
            no_advice=sum(each.no_advice for each in tallies),
            session_full=sum(each.session_full for each in tallies),
            cancelled=sum(each.cancelled for each in tallies),
        )

    def _tally(self, session: str, since: datetime | None) -> Tally:
        if since is None:
            return self._tables.tallies[session]
        tally = Tally()
        for application in map(self._tables.application, self._tables.applications_of[session]):
            if application.registered_at >= since:
                tally = tally.moved(None, application.state)
        return tally


def _number(place: str) -> int:
    """The number of a place, the first is 1.

    Raises:
        Malformed: it is none.
    """
    if not _NUMBER.fullmatch(place):
        raise Malformed.at("$.after", "not a cursor of this store's feed")
    return int(place)
