"""Where organisations are written to: the host knows, the package keeps references alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Protocol

from attrs import frozen

from poec_workflow.messages import Addressee

Language = Literal["fr", "en"]


@frozen(kw_only=True)
class Recipient:
    """Who reads a mail.

    Attributes:
        email: one address.
        name: as it stands beside the address; None: the address alone.
        language: of the mail; None: the channel's own.
    """

    email: str
    name: str | None = None
    language: Language | None = None


class AddressBook(Protocol):
    """Knows the addresses of organisations, and the languages of candidates."""

    def recipient(self, addressee: Addressee) -> Recipient | None:
        """Who reads what an addressee is told; None: nobody is known.

        Of a candidate nobody need be known: their address comes with the message.
        """
        ...


@frozen
class Directory:
    """An address book from the references of organisations to recipients, or to addresses."""

    organizations: Mapping[str, Recipient | str]

    def recipient(self, addressee: Addressee) -> Recipient | None:
        """The recipient of an organisation."""
        found = self.organizations.get(addressee.reference) if addressee.kind == "organization" else None
        return Recipient(email=found) if isinstance(found, str) else found
