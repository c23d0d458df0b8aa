"""What a history says, as people read it: who did something, and what its event says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import tzinfo

from attrs import fields

from poec_workflow import locales
from poec_workflow.events import AnyEvent, Event
from poec_workflow.history import HistoryEntry
from poec_workflow.model import Actor
from poec_workflow.policies.settings import Settings
from poec_workflow.presentation.cell_texts import coded, field_text, motive_text

_ENVELOPE = frozenset(each.name for each in fields(Event))


def who(actor: Actor, lang: str) -> str:
    """A name and an organisation, or whatever of them is known; the kind, where neither is."""
    kind = locales.label("words", actor.kind, lang)
    known = [each for each in (actor.name, actor.organization or actor.candidate) if each]
    return f"{', '.join(known)} ({kind})" if known else kind


def what(entry: HistoryEntry, settings: Settings, lang: str) -> Iterator[str]:
    """The state, what the event says, and the advisories."""
    yield locales.state(entry.event.state, lang)
    yield from _said(entry.event, settings, lang)
    yield from (f"! {coded(each, lang)}" for each in entry.advisories)


def _said(event: AnyEvent, settings: Settings, lang: str) -> Iterator[str]:
    known = {each.name: getattr(event, each.name) for each in fields(type(event)) if each.name not in _ENVELOPE}
    if (motive := known.pop("motive", None)) is not None:
        yield motive_text(motive, known.pop("reason"), settings.catalogue, lang)
    for name, value in known.items():
        if value not in (None, "", (), {}):
            yield from _lines(name, value, settings.zone, lang)


def _lines(name: str, value: object, zone: tzinfo, lang: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, text in value.items():
            yield from _lines(key, text, zone, lang)
    else:
        yield locales.labelled(locales.label("fields", name, lang), field_text(value, zone, lang), lang)
