"""A command, and what is stored as it comes: what the limits are reckoned from, without asking any policy."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, cast

from attrs import frozen

from poec_workflow.commands import Command, CreateSession, Preregister
from poec_workflow.model import OPEN_STATES, Application, ApplicationState, Subject, TrainingAction, TrainingSession
from poec_workflow.policies.settings import Settings
from poec_workflow.testing.reference.snapshot import Snapshot


@frozen
class Case:
    """A command, and what is stored as it comes.

    Attributes:
        asked: the command; its fields depend on its type, which the limit's place in the table says.
    """

    before: Snapshot
    asked: Any
    now: datetime
    settings: Settings

    @property
    def command(self) -> Command:
        """The command, as one."""
        return cast("Command", self.asked)

    @property
    def subject(self) -> Subject | None:
        """The command's own subject, where it is there."""
        return self.before.subjects.get((self.command.kind, self.command.reference))

    @property
    def application(self) -> Application:
        """The command's application, which is there."""
        return cast("Application", self.subject)

    @property
    def session(self) -> TrainingSession:
        """The command's session, or its application's; it is there."""
        match self.subject, self.asked:
            case TrainingSession() as own, _:
                reference = own.reference
            case Application() as own, _:
                reference = own.session
            case _, asked:
                reference = asked.session
        return cast("TrainingSession", self.before.session(reference))

    @property
    def action(self) -> TrainingAction:
        """The command's action, or its session's; it is there."""
        subject = self.subject
        if isinstance(subject, TrainingAction):
            return subject
        reference = self.asked.action if isinstance(self.asked, CreateSession) else self.session.action
        return cast("TrainingAction", self.before.action(reference))

    @property
    def parent(self) -> str | None:
        """The code that says that what it would be created under is not there."""
        match self.asked:
            case Preregister(session=session) if self.before.session(session) is None:
                return "unknown-session"
            case CreateSession(action=action) if self.before.action(action) is None:
                return "unknown-action"
            case _:
                return None

    # Days

    def day(self, instant: datetime) -> date:
        """The calendar day of an instant, where the rules are."""
        return instant.astimezone(self.settings.zone).date()

    @property
    def today(self) -> date:
        """The day on which it is asked."""
        return self.day(self.now)

    def deadline(self, session: TrainingSession) -> date:
        """The last day of a session's advices."""
        return session.end + timedelta(days=self.settings.grace_days)

    def late(self, session: TrainingSession) -> bool:
        """Whether that day is over."""
        return self.today > self.deadline(session)

    def after_deadline(self, session: TrainingSession) -> datetime:
        """When the day after it begins."""
        return datetime.combine(self.deadline(session) + timedelta(days=1), time(), self.settings.zone)

    # Counts

    @property
    def retained(self) -> int:
        """How many are retained on the session."""
        return self.before.count(self.session.reference, ApplicationState.RETAINED)

    @property
    def seats(self) -> int:
        """How many may be."""
        return self.session.capacity + self.settings.overbooking

    @property
    def counted(self) -> int:
        """How many applications take a place of the quota."""
        states = (*OPEN_STATES, ApplicationState.RETAINED) if self.settings.quota_counts == "live" else ()
        return self.before.count(self.session.reference, *states)

    @property
    def previous(self) -> date | None:
        """The day of the newest convocation."""
        convocations = self.application.convocations
        return convocations[-1].on if convocations else None

    @property
    def earlier(self) -> date | None:
        """The day of the convocation before that."""
        convocations = self.application.convocations[:-1]
        return convocations[-1].on if convocations else None

    def reached(self) -> Iterator[Application]:
        """The open applications of the session, or of the action's sessions."""
        sessions = self.before.sessions(self.action.reference) if self.command.kind == "action" else (self.session,)
        for each in sessions:
            yield from (one for one in self.before.applications(each.reference) if one.state in OPEN_STATES)

    def is_late(self, application: Application) -> bool:
        """Whether an application's advice deadline is over."""
        session = self.before.session(application.session)
        assert session is not None  # noqa: S101 - an application has its session
        return self.late(session)
