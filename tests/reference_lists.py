"""Lists as the domain page words them: plain filters over everything, which know nothing of the package's own."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from poec_workflow.model import (
    LIVE_STATES,
    OPEN_STATES,
    Application,
    ApplicationState,
    Role,
    SubjectKind,
    TrainingAction,
    TrainingSession,
)
from poec_workflow.testing.contracts.datasets import TODAY
from poec_workflow.testing.reference import Snapshot
from poec_workflow.views import ActionFilter, ActionTab, ApplicationFilter, PageRequest, SessionFilter

PARIS = ZoneInfo("Europe/Paris")
BY_REFERENCE = PageRequest()


class ReferenceLists:
    """The domain page's words about lists, over everything in memory."""

    def __init__(self, stored: Snapshot, *, live: bool) -> None:
        self.stored, self.live = stored, live

    def applications(self, asked: ApplicationFilter, order: PageRequest = BY_REFERENCE) -> list[str]:
        """References of what fits, in order."""

        def place(each: Application) -> Any:
            session = self.session_of(each)
            return {
                "reference": (),
                "registration": (each.registered_at.astimezone(UTC),),
                "session-start": (session.start, session.reference),
                "session-end": (session.end, session.reference),
                "candidate": (self._name(each), each.candidate),
                "state": ([*ApplicationState].index(each.state),),
            }[order.sort]

        fits = [each for each in self._of(SubjectKind.APPLICATION).values() if self._application(each, asked)]
        if order.sort != "candidate":
            return in_order(fits, place, order)
        nameless = [each for each in fits if each.candidate not in self.stored.people]
        named = [each for each in fits if each.candidate in self.stored.people]
        return in_order(named, place, order) + in_order(nameless, place, order)

    def _name(self, application: Application) -> str:
        person = self.stored.people.get(application.candidate)
        return plain(person.name) if person else ""

    def sessions(self, asked: SessionFilter, order: PageRequest = BY_REFERENCE) -> list[str]:
        """References of what fits, in order."""
        fits = [each for each in self._of(SubjectKind.SESSION).values() if self._session(each, asked)]
        places = {
            "session-start": lambda each: (each.start,),
            "session-end": lambda each: (each.end,),
            "place": lambda each: (plain(each.place),),
        }
        return in_order(fits, places.get(order.sort, lambda _: ()), order)

    def actions(self, asked: ActionFilter, order: PageRequest = BY_REFERENCE) -> list[str]:
        """References of what fits, in order."""
        fits = self._actions(asked)
        return fits[::-1] if order.descending else fits

    def _actions(self, asked: ActionFilter) -> list[str]:
        return sorted(
            each.reference
            for each in self._of(SubjectKind.ACTION).values()
            if (asked.tab is None or self.in_tab(each, asked.tab, asked.at or TODAY))
            and asked.organization in (None, each.responsible, *self._holders(*self.stored.sessions(each.reference)))
            and asked.funder in (None, each.funder)
            and mentions(asked.text, each.reference, each.title, each.funder, each.responsible)
        )

    def queue(self, organization: str) -> list[list[str]]:
        """To convoke, attendance to record, advice to give, expiring."""
        waiting = [
            each
            for _, each in sorted(self._of(SubjectKind.APPLICATION).items())
            if each.state in OPEN_STATES
            and organization in self._holders(self.session_of(each))
            and self._deadline(each) >= TODAY
        ]
        due = [each for each in waiting if each.state == "convoked" and each.convocations[-1].on <= TODAY]
        return [
            [each.reference for each in waiting if each.state in ("pending", "absent")],
            [each.reference for each in due],
            [each.reference for each in waiting if each.state == "present"],
            [each.reference for each in waiting if self._deadline(each) <= TODAY + timedelta(days=15)],
        ]

    def dashboard(self, organization: str) -> dict[Role, tuple[int, int, int, int]]:
        """Open, expiring, retained and rejected, by role."""
        return {
            role: self._counted([each for each in held if self.action_of(each).state == "published"])
            for role in Role
            if (
                held := [
                    each for each in self._of(SubjectKind.SESSION).values() if each.organization(role) == organization
                ]
            )
        }

    def overdue(self) -> list[str]:
        """Open applications of today that no advice can reach."""
        everyone = sorted(self._of(SubjectKind.APPLICATION).items())
        return [name for name, each in everyone if each.state in OPEN_STATES and self._deadline(each) < TODAY]

    def in_tab(self, action: TrainingAction, tab: ActionTab, today: date = TODAY) -> bool:
        """Whether an action stands in a tab."""
        if tab is ActionTab.PENDING_VALIDATION:
            return action.pending_certification is not None and action.state not in ("archived", "deleted")
        if tab is ActionTab.ALERT:
            return bool(self.alerts(action, today))
        return action.state.value == tab.value

    def alerts(self, action: TrainingAction, today: date = TODAY) -> list[str]:
        """Why an action stands in the tab of alerts."""
        sessions = self.stored.sessions(action.reference)
        found = {
            "incomplete": "" in (action.objective, action.programme, action.prerequisites),
            "applications-expiring": any(self._has_expiring(each, today) for each in sessions),
            "quota-unused": any(self._closes_half_empty(each, today) for each in sessions),
        }
        return [each for each, given in found.items() if given and action.state == "published"]

    def _counted(self, sessions: list[TrainingSession]) -> tuple[int, int, int, int]:
        everyone = [each for session in sessions for each in self.stored.applications(session.reference)]
        waiting = [each for each in everyone if each.state in OPEN_STATES]
        expiring = [each for each in waiting if TODAY <= self._deadline(each) <= TODAY + timedelta(days=15)]
        retained, rejected = (sum(each.state == state for each in everyone) for state in ("retained", "rejected"))
        return len(waiting), len(expiring), retained, rejected

    def _application(self, application: Application, asked: ApplicationFilter) -> bool:
        session = self.session_of(application)
        person = self.stored.people.get(application.candidate)
        sender = application.prescriber
        return (
            (not asked.states or application.state in asked.states)
            and asked.session in (None, session.reference)
            and asked.candidate in (None, application.candidate)
            and asked.prescriber in (None, sender.organization)
            and self._is_behind_figure(application, session, asked)
            and self._spans(session, asked)
            and mentions(
                asked.text,
                application.reference,
                application.candidate,
                sender.organization,
                sender.name,
                *((person.name, person.email) if person else ()),
                *self._texts(session),
            )
        )

    def _is_behind_figure(self, application: Application, session: TrainingSession, asked: ApplicationFilter) -> bool:
        """What a figure of the dashboard counts."""
        since = asked.since and datetime(asked.since.year, asked.since.month, asked.since.day, tzinfo=PARIS)
        today, deadline = asked.at or TODAY, self._deadline(application)
        of_column = {
            None: True,
            "pending": application.state in OPEN_STATES,
            "expiring": application.state in OPEN_STATES and today <= deadline <= today + timedelta(days=15),
        }
        return (
            (since is None or application.registered_at >= since)
            and (not asked.published or self.action_of(session).state == "published")
            and (asked.task is None or self._is_to_do(application, asked.task, today))
            and of_column.get(asked.column, application.state == str(asked.column).replace("_", "-"))
        )

    def _is_to_do(self, application: Application, task: str, today: date) -> bool:
        """What the work queue asks for."""
        state, deadline = str(application.state), self._deadline(application)
        asked = {
            "to_convoke": state in ("pending", "absent"),
            "attendance_to_record": state == "convoked" and application.convocations[-1].on <= today,
            "advice_to_give": state == "present",
            "expiring": application.state in OPEN_STATES and deadline <= today + timedelta(days=15),
        }
        return asked[task] and today <= deadline

    def _session(self, session: TrainingSession, asked: SessionFilter) -> bool:
        return (
            (not asked.states or session.state in asked.states)
            and asked.action in (None, session.action)
            and (not asked.published or self.action_of(session).state == "published")
            and self._spans(session, asked)
            and mentions(asked.text, *self._texts(session))
        )

    def _spans(self, session: TrainingSession, asked: ApplicationFilter | SessionFilter) -> bool:
        holders = [session.organization(asked.role)] if asked.role else self._holders(session)
        return (
            (asked.tab is None or (asked.tab == "ended") == (session.end < (asked.at or TODAY)))
            and (asked.organization is None or asked.organization in holders)
            and (asked.session_from is None or session.start >= asked.session_from)
            and (asked.session_until is None or session.end <= asked.session_until)
            and (asked.session_type is None or asked.session_type == session.session_type)
            and (asked.funder is None or asked.funder == self.action_of(session).funder)
        )

    def _texts(self, session: TrainingSession) -> list[str]:
        action = self.action_of(session)
        return [
            session.reference,
            session.place,
            *self._holders(session),
            *(action.reference, action.title, action.funder, action.responsible),
        ]

    def _has_expiring(self, session: TrainingSession, today: date) -> bool:
        return any(
            each.state in OPEN_STATES and today <= self._deadline(each) <= today + timedelta(days=15)
            for each in self.stored.applications(session.reference)
        )

    def _closes_half_empty(self, session: TrainingSession, today: date) -> bool:
        registered = self.stored.applications(session.reference)
        used = sum(each.state in LIVE_STATES for each in registered) if self.live else len(registered)
        unused = session.capacity * session.coefficient - used
        closing = today <= session.registration_deadline <= today + timedelta(days=7)
        half = unused >= session.capacity * session.coefficient / 2
        return session.state == "active" and closing and half

    def _of(self, kind: SubjectKind) -> dict[str, Any]:
        return {each.reference: each for each in self.stored.of_kind(kind)}

    def session_of(self, application: Application) -> TrainingSession:
        """An application's session."""
        session = self.stored.session(application.session)
        assert session
        return session

    def action_of(self, session: TrainingSession) -> TrainingAction:
        """A session's action."""
        action = self.stored.action(session.action)
        assert action
        return action

    def _deadline(self, application: Application) -> date:
        return self.session_of(application).end + timedelta(days=21)

    def _holders(self, *sessions: TrainingSession) -> list[str]:
        return [each.organization(role) for each in sessions for role in Role]


def in_order(found: list[Any], place: Callable[[Any], tuple[Any, ...]], order: PageRequest) -> list[str]:
    """The references of what was found, by place and then by reference."""
    ordered = sorted(found, key=lambda each: (*place(each), each.reference), reverse=order.descending)
    return [each.reference for each in ordered]


def mentions(text: str, *texts: str | None) -> bool:
    """Every word of a text is in one of some others, accents and case apart."""
    return all(any(word in plain(each) for each in texts if each) for word in plain(text).split())


def plain(text: str) -> str:
    """A text without accents and case, as far as drawn texts have them."""
    base = "".join(each for each in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(each))
    return base.replace("œ", "oe")
