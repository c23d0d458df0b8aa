"""Look up what a message says when it is sent: the event from the history, names from the store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, cast

from attrs import frozen

from poec_workflow.folding import fold
from poec_workflow.history import HistoryEntry, Position
from poec_workflow.invitations import APPOINTMENTS, Invitation, invitation
from poec_workflow.messages import Addressee, AddresseeKind, DigestPosition, Message
from poec_workflow.model import Application, SubjectKind, TrainingAction, TrainingSession
from poec_workflow.notices import Audience, Notice
from poec_workflow.policies.calendar import local_day
from poec_workflow.policies.deadlines import deadline_after
from poec_workflow.ports import Content, ExpiringApplication
from poec_workflow.views import ApplicationFilter, PageRequest
from poec_workflow.workflow import Workflow


@frozen
class ContentLookup:
    """Looks up contents in a workflow's storage, under its table of notices."""

    workflow: Workflow

    def content(self, message: Message) -> Content | None:
        """What a message says; None where there is nobody or nothing to tell any more.

        So it is of a candidate who was erased, and of a digest whose applications have all been advised on.
        """
        if isinstance(message.about, DigestPosition):
            return self._digest(message)
        return self._of_event(message, message.about)

    def _of_event(self, message: Message, about: Position) -> Content | None:
        history = self._history(about.kind, about.reference)[: about.version]
        entry = history[-1]
        application = self._application(message, about, history)
        session = self._session(message, about, history)
        candidate = None if application is None else self.workflow.storage.queries.candidate(application.candidate)
        if candidate is None and message.to.kind is AddresseeKind.CANDIDATE:
            return None
        audience = self._audience(message, entry, application, session)
        return Content(
            entry=entry,
            application=application,
            session=session,
            action=None if session is None else cast("TrainingAction | None", self._stored("action", session.action)),
            candidate=candidate,
            invitation=self._invitation(entry, history, audience),
            told={name: getattr(entry.event, name) for name in (audience.fields if audience else ())},
            day=local_day(entry.recorded_at, self.workflow.settings.zone),
            catalogue=self.workflow.settings.catalogue,
        )

    def _application(self, message: Message, about: Position, history: Sequence[HistoryEntry]) -> Application | None:
        """The application that a message is about: after its own event; of a session's event, as it is now."""
        if about.kind is SubjectKind.APPLICATION:
            return cast("Application", _folded(history))
        of = message.application
        return None if of is None else cast("Application | None", self._stored("application", of))

    def _session(self, message: Message, about: Position, history: Sequence[HistoryEntry]) -> TrainingSession | None:
        if about.kind is SubjectKind.SESSION:
            return cast("TrainingSession", _folded(history))
        return cast("TrainingSession | None", self._stored("session", message.session or ""))

    def _audience(
        self,
        message: Message,
        entry: HistoryEntry,
        application: Application | None,
        session: TrainingSession | None,
    ) -> Audience | None:
        """For what the addressee is told; None where the table does not tell them any more."""
        row = self.workflow.notices.by_event.get(type(entry.event))
        if row is None or session is None:
            return None
        found = (each for each in _told_by(row, application) if _found(each, application, session) == message.to)
        return next(found, None)

    def _invitation(
        self, entry: HistoryEntry, history: Sequence[HistoryEntry], audience: Audience | None
    ) -> Invitation | None:
        """What the calendar of a candidate who is invited to appointments is told."""
        if audience is None or audience.kind is not AddresseeKind.CANDIDATE or not self.workflow.notices.invites:
            return None
        if isinstance(entry.event, APPOINTMENTS) and not audience.invited:
            return None
        of_application = entry.event.subject_kind is SubjectKind.APPLICATION
        return invitation(history, zone=self.workflow.settings.zone) if of_application else None

    def _digest(self, message: Message) -> Content | None:
        today = self.workflow.today()
        expiring = self.expiring(message.to.reference, today)
        return Content(day=today, expiring=expiring, catalogue=self.workflow.settings.catalogue) if expiring else None

    def expiring(self, organization: str, today: date) -> tuple[ExpiringApplication, ...]:
        """The expiring applications that an organisation's digest lists, by deadline and reference."""
        digest = self.workflow.notices.digest
        roles = [each.role for each in digest.tell] if digest else []
        rows = {
            row.reference: row
            for role in roles
            for row in self.workflow.applications(
                ApplicationFilter(organization=organization, role=role, column="expiring", at=today),
                PageRequest(limit=0),
            ).items
        }
        listed = (
            ExpiringApplication(application=row, deadline=deadline_after(row.session_end, self.workflow.settings))
            for row in rows.values()
        )
        return tuple(sorted(listed, key=lambda each: (each.deadline, each.application.reference)))

    def _history(self, kind: SubjectKind, reference: str) -> Sequence[HistoryEntry]:
        return self.workflow.storage.queries.history(kind, reference)

    def _stored(self, kind: str, reference: str) -> Any:  # noqa: ANN401 - a subject
        return self.workflow.storage.queries.subject(SubjectKind(kind), reference)


def _folded(history: Sequence[HistoryEntry]) -> object:
    return fold(each.event for each in history)


def _told_by(row: Notice, application: Application | None) -> Sequence[Audience]:
    return row.audiences if application is not None else row.tell


def _found(audience: Audience, application: Application | None, session: TrainingSession) -> Addressee | None:
    of = session if audience.of_session else application
    reference = None if of is None else audience.find(of)
    return None if reference is None else Addressee(audience.kind, reference)
