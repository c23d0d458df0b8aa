"""Mails to candidates, and to organisations whose addresses are known, through Django's backend."""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import parseaddr
from typing import Any, Literal, cast

from attrs import frozen
from django.conf import settings

from poec_workflow.adapters.email import EmailChannel, Recipient
from poec_workflow.adapters.email.django_backend import DjangoBackend
from poec_workflow.contrib.django.active_language import language_of
from poec_workflow.contrib.django.configuration import Addresses, configuration
from poec_workflow.contrib.django.linked_mails import LinkedMails
from poec_workflow.messages import Addressee, AddresseeKind
from poec_workflow.ports import Channel


def mail_channels() -> Mapping[str, Channel]:
    """Mails through Django's backend, from `DEFAULT_FROM_EMAIL`, in the language of `LANGUAGE_CODE`.

    Raises:
        ValueError: an address is none.
        TypeError: `MAIL` has a key that `EmailChannel` does not take.
    """
    configured = configuration()
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    said: dict[str, Any] = {
        "backend": DjangoBackend(),
        "from_address": address,
        "from_name": name,
        "reply_to": address,
        "language": cast("Literal['fr', 'en']", language_of(settings.LANGUAGE_CODE)),
        "clock": configured.clock,
        **({"texts": LinkedMails(configured.site_url)} if configured.site_url else {}),
        **configured.mail,
    }
    channel = EmailChannel(addresses=_Book(configured.addresses), **said)
    told = [AddresseeKind.CANDIDATE, *([] if configured.addresses is None else [AddresseeKind.ORGANIZATION])]
    return dict.fromkeys(told, channel)


@frozen
class _Book:
    """The project's addresses as an address book."""

    addresses: Addresses | None

    def recipient(self, addressee: Addressee) -> Recipient | None:
        """The recipient of an organisation."""
        if self.addresses is None or addressee.kind is not AddresseeKind.ORGANIZATION:
            return None
        known = self.addresses
        reference = addressee.reference
        found = known.get(reference) if isinstance(known, Mapping) else known(reference)
        return Recipient(email=found) if isinstance(found, str) else found
