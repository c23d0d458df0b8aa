"""Messages: who is told of one event, as references alone; names and addresses are looked up when one is sent."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from attrs import field, frozen

from poec_workflow.enum_values import must_be
from poec_workflow.history import Position
from poec_workflow.model import Reference
from poec_workflow.value_base import Value


class AddresseeKind(StrEnum):
    """Who can be told something."""

    ORGANIZATION = "organization"
    CANDIDATE = "candidate"
    SYSTEM = "system"


class StreamKind(StrEnum):
    """What the messages of a stream are about."""

    APPLICATION = "application"
    SESSION = "session"
    ORGANIZATION = "organization"


AddresseeKindName = Literal["organization", "candidate", "system"]


def _addressee_kind(value: AddresseeKind | AddresseeKindName) -> AddresseeKind:
    return value if isinstance(value, AddresseeKind) else must_be(AddresseeKind, value, "$.kind")


@frozen(repr=False, weakref_slot=False)
class Addressee(Value):
    """An organisation, a candidate or a system such as `KAIROS`, by its reference.

    Raises:
        Malformed: there is no such kind.
    """

    kind: AddresseeKind = field(converter=_addressee_kind)
    reference: Reference


DIGEST: Literal["organization"] = "organization"
"""The kind of what a digest is about."""


@frozen(kw_only=True, repr=False, weakref_slot=False)
class DigestPosition(Value):
    """What a digest (N10) is about: the organisation, and which digest of its own it is; the first is 1."""

    kind: Literal["organization"] = DIGEST
    reference: Reference
    version: int


About = Position | DigestPosition


@frozen(kw_only=True, repr=False, weakref_slot=False)
class Message(Value):
    """One addressee told of one event.

    Attributes:
        id: the same whenever and wherever it is decided or sent: who gets it twice can tell.
        notice: the row of the table, as `N3`.
        about: the position of the event in the history; of a digest its number.
        stream: the application's reference; a session's where no application is concerned, an organisation's of a
            digest. What one addressee is told in one stream comes in order.
        stream_kind: whose reference that is, for an application and a session may have the same.
        to: the addressee of the moment of the event.
        session: of the application, or that the event happened to; None of a digest.
    """

    id: str
    notice: str
    about: About
    stream: Reference
    to: Addressee
    stream_kind: StreamKind = StreamKind.APPLICATION
    session: Reference | None = None

    @property
    def application(self) -> str | None:
        """The application that is concerned."""
        return self.stream if self.stream_kind is StreamKind.APPLICATION else None
