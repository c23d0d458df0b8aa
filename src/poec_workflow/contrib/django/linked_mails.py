"""Mails whose readers sign in: under the text stands where its subject is shown."""

from __future__ import annotations

from html import escape

from attrs import evolve
from django.urls import NoReverseMatch, reverse

from poec_workflow import locales
from poec_workflow.adapters.email.mail_texts import MailText, MailTexts
from poec_workflow.contrib.django.screens.words import words_of
from poec_workflow.messages import AddresseeKind, Message
from poec_workflow.ports import Content

_END = "</main>"


class LinkedMails(MailTexts):
    """The package's mails, with a link to the screens for organisations; candidates have none to sign in to.

    Args:
        site: where the screens are, as `https://poec.example.org`.
    """

    def __init__(self, site: str) -> None:
        super().__init__()
        self._site = site.rstrip("/")

    def write(self, message: Message, content: Content, language: str) -> MailText:
        """The mail of a message in a language."""
        mail = super().write(message, content, language)
        path = _path(content) if message.to.kind is AddresseeKind.ORGANIZATION else None
        if path is None:
            return mail
        address = self._site + path
        label = words_of("host.open", language)
        line = f'<p style="margin:0 0 1em"><a href="{escape(address)}">{escape(label)}</a></p>\n{_END}'
        text = f"{mail.text}\n{locales.labelled(label, address, language)}\n"
        return evolve(mail, text=text, html=line.join(mail.html.rsplit(_END, 1)))


def _path(content: Content) -> str | None:
    """The screen that shows what a mail is about; None where the project has not included the screens."""
    try:
        if content.application is not None:
            return reverse("poec:application", args=[content.application.reference])
        if content.session is not None:
            return reverse("poec:session", args=[content.session.reference])
        return reverse("poec:work")
    except NoReverseMatch:
        return None
