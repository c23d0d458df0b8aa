"""Lists as the domain page words them: plain filters over everything, which know nothing of the package's own."""

from __future__ import annotations

import unicodedata
from datetime import date, timedelta
from typing import Any

from poec_workflow.model import (
    LIVE_STATES,
    OPEN_STATES,
    Application,
    Role,
    SubjectKind,
    TrainingAction,
    TrainingSession,
)
from poec_workflow.testing.contracts.datasets import TODAY
from poec_workflow.testing.reference import Snapshot
from poec_workflow.views import ActionFilter, ActionTab, ApplicationFilter, SessionFilter


class ReferenceLists:
    """The domain page's words about lists, over everything in memory."""

    def __init__(self, stored: Snapshot, *, live: bool) -> None:
        self.stored, self.live = stored, live

    def applications(self, asked: ApplicationFilter) -> list[str]:
        """References of what fits, in order."""
        return sorted(
            reference for reference, each in self._of(SubjectKind.APPLICATION).items() if self._application(each, asked)
        )

    def sessions(self, asked: SessionFilter) -> list[str]:
        """References of what fits, in order."""
        return sorted(
            reference for reference, each in self._of(SubjectKind.SESSION).items() if self._session(each, asked)
        )

    def actions(self, asked: ActionFilter) -> list[str]:
        """References of what fits, in order."""
        return sorted(
            each.reference
            for each in self._of(SubjectKind.ACTION).values()
            if (asked.tab is None or self.in_tab(each, asked.tab))
            and asked.organization in (None, each.responsible, *self._holders(*self.stored.sessions(each.reference)))
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

    def in_tab(self, action: TrainingAction, tab: ActionTab) -> bool:
        """Whether an action stands in a tab."""
        if tab is ActionTab.PENDING_VALIDATION:
            return action.pending_certification is not None and action.state not in ("archived", "deleted")
        if tab is ActionTab.ALERT:
            return bool(self.alerts(action))
        return action.state.value == tab.value

    def alerts(self, action: TrainingAction) -> list[str]:
        """Why an action stands in the tab of alerts."""
        sessions = self.stored.sessions(action.reference)
        found = {
            "incomplete": "" in (action.objective, action.programme, action.prerequisites),
            "applications-expiring": any(map(self._has_expiring, sessions)),
            "quota-unused": any(map(self._closes_half_empty, sessions)),
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

    def _session(self, session: TrainingSession, asked: SessionFilter) -> bool:
        return (
            (not asked.states or session.state in asked.states)
            and asked.action in (None, session.action)
            and self._spans(session, asked)
            and mentions(asked.text, *self._texts(session))
        )

    def _spans(self, session: TrainingSession, asked: ApplicationFilter | SessionFilter) -> bool:
        holders = [session.organization(asked.role)] if asked.role else self._holders(session)
        return (
            (asked.tab is None or (asked.tab == "ended") == (session.end < TODAY))
            and (asked.organization is None or asked.organization in holders)
            and (asked.session_from is None or session.start >= asked.session_from)
            and (asked.session_until is None or session.end <= asked.session_until)
        )

    def _texts(self, session: TrainingSession) -> list[str]:
        action = self.action_of(session)
        return [
            session.reference,
            session.place,
            *self._holders(session),
            *(action.reference, action.title, action.funder, action.responsible),
        ]

    def _has_expiring(self, session: TrainingSession) -> bool:
        return any(
            each.state in OPEN_STATES and TODAY <= self._deadline(each) <= TODAY + timedelta(days=15)
            for each in self.stored.applications(session.reference)
        )

    def _closes_half_empty(self, session: TrainingSession) -> bool:
        registered = self.stored.applications(session.reference)
        used = sum(each.state in LIVE_STATES for each in registered) if self.live else len(registered)
        unused = session.capacity * session.coefficient - used
        closing = TODAY <= session.registration_deadline <= TODAY + timedelta(days=7)
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


def mentions(text: str, *texts: str | None) -> bool:
    """Every word of a text is in one of some others, accents and case apart."""
    return all(any(word in plain(each) for each in texts if each) for word in plain(text).split())


def plain(text: str) -> str:
    """A text without accents and case, as far as drawn texts have them."""
    base = "".join(each for each in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(each))
    return base.replace("œ", "oe")
