"""In-memory lists of applications, sessions and actions: full scans, the reference for the SQL adapter's lists."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from operator import itemgetter
from threading import RLock
from typing import TypeVar, cast

from attrs import evolve

from poec_workflow.adapters.memory.memory_tables import Tables
from poec_workflow.adapters.row_builders import action_row, application_row, session_row
from poec_workflow.adapters.search_text import action_text, application_text, person_text, session_text, words
from poec_workflow.model import OPEN_STATES, ActionState, Application, Role, TrainingAction, TrainingSession
from poec_workflow.policies.alerts import AlertCriteria, alert_reasons, alerts, awaits_validation, is_ended
from poec_workflow.policies.facts import Enrolment
from poec_workflow.views import (
    ActionFilter,
    ActionRow,
    ActionTab,
    ApplicationFilter,
    ApplicationRow,
    Column,
    SessionFilter,
    SessionRow,
    Span,
    Tab,
    Task,
    key_of,
    task_of,
)
from poec_workflow.views.ordering import Key

Row = TypeVar("Row", ApplicationRow, SessionRow, ActionRow)


class MemoryLists:
    """The lists of the `Queries` port; each holds the storage's lock while it reads."""

    def __init__(self, tables: Tables, lock: RLock) -> None:
        self._tables = tables
        self._lock = lock

    def applications(self, filter_: ApplicationFilter, criteria: AlertCriteria, span: Span) -> Sequence[ApplicationRow]:
        """Applications in the span's order, after its key, at most so many."""
        with self._lock:
            return _page([self._application_row(each) for each in self._applications(filter_, criteria)], span)

    def application_tabs(self, filter_: ApplicationFilter, criteria: AlertCriteria) -> Mapping[Tab, int]:
        """How many applications each tab has, whatever the filter's."""
        with self._lock:
            return {tab: sum(1 for _ in self._applications(evolve(filter_, tab=tab), criteria)) for tab in Tab}

    def sessions(self, filter_: SessionFilter, criteria: AlertCriteria, span: Span) -> Sequence[SessionRow]:
        """Sessions in the span's order, after its key, at most so many."""
        with self._lock:
            matching = self._sessions(filter_, criteria)
            rows = [session_row(each, self._action(each), self._tables.tallies[each.reference]) for each in matching]
            return _page(rows, span)

    def session_tabs(self, filter_: SessionFilter, criteria: AlertCriteria) -> Mapping[Tab, int]:
        """How many sessions each tab has, whatever the filter's."""
        with self._lock:
            return {tab: sum(1 for _ in self._sessions(evolve(filter_, tab=tab), criteria)) for tab in Tab}

    def actions(self, filter_: ActionFilter, criteria: AlertCriteria, span: Span) -> Sequence[ActionRow]:
        """Actions with their sessions in the span's order, after its key, at most so many."""
        with self._lock:
            rows = [
                action_row(each, self._sessions_of(each), alert_reasons(each, self._enrolments(each), criteria))
                for each in self._actions(filter_, criteria)
            ]
            return _page(rows, span)

    def action_tabs(self, filter_: ActionFilter, criteria: AlertCriteria) -> Mapping[ActionTab, int]:
        """How many actions each tab has, whatever the filter's."""
        with self._lock:
            return {tab: sum(1 for _ in self._actions(evolve(filter_, tab=tab), criteria)) for tab in ActionTab}

    def waiting(self, organization: str, *, ended_from: date) -> Sequence[ApplicationRow]:
        """Open applications of an organisation's sessions that ended on a day or later, or have not, by reference."""
        with self._lock:
            due = {
                each.reference
                for each in self._tables.sessions()
                if each.roles_of(organization) and each.end >= ended_from
            }
            matching = (
                each for each in self._tables.applications() if each.session in due and each.state in OPEN_STATES
            )
            return _page([self._application_row(each) for each in matching], Span())

    def _applications(self, filter_: ApplicationFilter, criteria: AlertCriteria) -> Iterator[Application]:
        states = filter_.restricted_states
        for application in self._tables.applications():
            session = self._session(application)
            if (
                (states is None or application.state in states)
                and (criteria.since is None or application.registered_at >= criteria.since)
                and (not filter_.published or self._action(session).state is ActionState.PUBLISHED)
                and (filter_.column is not Column.EXPIRING or _ends_expiring(session, criteria))
                and (filter_.task is None or _is_to_do(filter_.task, application, session, criteria))
                and filter_.session in (None, application.session)
                and filter_.candidate in (None, application.candidate)
                and filter_.prescriber in (None, application.prescriber.organization)
                and filter_.funder in (None, self._action(session).funder)
                and _session_matches(session, filter_, criteria)
                and _text_matches(filter_.text, lambda of=application: self._searched_texts(of))  # type: ignore[misc]
            ):
                yield application

    def _sessions(self, filter_: SessionFilter, criteria: AlertCriteria) -> Iterator[TrainingSession]:
        for session in self._tables.sessions():
            if (
                (not filter_.states or session.state in filter_.states)
                and filter_.action in (None, session.action)
                and filter_.funder in (None, self._action(session).funder)
                and (not filter_.published or self._action(session).state is ActionState.PUBLISHED)
                and _session_matches(session, filter_, criteria)
                and _text_matches(filter_.text, lambda of=session: (session_text(of), action_text(self._action(of))))  # type: ignore[misc]
            ):
                yield session

    def _actions(self, filter_: ActionFilter, criteria: AlertCriteria) -> Iterator[TrainingAction]:
        for action in self._tables.actions():
            if (
                (filter_.tab is None or self._is_in_tab(action, filter_.tab, criteria))
                and (filter_.organization is None or self._involves(action, filter_.organization))
                and filter_.funder in (None, action.funder)
                and _text_matches(filter_.text, lambda of=action: (action_text(of),))  # type: ignore[misc]
            ):
                yield action

    def _is_in_tab(self, action: TrainingAction, tab: ActionTab, criteria: AlertCriteria) -> bool:
        if tab is ActionTab.ALERT:
            return alerts(action, self._enrolments(action), criteria)
        if tab is ActionTab.PENDING_VALIDATION:
            return awaits_validation(action)
        return action.state.value == tab.value

    def _involves(self, action: TrainingAction, organization: str) -> bool:
        return action.responsible == organization or any(
            each.roles_of(organization) for each in self._sessions_of(action)
        )

    def _application_row(self, application: Application) -> ApplicationRow:
        session = self._session(application)
        person = self._tables.people.get(application.candidate)
        return application_row(application, session, self._action(session), person.name if person else None)

    def _searched_texts(self, application: Application) -> tuple[str, ...]:
        session = self._session(application)
        person = self._tables.people.get(application.candidate)
        return (
            application_text(application),
            session_text(session),
            action_text(self._action(session)),
            person_text(person) if person else "",
        )

    def _session(self, application: Application) -> TrainingSession:
        return cast("TrainingSession", self._tables.session(application.session))

    def _action(self, session: TrainingSession) -> TrainingAction:
        return cast("TrainingAction", self._tables.action(session.action))

    def _sessions_of(self, action: TrainingAction) -> list[TrainingSession]:
        return [each.session for each in self._enrolments(action)]

    def _enrolments(self, action: TrainingAction) -> tuple[Enrolment, ...]:
        return self._tables.context_of(action).enrolments


