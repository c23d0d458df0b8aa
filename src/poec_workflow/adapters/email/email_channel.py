"""The channel that writes mails, and hands them to whatever sends them."""

from __future__ import annotations

import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any, Protocol

from attrs import field, frozen

from poec_workflow.adapters.email.address_book import AddressBook, Language, Recipient
from poec_workflow.adapters.email.mail_texts import MailTexts
from poec_workflow.adapters.icalendar_file import calendar, method
from poec_workflow.messages import AddresseeKind, Message
from poec_workflow.ports import Clock, Content, SystemClock, Undeliverable

_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\\x00-\x1f\x7f]+@[^\s@<>,;:\"()\[\]\\\x00-\x1f\x7f]+")
_LONGEST_ADDRESS = 254
_INVITATION = "invitation.ics"


class MailBackend(Protocol):
    """Sends a mail: an SMTP server, a Django host's own backend."""

    def send(self, mail: EmailMessage, to: str) -> None:
        """Send a mail to one address.

        Raises:
            Undeliverable: it can't be sent to this address, now or later.
            Exception: anything else: to be tried again.
        """
        ...


@frozen(kw_only=True)
class EmailChannel:
    """Tells organisations and candidates by e-mail.

    Attributes:
        backend: what sends.
        addresses: where organisations are written to, and in which language who reads.
        from_address: of every mail, and the organiser of every appointment.
        from_name: beside it.
        reply_to: an address that people read: a mail is answered.
        language: of who has none of their own.
        subject_prefix: before every subject, as `"[TEST] "` outside of production.
        domain: of the ids of mails; that of `from_address` where None.
        texts: the words.
        clock: gives the date of a mail.

    Raises:
        ValueError: an address is none.
    """

    backend: MailBackend
    addresses: AddressBook
    from_address: str
    reply_to: str
    from_name: str = ""
    language: Language = "fr"
    subject_prefix: str = ""
    domain: str | None = None
    texts: MailTexts = field(factory=MailTexts)
    clock: Clock = field(factory=SystemClock)

    def __attrs_post_init__(self) -> None:
        for each in (self.from_address, self.reply_to):
            if not is_address(each):
                raise ValueError(f"not an e-mail address: {each!r}")

    def deliver(self, message: Message, content: Content) -> None:
        """Write the mail of a message, and send it.

        Raises:
            Undeliverable: no address is known, it is malformed, or the backend says that it can't be sent.
        """
        recipient = self._recipient(message, content)
        self.backend.send(self.mail(message, content, recipient), recipient.email)

    def preview(self, message: Message, content: Content) -> tuple[str, bytes]:
        """The mail as a file that mail programs open.

        Raises:
            Undeliverable: no mail would be sent.
        """
        return ".eml", self.mail(message, content, self._recipient(message, content)).as_bytes()

    def mail(self, message: Message, content: Content, recipient: Recipient) -> EmailMessage:
        """The mail of a message to a recipient; the same at every attempt, but for its date."""
        language = recipient.language or self.language
        words = self.texts.write(message, content, language)
        mail = EmailMessage(policy=SMTP)
        mail["From"] = _header_address(self.from_address, self.from_name)
        mail["To"] = _header_address(recipient.email, recipient.name or "")
        mail["Reply-To"] = _header_address(self.reply_to, "")
        mail["Subject"] = self.subject_prefix + words.subject
        mail["Date"] = format_datetime(self._now())
        mail["Message-ID"] = f"<{message.id}@{self.domain or self.from_address.rpartition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(words.text)
        mail.add_alternative(words.html, subtype="html")
        if content.invitation is not None:
            self._invite(mail, message, content, recipient, language)
        # Last: an attachment moves what is there of `Content-` into a part.
        mail["Content-Language"] = language
        return mail

    def _invite(
        self, mail: EmailMessage, message: Message, content: Content, recipient: Recipient, language: str
    ) -> None:
        """Add the appointment twice: mail programs read the one, people open the other."""
        assert content.invitation is not None  # noqa: S101 - the caller looked
        data = calendar(
            message,
            content,
            organizer=self.from_address,
            organizer_name=self.from_name or self.from_address,
            language=language,
            attendee=recipient.email,
        )
        # In base64: quoted-printable breaks Outlook.
        part: dict[str, Any] = {
            "maintype": "text",
            "subtype": "calendar",
            "cte": "base64",
            "params": {"method": method(content.invitation), "charset": "UTF-8"},
        }
        mail.add_alternative(data, **part)
        mail.add_attachment(data, **part, filename=_INVITATION)

    def _recipient(self, message: Message, content: Content) -> Recipient:
        known = self.addresses.recipient(message.to)
        if message.to.kind is AddresseeKind.CANDIDATE:
            person = content.candidate
            email = person.email if person is not None else None
            name = person.name if person is not None else None
            language = known.language if known is not None else None
            recipient = None if email is None else Recipient(email=email, name=name, language=language)
        else:
            recipient = known
        if recipient is None:
            raise Undeliverable("no e-mail address is known")
        if not is_address(recipient.email):
            raise Undeliverable("the e-mail address is malformed")
        return recipient

    def _now(self) -> datetime:
        return self.clock.now()


def is_address(text: str) -> bool:
    """Whether a text is one e-mail address, and nothing else that a header or a server might take for more."""
    local, _, domain = text.rpartition("@")
    return (
        len(text) <= _LONGEST_ADDRESS
        and _ADDRESS.fullmatch(text) is not None
        and not local.startswith("-")
        and all(domain.split("."))
    )


def _header_address(email: str, name: str) -> Address:
    """An address in a header; a name can hold no line break, and what is not ASCII is encoded."""
    local, _, domain = email.rpartition("@")
    shown = "".join(each if each.isprintable() else " " for each in name).strip()
    return Address(display_name=shown, username=local, domain=domain)
