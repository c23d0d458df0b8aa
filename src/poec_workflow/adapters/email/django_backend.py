"""Hand mails to a Django host's own mail backend."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any, cast

from attrs import frozen
from django.core.mail import get_connection

from poec_workflow.adapters.email.smtp_backend import judged


class _DjangoMail(EmailMessage):
    """A mail that is asked for its bytes as Django asks its own: with the ends of lines."""

    def as_bytes(self, unixfrom: bool = False, policy: Any = None, linesep: str = "\n") -> bytes:  # noqa: ANN401, FBT001, FBT002 - their signatures
        return super().as_bytes(unixfrom, policy or self.policy.clone(linesep=linesep))


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
        mail = _DjangoMail(policy=SMTP)
        mail.__dict__.update(self.mail.__dict__)
        return mail


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
            Undeliverable: by SMTP, as `SmtpBackend` says it.
            Exception: whatever else the backend raises, which can't be told apart here: to be tried again.
        """
        try:
            get_connection(self.using).send_messages([cast("Any", _Written(mail, [to]))])
        except smtplib.SMTPException as error:
            raise judged(error) from error
