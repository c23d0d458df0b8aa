"""SQL queries: subjects, histories, lists, tabs and dashboard; one read-only transaction each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import BindParameter, Connection, Row, bindparam, select, union

from poec_workflow.adapters.row_builders import action_row, session_row
from poec_workflow.adapters.search_text import words
from poec_workflow.adapters.sql import (
    application_statements,
    bulk_reading,
    context_loading,
    feed_reading,
    list_conditions,
    list_statements,
)
from poec_workflow.adapters.sql.connections import Connections
from poec_workflow.adapters.sql.dashboard_statements import from_applications, from_counters
from poec_workflow.adapters.sql.dialects import supports_lateral
from poec_workflow.adapters.sql.prepared import CoreConnection, Prepared, StatementConnection
from poec_workflow.adapters.sql.schema import SUBJECTS, applications, history, people, sessions
from poec_workflow.adapters.sql.search_index import text_index
from poec_workflow.adapters.sql.state_paging import lists_by_state
from poec_workflow.adapters.sql.stored_values import read, read_application_rows, tally_of
from poec_workflow.adapters.sql.subject_statements import is_open, open_count
from poec_workflow.history import HistoryEntry
from poec_workflow.model import (
    STATE_TYPES,
    SUBJECT_TYPES,
    Application,
    Candidate,
    Role,
    State,
    Subject,
    SubjectKind,
    TrainingAction,
    TrainingSession,
)
from poec_workflow.policies.alerts import AlertCriteria
from poec_workflow.ports import DecisionContext, FeedEntry
from poec_workflow.views import (
    ActionFilter,
    ActionRow,
    ActionTab,
    ApplicationFilter,
    ApplicationRow,
    DashboardRow,
    SessionFilter,
    SessionRow,
    Sort,
    Span,
    Tab,
    stamp,
)

AnyTab = TypeVar("AnyTab", Tab, ActionTab)

_REFERENCE: BindParameter[str] = bindparam("reference")

_subjects = {
    kind: Prepared(select(table.c.data).where(table.c.reference == _REFERENCE)) for kind, table in SUBJECTS.items()
}
_history = Prepared(
    select(history.c.data)
    .where(history.c.kind == bindparam("kind"), history.c.reference == _REFERENCE)
    .order_by(history.c.version)
)
_states = {
    kind: select(table.c.reference, table.c.state).order_by(table.c.reference) for kind, table in SUBJECTS.items()
}
_person = Prepared(select(people).where(people.c.reference == _REFERENCE))
_organizations = union(*(select(sessions.c[role.value].label("holder")) for role in Role)).order_by("holder")
_ended = select(sessions.c.reference).where(sessions.c.end_on < bindparam("before"), open_count > 0)
_overdue = (
    select(applications.c.reference)
    .where(applications.c.session.in_(_ended), is_open)
    .order_by(applications.c.reference)
)


class SqlQueries:
    """The `Queries` port on SQL; each query reads one snapshot."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def subject(self, kind: SubjectKind, reference: str) -> Subject | None:
        """One subject."""
        texts = self._connections.select(lambda c: _subject_texts(c, kind, reference))
        return read(texts[0], SUBJECT_TYPES[kind]) if texts else None

    def around(self, application: Application) -> DecisionContext:
        """One application with what a decision on it would know."""
        return self._connections.read(
            lambda c: context_loading.load_application(CoreConnection(c), application.reference, self._of_session)
        )

    def history(self, kind: SubjectKind, reference: str) -> Sequence[HistoryEntry]:
        """A subject's history, oldest first."""
        texts = self._connections.select(lambda c: _entry_texts(c, kind, reference))
        return [read(text, HistoryEntry) for text in texts]

    def feed(self, start: str | None, *, limit: int | None) -> Sequence[FeedEntry]:
        """The histories of all subjects from a place on, in one order."""
        return self._connections.select(lambda c: feed_reading.entries(c, start, limit))

    def held_back(self) -> int:
        """How many entries wait for an older transaction to end."""
        return self._connections.select(feed_reading.held_back)

    def states(self, kind: SubjectKind) -> Mapping[str, State]:
        """The state of every subject of a kind, by reference."""
        rows = self._connections.read(lambda c: c.execute(_states[kind]).all())
        state = STATE_TYPES[kind]
        return {row.reference: state(row.state) for row in rows}

    def candidate(self, reference: str) -> Candidate | None:
        """A person's name and e-mail, unless they were erased."""
        row = self._connections.select(lambda c: c.row(_person, {"reference": reference}))
        return Candidate(reference=row.reference, name=row.name, email=row.email) if row else None

    def subjects(self, kind: SubjectKind, after: str, limit: int) -> Sequence[Subject]:
        """Subjects of a kind in the order of their references: those after one, at most so many."""
        return self._connections.select(lambda c: bulk_reading.subjects(c, kind, after, limit))

    def first_entries(self, kind: SubjectKind, references: Iterable[str]) -> Mapping[str, HistoryEntry]:
        """With which entry each history begins."""
        return self._connections.select(lambda c: bulk_reading.first_entries(c, kind, references))

    def people(self, references: Iterable[str]) -> Mapping[str, Candidate]:
        """The people whose names are known."""
        return self._connections.select(lambda c: bulk_reading.known_people(c, references))

    def organizations(self) -> Sequence[str]:
        """Every organisation that holds a role on a session, in order."""
        return self._connections.read(lambda c: c.scalars(_organizations).all())

    def overdue(self, ended_before: date) -> Sequence[str]:
        """References of open applications of sessions that ended before a day, in order."""
        parameters = {"before": ended_before.isoformat()}
        return self._connections.read(lambda c: c.scalars(_overdue, parameters).all())

    def dashboard(
        self, organization: str, *, expiring: tuple[date, date], since: datetime | None = None
    ) -> Sequence[DashboardRow]:
        """A row per role that the organisation holds: from the counters, or with `since` from the applications."""
        first, last = (each.isoformat() for each in expiring)
        parameters: dict[str, object] = {"organization": organization, "first_end": first, "last_end": last}
        statement = from_counters
        if since is not None:
            statement, parameters = from_applications, {**parameters, "registered_from": stamp(since)}
        rows = self._connections.read(lambda c: c.execute(statement, parameters).mappings().all())
        return [DashboardRow(**{**row, "role": Role(row["role"])}) for row in map(dict, rows) if row.pop("held")]

    def applications(self, filter_: ApplicationFilter, criteria: AlertCriteria, span: Span) -> Sequence[ApplicationRow]:
        """Applications in the span's order, after its key, at most so many."""

        def work(connection: StatementConnection) -> Sequence[Any]:
            if span.sort is not Sort.STATE or not application_statements.is_counted(filter_):
                return _application_rows(connection, filter_, criteria, span)
            rows: list[Any] = []
            for of_state, part in lists_by_state(filter_, span):
                if span.limit is None or len(rows) < span.limit:
                    rows.extend(_application_rows(connection, of_state, criteria, part))
            return rows[: span.limit]

        return read_application_rows(self._connections.select(work))

    def application_tabs(self, filter_: ApplicationFilter, criteria: AlertCriteria) -> Mapping[Tab, int]:
        """How many applications each tab has, whatever the filter's."""

        def work(connection: Connection) -> Row[Any]:
            index = text_index(words(filter_.text), CoreConnection(connection))
            statement = application_statements.application_tabs(filter_, index)
            return connection.execute(statement, list_conditions.parameters(filter_, criteria)).one()

        row = self._connections.read(work)
        return {tab: getattr(row, tab.value) for tab in Tab}

    def sessions(self, filter_: SessionFilter, criteria: AlertCriteria, span: Span) -> Sequence[SessionRow]:
        """Sessions in the span's order, after its key, at most so many."""
        statement = list_statements.sessions_page(filter_, span)
        given = list_conditions.parameters(filter_, criteria, span)
        rows = self._connections.read(lambda c: c.execute(statement, given).all())
        return [
            session_row(read(row.session, TrainingSession), read(row.action, TrainingAction), tally_of(row))
            for row in rows
        ]

    def session_tabs(self, filter_: SessionFilter, criteria: AlertCriteria) -> Mapping[Tab, int]:
        """How many sessions each tab has, whatever the filter's."""
        given = list_conditions.parameters(filter_, criteria)
        return self._counts(Tab, list_statements.session_tabs(filter_), given)

    def actions(self, filter_: ActionFilter, criteria: AlertCriteria, span: Span) -> Sequence[ActionRow]:
        """Actions with their sessions in the span's order, after its key, at most so many."""
        statement = list_statements.actions_page(filter_, criteria, span)
        given = list_conditions.parameters(filter_, criteria, span)
        rows, session_rows = self._connections.read(
            lambda c: (
                c.execute(statement, given).all(),
                c.execute(list_statements.sessions_of(statement), given).all(),
            )
        )
        sessions_of: dict[str, list[TrainingSession]] = defaultdict(list)
        for row in session_rows:
            sessions_of[row.action].append(read(row.data, TrainingSession))
        return [
            action_row(read(row.data, TrainingAction), sessions_of[row.reference], list_statements.alerts_of(row))
            for row in rows
        ]

    def action_tabs(self, filter_: ActionFilter, criteria: AlertCriteria) -> Mapping[ActionTab, int]:
        """How many actions each tab has, whatever the filter's."""
        given = list_conditions.parameters(filter_, criteria)
        return self._counts(ActionTab, list_statements.action_tabs(filter_, criteria), given)

    def waiting(self, organization: str, *, ended_from: date) -> Sequence[ApplicationRow]:
        """Open applications of an organisation's sessions that ended on a day or later, or have not, by reference."""
        statement = application_statements.waiting(organization, ended_from)
        return read_application_rows(self._connections.read(lambda c: c.execute(statement).all()))

    def _counts(
        self, tabs: type[AnyTab], statement: list_conditions.Statement, given: Mapping[str, object]
    ) -> Mapping[AnyTab, int]:
        row = self._connections.read(lambda c: c.execute(statement, given).mappings().one())
        return {tab: row[tab.value] for tab in tabs}

    def _of_session(self, session: str, *, retained: bool = False) -> Sequence[Application]:
        return self._connections.select(
            lambda c: context_loading.applications_of_session(c, session, retained=retained)
        )


