"""The words of a mail: a template for each outcome and language, which a host may replace one by one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from decimal import Decimal
from typing import Any
from unicodedata import category

from attrs import frozen
from jinja2 import BaseLoader, ChoiceLoader, Environment, PackageLoader, StrictUndefined, TemplateNotFound

from poec_workflow.locales.elision import of
from poec_workflow.messages import AddresseeKind, Message
from poec_workflow.ports import Content

DIGEST = "digest"
"""The name of the digest's template, which has no event."""
LONGEST_SUBJECT = 200
"""In characters: a title may have ten thousand."""
_DAYS = {
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS = {
    "fr": [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
}


@frozen(kw_only=True)
class MailText:
    """A mail's words, apart from addresses.

    Attributes:
        subject: one line.
        text: plain text.
        html: the same as a page of one column.
    """

    subject: str
    text: str
    html: str


class MailTexts:
    """Writes mails from templates: `LANGUAGE/EVENT.txt` with the blocks `subject` and `body`, and `layout.html`.

    The body is plain text whose paragraphs are apart by an empty line; the page is made of it. A template
    `LANGUAGE/EVENT.html`, where there is one, is the page itself.

    Args:
        loader: where templates are looked for before the package's own.
    """

    def __init__(self, loader: BaseLoader | None = None) -> None:
        own = PackageLoader("poec_workflow.adapters.email", "templates")
        loaders = [own] if loader is None else [loader, own]
        common: dict[str, Any] = {"loader": ChoiceLoader(loaders), "undefined": StrictUndefined, "finalize": _written}
        # The text is no HTML: escaping it would show. Pages are escaped, whatever a template's author forgets.
        self._texts = Environment(**common, autoescape=False)  # noqa: S701
        self._pages = Environment(**common, autoescape=True)

    def write(self, message: Message, content: Content, language: str) -> MailText:
        """The mail of a message in a language."""
        name = DIGEST if content.entry is None else content.entry.event.type
        values = _values(message, content, language)
        template = self._texts.get_template(f"{language}/{name}.txt")
        context = template.new_context(values)
        subject, body = ("".join(template.blocks[block](context)) for block in ("subject", "body"))
        line, text = _one_line(subject)[:LONGEST_SUBJECT], body.strip() + "\n"
        return MailText(subject=line, text=text, html=self._page(name, language, values, line, text))

    def _page(self, name: str, language: str, values: dict[str, Any], subject: str, text: str) -> str:
        try:
            page = self._pages.get_template(f"{language}/{name}.html")
        except TemplateNotFound:
            page = self._pages.get_template("layout.html")
        return page.render(**values, lang=language, subject=subject, paragraphs=_paragraphs(text))


def _values(message: Message, content: Content, language: str) -> dict[str, Any]:
    """What a template may name."""
    application, catalogue = content.application, content.catalogue
    person = content.candidate.name if content.candidate else application.candidate if application else ""
    event = None if content.entry is None else content.entry.event
    motive, reason = getattr(event, "motive", None), getattr(event, "reason", None)
    return {
        "message": message,
        "event": event,
        "application": application,
        "session": content.session,
        "action": content.action,
        "title": content.action.title if content.action else "",
        "person": person,
        "to_candidate": message.to.kind is AddresseeKind.CANDIDATE,
        "reason": catalogue.label(language, motive, reason) if motive else reason,
        "told": content.told,
        "expiring": content.expiring,
        "day": lambda value: written_day(value, language),
        "of": lambda name: of(name, "’"),
        "clock": _clock,
        "hours": lambda value: _hours(value, language),
    }


def written_day(value: date, language: str) -> str:
    """A day as people read it: vendredi 25 mars 2022, Friday 25 March 2022."""
    number = "1er" if language == "fr" and value.day == 1 else str(value.day)
    return f"{_DAYS[language][value.weekday()]} {number} {_MONTHS[language][value.month - 1]} {value.year}"


def _clock(value: time) -> str:
    return f"{value:%H:%M}"


def _hours(value: Decimal, language: str) -> str:
    written = f"{value.normalize():f}"
    return f"{written.replace('.', ',')}\u00a0h" if language == "fr" else f"{written} h"


def _one_line(text: str) -> str:
    """A text without line breaks and controls: a header can't be broken, nor a paragraph made up."""
    return " ".join("".join(" " if _breaks(each) else each for each in text).split(" ")).strip()


def _breaks(character: str) -> bool:
    return category(character) in {"Cc", "Cf", "Zl", "Zp"}


def _written(value: object) -> object:
    """What a template names, as it is written: texts of people as one line."""
    return _one_line(value) if type(value) is str else value


def _paragraphs(text: str) -> Sequence[Sequence[str]]:
    return [each.strip().splitlines() for each in text.split("\n\n") if each.strip()]