def _session_matches(
    session: TrainingSession, filter_: ApplicationFilter | SessionFilter, criteria: AlertCriteria
) -> bool:
    roles = (filter_.role,) if filter_.role else tuple(Role)
    return (
        (filter_.tab is None or is_ended(session, criteria.today) is (filter_.tab is Tab.ENDED))
        and (filter_.organization is None or any(session.organization(role) == filter_.organization for role in roles))
        and (filter_.session_from is None or session.start >= filter_.session_from)
        and (filter_.session_until is None or session.end <= filter_.session_until)
        and filter_.session_type in (None, session.session_type)
    )


def _text_matches(text: str, texts: Callable[[], Sequence[str]]) -> bool:
    searched = words(text)
    return not searched or all(any(word in each for each in texts()) for word in searched)


def _is_to_do(task: Task, application: Application, session: TrainingSession, criteria: AlertCriteria) -> bool:
    """Whether an application in one of a task's states is to be looked at, and not overdue."""
    if task is Task.EXPIRING:
        return _ends_expiring(session, criteria)
    return task_of(application, criteria.today) is task and session.end >= criteria.expiring[0]


def _ends_expiring(session: TrainingSession, criteria: AlertCriteria) -> bool:
    first, last = criteria.expiring
    return first <= session.end <= last


def _page(rows: Iterable[Row], span: Span) -> Sequence[Row]:
    keyed = sorted(
        ((key_of(each, span.sort, span.nameless), each) for each in rows), key=itemgetter(0), reverse=span.descending
    )
    following = [each for key, each in keyed if span.after is None or _comes_after(key, span.after, span)]
    return following[: span.limit]


def _comes_after(key: Key, other: Key, span: Span) -> bool:
    return key < other if span.descending else key > other
