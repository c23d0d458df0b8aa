"""Hand mails to a Django host's own mail backend."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Any

from attrs import frozen
from django.core.mail import get_connection
from django.core.mail.message import EmailMessage as DjangoMessage


class _Written(DjangoMessage):
    """A mail that is written already: Django's backends ask for `message()`, its sender and its recipients."""

    def __init__(self, mail: EmailMessage, to: str) -> None:
        super().__init__(subject=str(mail["Subject"]), from_email=str(mail["From"]), to=[to])
        self._mail = mail

    def message(self, *_: Any, **__: Any) -> Any:  # noqa: ANN401 - Django's versions differ
        return self._mail


@frozen(kw_only=True)
class DjangoBackend:
    """Sends by the backend that Django's settings name.

    Attributes:
        using: the dotted name of another backend; None: that of `EMAIL_BACKEND`.
    """

    using: str | None = None

    def send(self, mail: EmailMessage, to: str) -> None:
        """Send a mail to one address.

        Raises:
            Exception: whatever the backend raises, which can't be told apart here: to be tried again.
        """
        get_connection(self.using).send_messages([_Written(mail, to)])
