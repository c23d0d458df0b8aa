"""The queries port: reading outside of a decision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol, TypeGuard

from poec_workflow.history import HistoryEntry
from poec_workflow.model import Application, Candidate, State, Subject, SubjectKind
from poec_workflow.policies.alerts import AlertCriteria
from poec_workflow.ports.context import DecisionContext
from poec_workflow.views import (
    ActionFilter,
    ActionRow,
    ActionTab,
    ApplicationFilter,
    ApplicationRow,
    DashboardRow,
    SessionFilter,
    SessionRow,
    Span,
    Tab,
)


class Queries(Protocol):
    """Reads subjects, histories and lists."""

    def subject(self, kind: SubjectKind, reference: str) -> Subject | None:
        """One subject."""
        ...

    def around(self, application: Application) -> DecisionContext:
        """The application as it is stored now, with the context of a decision on it, from one consistent read."""
        ...

    def history(self, kind: SubjectKind, reference: str) -> Sequence[HistoryEntry]:
        """A subject's history, oldest first."""
        ...

    def states(self, kind: SubjectKind) -> Mapping[str, State]:
        """The state of every subject of a kind, by reference."""
        ...

    def candidate(self, reference: str) -> Candidate | None:
        """A person's name and e-mail, unless they were erased."""
        ...

    def organizations(self) -> Sequence[str]:
        """Every organisation that holds a role on a session, in order."""
        ...

    def overdue(self, ended_before: date) -> Sequence[str]:
        """References of open applications of sessions that ended before a day, in order."""
        ...

    def dashboard(
        self, organization: str, *, expiring: tuple[date, date], since: datetime | None = None
    ) -> Sequence[DashboardRow]:
        """A row per role that the organisation holds; see `Workflow.dashboard`.

        Args:
            organization: whose rows.
            expiring: the first and last session end whose open applications are expiring.
            since: count applications registered at or after this instant.
        """
        ...

    def applications(self, asked: ApplicationFilter, criteria: AlertCriteria, span: Span) -> Sequence[ApplicationRow]:
        """Applications in the span's order: those after its key, at most so many."""
        ...

    def application_tabs(self, asked: ApplicationFilter, criteria: AlertCriteria) -> Mapping[Tab, int]:
        """How many applications each tab has, whatever the filter's own."""
        ...

    def sessions(self, asked: SessionFilter, criteria: AlertCriteria, span: Span) -> Sequence[SessionRow]:
        """Sessions in the span's order: those after its key, at most so many."""
        ...

    def session_tabs(self, asked: SessionFilter, criteria: AlertCriteria) -> Mapping[Tab, int]:
        """How many sessions each tab has, whatever the filter's own."""
        ...

    def actions(self, asked: ActionFilter, criteria: AlertCriteria, span: Span) -> Sequence[ActionRow]:
        """Actions in the span's order: those after its key, at most so many."""
        ...

    def action_tabs(self, asked: ActionFilter, criteria: AlertCriteria) -> Mapping[ActionTab, int]:
        """How many actions each tab has, whatever the filter's own."""
        ...

    def waiting(self, organization: str, *, ended_from: date) -> Sequence[ApplicationRow]:
        """Open applications of an organisation's sessions that ended on a day or later, or have not, by reference."""
        ...


class ReadsInBulk(Queries, Protocol):
    """Queries that read many subjects at once; imports and exports ask others for one after the other."""

    def subjects(self, kind: SubjectKind, after: str, limit: int) -> Sequence[Subject]:
        """Subjects of a kind in the order of their references: those after one, at most so many."""
        ...

    def first_entries(self, kind: SubjectKind, references: Iterable[str]) -> Mapping[str, HistoryEntry]:
        """With which entry the history of each of some subjects begins, of those that exist."""
        ...

    def people(self, references: Iterable[str]) -> Mapping[str, Candidate]:
        """The people of some references whose names are known."""
        ...


def reads_in_bulk(queries: Queries) -> TypeGuard[ReadsInBulk]:
    """Whether the class of the queries reads many at once."""
    return all(hasattr(type(queries), each) for each in ("subjects", "first_entries", "people"))
