"""Hand mails to a Django host's own mail backend."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Any

from attrs import frozen
from django.core.mail import get_connection  # type: ignore[import-untyped]


@frozen
class _Written:
    """A mail that is written already, as Django's backends ask for one."""

    mail: EmailMessage
    to: list[str]
    encoding: str | None = None

    @property
    def subject(self) -> str:
        """Of the mail."""
        return str(self.mail["Subject"])

    @property
    def from_email(self) -> str:
        """Of the mail."""
        return str(self.mail["From"])

    def recipients(self) -> list[str]:
        """Whom it goes to."""
        return self.to

    def message(self, *_: Any, **__: Any) -> EmailMessage:  # noqa: ANN401 - Django's versions differ
        """The mail."""
        return self.mail


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
        get_connection(self.using).send_messages([_Written(mail, [to])])
