"""Lists and their tabs: plain filters over everything, which a database has to equal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from threading import RLock
from typing import TypeVar, cast

from attrs import evolve

from poec_workflow.adapters.list_rows import action_line, application_line, session_line
from poec_workflow.adapters.memory.memory_tables import Tables
from poec_workflow.adapters.search_text import action_text, application_text, person_text, session_text, words
from poec_workflow.model import OPEN_STATES, Application, Role, TrainingAction, TrainingSession
from poec_workflow.policies.alerts import AlertCriteria, alerts, awaits_validation, is_ended
from poec_workflow.policies.facts import Enrolment
from poec_workflow.views import (
    ActionFilter,
    ActionRow,
    ActionTab,
    ApplicationFilter,
    ApplicationRow,
    SessionFilter,
    SessionRow,
    Tab,
)

Row = TypeVar("Row", ApplicationRow, SessionRow, ActionRow)


class MemoryLists:
    """The lists, each read under the lock."""

    def __init__(self, tables: Tables, lock: RLock) -> None:
        self._tables = tables
        self._lock = lock

    def applications(
        self, asked: ApplicationFilter, criteria: AlertCriteria, *, after: str | None, limit: int | None
    ) -> Sequence[ApplicationRow]:
        """Applications by reference, after one, at most so many."""
        with self._lock:
            return _span([self._application_line(each) for each in self._applications(asked, criteria)], after, limit)

    def application_tabs(self, asked: ApplicationFilter, criteria: AlertCriteria) -> Mapping[Tab, int]:
        """How many applications each tab has, whatever the filter's."""
        with self._lock:
            return {tab: sum(1 for _ in self._applications(evolve(asked, tab=tab), criteria)) for tab in Tab}

    def sessions(
        self, asked: SessionFilter, criteria: AlertCriteria, *, after: str | None, limit: int | None
    ) -> Sequence[SessionRow]:
        """Sessions by reference, after one, at most so many."""
        with self._lock:
            found = self._sessions(asked, criteria)
            lines = [session_line(each, self._action(each), self._tables.tallies[each.reference]) for each in found]
            return _span(lines, after, limit)

    def session_tabs(self, asked: SessionFilter, criteria: AlertCriteria) -> Mapping[Tab, int]:
        """How many sessions each tab has, whatever the filter's."""
        with self._lock:
            return {tab: sum(1 for _ in self._sessions(evolve(asked, tab=tab), criteria)) for tab in Tab}

    def actions(
        self, asked: ActionFilter, criteria: AlertCriteria, *, after: str | None, limit: int | None
    ) -> Sequence[ActionRow]:
        """Actions by reference with their sessions, after one, at most so many."""
        with self._lock:
            lines = [
                action_line(each, self._sessions_of(each), alert=alerts(each, self._enrolments(each), criteria))
                for each in self._actions(asked, criteria)
            ]
            return _span(lines, after, limit)

    def action_tabs(self, asked: ActionFilter, criteria: AlertCriteria) -> Mapping[ActionTab, int]:
        """How many actions each tab has, whatever the filter's."""
        with self._lock:
            return {tab: sum(1 for _ in self._actions(evolve(asked, tab=tab), criteria)) for tab in ActionTab}

    def waiting(self, organization: str, *, ended_from: date) -> Sequence[ApplicationRow]:
        """Open applications of an organisation's sessions that ended on a day or later, or have not, by reference."""
        with self._lock:
            due = {
                each.reference
                for each in self._tables.sessions()
                if each.roles_of(organization) and each.end >= ended_from
            }
            found = (each for each in self._tables.applications() if each.session in due and each.state in OPEN_STATES)
            return _span([self._application_line(each) for each in found], None, None)

    def _applications(self, asked: ApplicationFilter, criteria: AlertCriteria) -> Iterator[Application]:
        for application in self._tables.applications():
            session = self._session(application)
            if (
                (not asked.states or application.state in asked.states)
                and asked.session in (None, application.session)
                and asked.candidate in (None, application.candidate)
                and _fits(session, asked, criteria)
                and _found(asked.text, lambda of=application: self._texts(of))  # type: ignore[misc]
            ):
                yield application

    def _sessions(self, asked: SessionFilter, criteria: AlertCriteria) -> Iterator[TrainingSession]:
        for session in self._tables.sessions():
            if (
                (not asked.states or session.state in asked.states)
                and asked.action in (None, session.action)
                and _fits(session, asked, criteria)
                and _found(asked.text, lambda of=session: (session_text(of), action_text(self._action(of))))  # type: ignore[misc]
            ):
                yield session

    def _actions(self, asked: ActionFilter, criteria: AlertCriteria) -> Iterator[TrainingAction]:
        for action in self._tables.actions():
            if (
                (asked.tab is None or self._in_tab(action, asked.tab, criteria))
                and (asked.organization is None or self._concerns(action, asked.organization))
                and _found(asked.text, lambda of=action: (action_text(of),))  # type: ignore[misc]
            ):
                yield action

    def _in_tab(self, action: TrainingAction, tab: ActionTab, criteria: AlertCriteria) -> bool:
        if tab is ActionTab.ALERT:
            return alerts(action, self._enrolments(action), criteria)
        if tab is ActionTab.PENDING_VALIDATION:
            return awaits_validation(action)
        return action.state.value == tab.value

    def _concerns(self, action: TrainingAction, organization: str) -> bool:
        return action.responsible == organization or any(
            each.roles_of(organization) for each in self._sessions_of(action)
        )

    def _application_line(self, application: Application) -> ApplicationRow:
        session = self._session(application)
        person = self._tables.people.get(application.candidate)
        return application_line(application, session, self._action(session), person.name if person else None)

    def _texts(self, application: Application) -> tuple[str, ...]:
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
        return self._tables.around(action).enrolments


def _fits(session: TrainingSession, asked: ApplicationFilter | SessionFilter, criteria: AlertCriteria) -> bool:
    roles = (asked.role,) if asked.role else tuple(Role)
    return (
        (asked.tab is None or is_ended(session, criteria.today) is (asked.tab is Tab.ENDED))
        and (asked.organization is None or any(session.organization(role) == asked.organization for role in roles))
        and (asked.session_from is None or session.start >= asked.session_from)
        and (asked.session_until is None or session.end <= asked.session_until)
    )


def _found(text: str, texts: Callable[[], Sequence[str]]) -> bool:
    asked = words(text)
    return not asked or all(any(word in each for each in texts()) for word in asked)


def _span(lines: list[Row], after: str | None, limit: int | None) -> Sequence[Row]:
    following = sorted(
        (each for each in lines if after is None or each.reference > after), key=lambda each: each.reference
    )
    return following[:limit]
