"""A history as a table for people: when, who and what, with what each event says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import tzinfo

from attrs import fields

from poec_workflow import locales
from poec_workflow.cli.terminal import table
from poec_workflow.cli.text_table import TextTable
from poec_workflow.events import AnyEvent, Event
from poec_workflow.history import HistoryEntry
from poec_workflow.model import Actor
from poec_workflow.policies.settings import Settings
from poec_workflow.presentation.cell_texts import coded, field_text, motive_text

_ENVELOPE = frozenset(each.name for each in fields(Event))


def history_table(entries: Sequence[HistoryEntry], settings: Settings, lang: str) -> TextTable:
    """A line an event, oldest first; when it was recorded only where that is another time than when it took effect."""
    zone = settings.zone
    late = any(each.recorded_at != each.event.effective_at for each in entries)
    names = ["effective", *(["recorded"] if late else []), "rule", "command", "who", "state"]
    rows = [
        (
            each.event.version,
            field_text(each.event.effective_at, zone, lang),
            *([field_text(each.recorded_at, zone, lang)] if late else []),
            each.rule,
            locales.label("commands", each.command, lang),
            _who(each.actor, lang),
            "\n".join(_what(each, settings, lang)),
        )
        for each in entries
    ]
    return table(["#", *(locales.word(name, lang) for name in names)], rows)


def _who(actor: Actor, lang: str) -> str:
    """A name and an organisation, or whatever of them is known; the kind, where neither is."""
    kind = locales.label("words", actor.kind, lang)
    known = [each for each in (actor.name, actor.organization or actor.candidate) if each]
    return f"{', '.join(known)} ({kind})" if known else kind


def _what(entry: HistoryEntry, settings: Settings, lang: str) -> Iterator[str]:
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
