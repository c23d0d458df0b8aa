"""The channel port: one way of telling somebody, and what is told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Protocol

from attrs import field, frozen

from poec_workflow.catalogue import Catalogue
from poec_workflow.frozen_map import FrozenMap
from poec_workflow.history import HistoryEntry
from poec_workflow.invitations import Invitation
from poec_workflow.messages import Message
from poec_workflow.model import Application, Candidate, TrainingAction, TrainingSession
from poec_workflow.views import ApplicationRow


@frozen(kw_only=True)
class ExpiringApplication:
    """An application of a digest, with the last day on which an advice may be given."""

    application: ApplicationRow
    deadline: date


@frozen(kw_only=True)
class Content:
    """What a message says, looked up when it is sent: as of its event, but for names and addresses, which are of now.

    Attributes:
        entry: the event in its envelope; None of a digest.
        application: as it was after the event; None where none is concerned.
        session: as it was after the event where it is the session's own, else as it is now; None of a digest.
        action: of the session, as it is now.
        candidate: name and e-mail of the person who applies; None where they were erased, or none is concerned.
        told: the fields of the event that the table tells this addressee besides what happened, by name.
        invitation: what the addressee's calendar is told; None where nothing.
        day: the Paris day of the event's recording; of a digest the day that it is of.
        expiring: of a digest, the applications that nobody has advised on yet.
        catalogue: what the codes of motives and reasons are called.
    """

    entry: HistoryEntry | None = None
    application: Application | None = None
    session: TrainingSession | None = None
    action: TrainingAction | None = None
    candidate: Candidate | None = None
    told: Mapping[str, Any] = field(default=FrozenMap({}))
    invitation: Invitation | None = None
    day: date
    expiring: tuple[ExpiringApplication, ...] = ()
    catalogue: Catalogue = field(factory=Catalogue.default)


class Channel(Protocol):
    """One way of telling somebody: e-mail, a webhook, a broker, a file."""

    def deliver(self, message: Message, content: Content) -> None:
        """Deliver a message, at least once: who gets it twice knows it by its id.

        May be called from several threads at once, never for one stream and addressee.

        Raises:
            Undeliverable: it can't be delivered, now or later: it is put aside, and shown.
            Exception: anything else: it is tried again later; a `NotNow` says when at the earliest.
        """
        ...


class Undeliverable(Exception):
    """A message can't be delivered for good; the text, which an operator reads, names no person."""


class NotNow(Exception):
    """A message can't be delivered now; `after` says when to try again at the earliest."""

    def __init__(self, answer: str, *, after: timedelta | None = None) -> None:
        super().__init__(answer)
        self.after = after


class Notifier(Channel, Protocol):
    """A channel, by the name of the entry points `poec_workflow.notifiers`."""
