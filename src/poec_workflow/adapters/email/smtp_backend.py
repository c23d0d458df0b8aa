"""Send mails by SMTP: with TLS, checked certificates and authentication."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from typing import Literal

from attrs import Attribute, field, frozen

from poec_workflow.adapters.host_names import is_host, is_port
from poec_workflow.errors import Malformed
from poec_workflow.ports import Undeliverable

_PERMANENT = 500
_MISCONFIGURED = frozenset({502, 503, 504, 530, 534, 535, 538})
"""Answers that are about the server or the login, not about who is written to."""
_SENDER = re.compile(r"5\.(1\.[78]|7\.\d+)\b")
"""Status codes (RFC 3463) about the sender or what it may do: servers wait with them until a recipient is named."""


def _check_host(_: object, __: Attribute[str], host: object) -> None:
    if not isinstance(host, str) or not host or not is_host(host):
        raise Malformed.at("$.host", "expected the name or the address of a server, and no URL")


def _check_port(_: object, __: Attribute[int], port: object) -> None:
    if not isinstance(port, int) or not port or not is_port(str(port)):
        raise Malformed.at("$.port", "expected a number from 1 to 65535")


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

    Raises:
        Malformed: the host or the port can be none. The text does not quote it: a URL may hold a password.
    """

    host: str = field(validator=_check_host)
    port: int = field(default=587, validator=_check_port)
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
            raise judged(error) from error

    def _send(self, mail: EmailMessage, to: str) -> None:
        with self._connected() as server:
            if self.security == "starttls":
                server.starttls(context=self.context)
            if self.username is not None:
                server.login(self.username, self.password or "")
            server.send_message(mail, to_addrs=[to])

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        """A connection, left politely: what becomes of a goodbye says nothing about a mail that was taken."""
        if self.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=self.timeout, context=self.context)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=self.timeout)
        try:
            yield server
        finally:
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
            server.close()


def judged(error: smtplib.SMTPException) -> Exception:
    """What a server's answer means; its code is kept, its text, which names addresses, is not."""
    match error:
        case smtplib.SMTPRecipientsRefused():
            code, text = next(iter(error.recipients.values()))
            if _is_about_the_sender(text):
                return NotSent(f"the server refuses the sender: {code}")
            return _by_code(code, f"the server refuses the recipient: {code}")
        case smtplib.SMTPDataError():
            return _by_code(error.smtp_code, f"the server refuses the mail: {error.smtp_code}")
        case smtplib.SMTPNotSupportedError() if "SMTPUTF8" in str(error):
            return Undeliverable("the server takes no address that is not ASCII")
        case smtplib.SMTPResponseException():
            return NotSent(f"the server answers {error.smtp_code}")
    return NotSent(type(error).__name__)


def _is_about_the_sender(text: bytes | str) -> bool:
    said = text.decode("ascii", "replace") if isinstance(text, bytes) else text
    return _SENDER.match(said) is not None


def _by_code(code: int, said: str) -> Exception:
    return Undeliverable(said) if code >= _PERMANENT and code not in _MISCONFIGURED else NotSent(said)
