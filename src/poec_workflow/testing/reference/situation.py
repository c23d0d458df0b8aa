"""What exists at an instant under some settings, and a command that comes upon it: days and counts, reckoned here."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, cast

from attrs import field, frozen

from poec_workflow.commands import CreateSession, Preregister
from poec_workflow.machines import LIFECYCLES, AnyRule, Lifecycles
from poec_workflow.model import (
    OPEN_STATES,
    Application,
    ApplicationState,
    Subject,
    SubjectKind,
    TrainingAction,
    TrainingSession,
)
from poec_workflow.policies.settings import Settings
from poec_workflow.testing.reference.lazy_property import lazy_property
from poec_workflow.testing.reference.snapshot import Snapshot


# Not slotted: `lazy_property` keeps what several limits ask.
@frozen(slots=False)
class Situation:
    """What exists at an instant, under some settings.

    Attributes:
        lifecycles: the tables, of which the reference reads a service's own rows alone.
    """

    snapshot: Snapshot
    now: datetime
    settings: Settings
    lifecycles: Lifecycles = field(default=LIFECYCLES, kw_only=True)

    def day(self, instant: datetime) -> date:
        """Return the calendar day of an instant in the settings' zone."""
        return instant.astimezone(self.settings.zone).date()

    @lazy_property
    def today(self) -> date:
        """The calendar day of the instant, in the settings' zone."""
        return self.day(self.now)

    def deadline(self, session: TrainingSession) -> date:
        """Return the last day for an advice on a session's applications."""
        return session.end + timedelta(days=self.settings.grace_days)

    def after_deadline(self, session: TrainingSession) -> datetime:
        """Return the first instant after that day."""
        return datetime.combine(self.deadline(session) + timedelta(days=1), time(), self.settings.zone)

    def is_past(self, session: TrainingSession) -> bool:
        """Say whether the advice deadline of a session has passed."""
        return self.today.toordinal() > session.end.toordinal() + self.settings.grace_days

    def is_late(self, application: Application) -> bool:
        """Say whether the advice deadline of an application has passed."""
        return self.is_past(cast("TrainingSession", self.snapshot.session(application.session)))

    def registered(self, session: TrainingSession) -> int:
        """Count the applications that take a place of the quota."""
        states = (*OPEN_STATES, ApplicationState.RETAINED) if self.settings.quota_counts == "live" else ()
        return self.snapshot.count(session.reference, *states)

    def retained(self, session: TrainingSession) -> int:
        """Count the retained applications."""
        return self.snapshot.count(session.reference, ApplicationState.RETAINED)

    def seats_left(self, session: TrainingSession) -> int:
        """Count the seats that are still free; negative where more are retained."""
        return session.capacity + self.settings.overbooking - self.retained(session)

    def waiting(self, *sessions: TrainingSession) -> Iterator[Application]:
        """Yield the open applications of some sessions."""
        for each in sessions:
            yield from (one for one in self.snapshot.applications(each.reference) if one.state in OPEN_STATES)


@frozen(slots=False)
class CommandCase(Situation):
    """A command, and what it comes upon.

    Attributes:
        command: the command; its fields depend on its type, which the place in a table of limits says.
        subject: the subject that it names, None where there is none.
        around: the action and the session of the subject, or under which it would be created.
    """

    command: Any
    subject: Subject | None = field(init=False)
    around: tuple[TrainingAction | None, TrainingSession | None] = field(init=False)

    def __attrs_post_init__(self) -> None:
        subject = self.snapshot.subjects.get((self.command.subject_kind, self.command.reference))
        self.__dict__.update(subject=subject, around=self.snapshot.around(subject, self.command))

    @lazy_property
    def own_rows(self) -> tuple[AnyRule, ...]:
        """The service's own rows for the command in its subject's state; where there are some, there are no others."""
        if self.subject is None:
            return ()
        rows = self.lifecycles[self.command.subject_kind].own_rules
        return tuple(each for each in rows if each.command is type(self.command) and self.subject.state in each.targets)

    @property
    def application(self) -> Application:
        """The command's application, which exists."""
        return self.subject  # type: ignore[return-value]

    @property
    def session(self) -> TrainingSession:
        """The command's session, or its application's; it exists."""
        return self.around[1]  # type: ignore[return-value]

    @property
    def action(self) -> TrainingAction:
        """The command's action, or its session's; it exists."""
        return self.around[0]  # type: ignore[return-value]

    @property
    def unknown_parent(self) -> str | None:
        """The code of what the command would create something under, where that does not exist."""
        if isinstance(self.command, Preregister) and self.around[1] is None:
            return "unknown-session"
        if isinstance(self.command, CreateSession) and self.snapshot.action(self.command.action) is None:
            return "unknown-action"
        return None

    def convoked_on(self, place: int) -> date | None:
        """Return the day of the convocation at a place, as -1 for the newest; None where there are fewer."""
        convocations = self.application.convocations
        return convocations[place].on if len(convocations) >= -place else None

    def reached(self) -> Iterator[Application]:
        """Yield the open applications of the session, or of all sessions of the action."""
        of_action = self.command.subject_kind is SubjectKind.ACTION
        return self.waiting(*(self.snapshot.sessions(self.action.reference) if of_action else (self.session,)))
