"""The neutral form of a message, for systems: its members, and the envelope that webhooks put around it.

References, codes and days; no name and no address. The channels write it, the schemas describe it.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, NotRequired, TypedDict

from poec_workflow.messages import About, Addressee
from poec_workflow.model import ApplicationState, Origin, Reference, SessionState
from poec_workflow.serialization.written_as import WrittenAs

DATA_SCHEMA = "urn:poec-workflow:schema:message"
"""What the schema of the neutral form is called."""
TYPE_PREFIX = "org.poec-workflow"
"""What the type of a CloudEvent begins with; a point and the event's type follow."""
DIGEST_TYPE = "applications-expiring"
"""What follows in the type of a digest, which is about no event."""
SIGNATURE_HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")
"""The headers of a signed request, by the Standard Webhooks specification."""
BROKER_EXCHANGE = "poec.messages"
"""Where a broker's channel publishes, unless it is told another."""

_Reference = Annotated[str, WrittenAs(Reference)]
_Day = Annotated[str, WrittenAs(date)]
_Instant = Annotated[str, WrittenAs(datetime)]


class MessageSessionDocument(TypedDict):
    """The session of a message."""

    reference: _Reference
    action: _Reference
    state: Annotated[str, WrittenAs(SessionState)]
    start: _Day
    end: _Day


class MessagePrescriberDocument(TypedDict):
    """Who sent the candidate: not the adviser's name."""

    origin: Annotated[str, WrittenAs(Origin)]
    organization: Annotated[str | None, WrittenAs(Reference | None)]


class MessageApplicationDocument(TypedDict):
    """The application of a message."""

    reference: _Reference
    state: Annotated[str, WrittenAs(ApplicationState)]
    session: _Reference
    candidate: _Reference
    prescriber: MessagePrescriberDocument


class ExpiringDocument(TypedDict):
    """An application of a digest, with the last day on which an advice may be given."""

    application: _Reference
    deadline: _Day


class NeutralMessageDocument(TypedDict):
    """A message: what it is about, to whom, and what happened; a digest says what is expiring instead."""

    id: str
    notice: str
    about: Annotated[dict[str, Any], WrittenAs(About)]
    stream: _Reference
    to: Annotated[dict[str, Any], WrittenAs(Addressee)]
    day: _Day
    event: NotRequired[str]
    effective_at: NotRequired[_Instant]
    recorded_at: NotRequired[_Instant]
    session: NotRequired[MessageSessionDocument]
    application: NotRequired[MessageApplicationDocument]
    told: NotRequired[dict[str, Any]]
    expiring: NotRequired[list[ExpiringDocument]]
