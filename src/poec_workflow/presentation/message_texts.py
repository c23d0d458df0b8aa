"""Messages as lines and as JSON: what waits, what is dead, what became of the others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import tzinfo
from typing import Any

from poec_workflow import locales
from poec_workflow.messages import Message
from poec_workflow.policies.calendar import in_zone
from poec_workflow.ports import DeliveryRecord, OutboxFigures, QueuedMessage
from poec_workflow.serialization import to_dict


def message_data(queued: QueuedMessage) -> dict[str, Any]:
    """A queued message as the surface has it, with its times and last answer."""
    message = to_dict(queued.message)
    names = ("id", "notice", "about", "stream", "to", "stream_kind", "session")
    return {
        **{name: message[name] for name in names},
        "attempts": queued.attempts,
        "state": queued.state.value,
        "recorded": queued.recorded_at.isoformat(),
        "due": None if queued.due_at is None else queued.due_at.isoformat(),
        "answer": queued.answer,
    }


def dead_lines(queued: Iterable[QueuedMessage], lang: str) -> Iterator[str]:
    """What can't be delivered: a line that says what to whom, a line with the reason, and one with the id."""
    for each in queued:
        message = each.message
        yield f"{message.notice} {about_text(message)} → {told_text(message, lang)}"
        yield f"  {each.answer or '-'}"
        yield f"  {message.id}"


def delivery_lines(records: Iterable[DeliveryRecord], zone: tzinfo, lang: str) -> Iterator[str]:
    """What became of messages, a line each: « N3 KAIROS : transmis le … »."""
    for each in records:
        told = {"notice": each.message.notice, "to": told_text(each.message, lang), "on": in_zone(each.at, zone)}
        yield locales.word(f"message-{each.outcome}", lang, **told)


def figures_lines(figures: OutboxFigures, zone: tzinfo, lang: str) -> Iterator[str]:
    """What an operator watches, a line each."""
    oldest = "—" if figures.oldest is None else in_zone(figures.oldest, zone)
    for name, value in (
        ("waiting", figures.waiting),
        ("oldest", oldest),
        ("retried", figures.retried),
        ("attempts", figures.attempts),
        ("dead", figures.dead),
    ):
        yield locales.word(f"{name}-figure", lang, value=value)


def notice_text(notice: str, lang: str) -> str:
    """The number of a notice, and what it is of."""
    name = locales.label("notices", notice, lang)
    return notice if name == notice else f"{notice} {name}"


def about_text(message: Message) -> str:
    """Which event a message is about, and of what."""
    about = f"{message.about.reference} v{message.about.version}"
    return about if message.stream == message.about.reference else f"{message.stream} ({about})"


def addressee_text(kind: str, reference: str, lang: str) -> str:
    """Whom a message is for, by kind and reference."""
    return f"{locales.label('audiences', kind, lang)} {reference}"


def told_text(message: Message, lang: str) -> str:
    """Whom a message is for."""
    return addressee_text(message.to.kind, message.to.reference, lang)
