"""Send mails by SMTP: with TLS, checked certificates and authentication."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from typing import Literal

from attrs import field, frozen

from poec_workflow.ports import Undeliverable

_PERMANENT = 500
_MISCONFIGURED = frozenset({502, 503, 504, 530, 534, 535, 538})
"""Answers that are about the server or the login, not about who is written to."""


class NotSent(Exception):
    """A server did not take a mail now."""


@frozen(kw_only=True)
class SmtpBackend:
    """A server; each mail has a connection of its own.

    Attributes:
        host, port: of the server.
        security: `starttls` (the default), `tls` from the first byte, or `none`, for a server on this machine.
        username, password: for the login; none where None.
        timeout: in seconds, for each answer of the server.
        context: the certificates that are trusted; the system's by default.
    """

    host: str
    port: int = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    timeout: float = 10.0
    context: ssl.SSLContext = field(factory=ssl.create_default_context, repr=False)

    def send(self, mail: EmailMessage, to: str) -> None:
        """Send a mail to one address.

        Raises:
            Undeliverable: the server refuses the recipient or the mail for good (5xx), or can't take an address that
                is not ASCII.
            NotSent, OSError: the server can't be reached, refuses the login or the sender, or asks to try again (4xx).
        """
        try:
            self._send(mail, to)
        except smtplib.SMTPException as error:
            raise _judged(error) from error

    def _send(self, mail: EmailMessage, to: str) -> None:
        with self._connected() as server:
            if self.security == "starttls":
                server.starttls(context=self.context)
            if self.username is not None:
                server.login(self.username, self.password or "")
            server.send_message(mail, to_addrs=[to])

    def _connected(self) -> smtplib.SMTP:
        if self.security == "tls":
            return smtplib.SMTP_SSL(self.host, self.port, timeout=self.timeout, context=self.context)
        return smtplib.SMTP(self.host, self.port, timeout=self.timeout)


def _judged(error: smtplib.SMTPException) -> Exception:
    """What a server's answer means; its text is kept, the address is not."""
    match error:
        case smtplib.SMTPRecipientsRefused():
            code, text = next(iter(error.recipients.values()))
            return _by_code(code, text, f"the server refuses the recipient: {code}")
        case smtplib.SMTPDataError():
            return _by_code(error.smtp_code, error.smtp_error, f"the server refuses the mail: {error.smtp_code}")
        case smtplib.SMTPNotSupportedError() if "SMTPUTF8" in str(error):
            return Undeliverable("the server takes no address that is not ASCII")
        case smtplib.SMTPResponseException():
            return NotSent(f"the server answers {error.smtp_code}")
    return NotSent(type(error).__name__)


def _by_code(code: int, text: bytes | str, said: str) -> Exception:
    del text
    return Undeliverable(said) if code >= _PERMANENT and code not in _MISCONFIGURED else NotSent(said)
