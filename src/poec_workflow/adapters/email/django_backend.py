"""Hand mails to a Django host's own mail backend."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any, cast

from attrs import define, frozen
from django.conf import settings
from django.core import mail as django_mail
from django.utils.module_loading import import_string

from poec_workflow.adapters.email.smtp_backend import judged


class _DjangoMail(EmailMessage):
    """A mail that is asked for its bytes as Django asks its own: with the ends of lines, or before with a policy."""

    linesep = "\n"

    def as_bytes(self, unixfrom: bool = False, policy: Any = None, linesep: str | None = None) -> bytes:  # noqa: ANN401, FBT001, FBT002 - their signatures
        return super().as_bytes(unixfrom, policy or self.policy.clone(linesep=linesep or self.linesep))


@define(slots=False)
class _Written:
    """A mail that is written already, as Django's backends ask for one; they note on it what became of it."""

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

    def message(self, *, policy: Any = None) -> EmailMessage:  # noqa: ANN401 - Django's versions differ
        """The mail; from Django 6.0 with the policy by which its bytes are asked for."""
        mail = _DjangoMail(policy=SMTP)
        mail.__dict__.update(self.mail.__dict__)
        if policy is not None:
            mail.linesep = policy.linesep
        return mail


@frozen(kw_only=True)
class DjangoBackend:
    """Sends by the backend that Django's settings name.

    Attributes:
        using: another of the project's `MAILERS`, by its alias, or a backend by its dotted name; None: the default
            of `MAILERS`, or before Django 6.1 that of `EMAIL_BACKEND`.
    """

    using: str | None = None

    def send(self, mail: EmailMessage, to: str) -> None:
        """Send a mail to one address.

        Raises:
            Undeliverable: by SMTP, as `SmtpBackend` says it.
            Exception: whatever else the backend raises, which can't be told apart here: to be tried again.
        """
        try:
            _backend(self.using).send_messages([cast("Any", _Written(mail, [to]))])
        except smtplib.SMTPException as error:
            raise judged(error) from error


def _backend(using: str | None) -> Any:  # noqa: ANN401 - Django's versions differ
    """A backend of the project's, made anew: one keeps a connection, and serves one thread."""
    mailers: Any = getattr(django_mail, "mailers", None)
    if mailers is not None and hasattr(settings, "MAILERS") and (using is None or using in mailers):
        return mailers[using or "default"]
    return import_string(using)() if using is not None else django_mail.get_connection()