def _subject_texts(connection: StatementConnection, kind: SubjectKind, reference: str) -> Sequence[str]:
    if connection.partitioned is None or kind is not SubjectKind.APPLICATION:
        return connection.values(_subjects[kind], {"reference": reference})
    from poec_workflow.adapters.sql import session_loading  # noqa: PLC0415 - few stores have partitions

    return session_loading.application_texts(connection, reference)


def _entry_texts(connection: StatementConnection, kind: SubjectKind, reference: str) -> Sequence[str]:
    if connection.partitioned is None:
        return connection.values(_history, {"kind": kind.value, "reference": reference})
    from poec_workflow.adapters.sql import session_loading  # noqa: PLC0415 - few stores have partitions

    return session_loading.entry_texts(connection, kind, reference)


def _application_rows(
    connection: StatementConnection, filter_: ApplicationFilter, criteria: AlertCriteria, span: Span
) -> Sequence[Any]:
    lateral = supports_lateral(connection.dialect)
    index = text_index(words(filter_.text), connection)
    statement = application_statements.applications_page(
        application_statements.shape_of(filter_),
        span.limit,
        lateral=lateral,
        index=index,
        sort=span.sort,
        descending=span.descending,
        backwards=span.sort is Sort.CANDIDATE and span.backwards,
    )
    return connection.rows(statement, list_conditions.parameters(filter_, criteria, span))
