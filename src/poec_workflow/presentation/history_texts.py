"""What a history says, as people read it: who did something, and what its event says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import tzinfo

from attrs import fields, frozen

from poec_workflow import locales
from poec_workflow.events import AnyEvent, Event
from poec_workflow.history import HistoryEntry
from poec_workflow.model import Actor
from poec_workflow.policies.settings import Settings
from poec_workflow.presentation.cell_texts import coded, field_text, motive_text

_ENVELOPE = frozenset(each.name for each in fields(Event))


@frozen(kw_only=True)
class HistoryLine:
    """An entry of a history as people read it, in one language.

    Attributes:
        version: of the subject, after it.
        at: when it took effect.
        recorded: when it was recorded.
        late: whether that is another time.
        rule: the id of the row.
        command: what was done.
        who: who did it.
        before: the state before; empty where it created the subject.
        after: the state after.
        said: what the event says, and the advisories.
    """

    version: int
    at: str
    recorded: str
    late: bool
    rule: str
    command: str
    who: str
    before: str
    after: str
    said: Sequence[str]

    @property
    def what(self) -> str:
        """The state and all that is said, line by line."""
        return "\n".join((self.after, *self.said))


def history_line(entry: HistoryEntry, settings: Settings, lang: str) -> HistoryLine:
    """An entry in words."""
    effective, recorded = entry.event.effective_at, entry.recorded_at
    return HistoryLine(
        version=entry.event.version,
        at=field_text(effective, settings.zone, lang),
        recorded=field_text(recorded, settings.zone, lang),
        late=recorded != effective,
        rule=str(entry.rule),
        command=locales.label("commands", entry.command, lang),
        who=who(entry.actor, lang),
        before="" if entry.from_state is None else locales.state(entry.from_state, lang),
        after=locales.state(entry.event.state, lang),
        said=tuple(_said(entry, settings, lang)),
    )


def who(actor: Actor, lang: str) -> str:
    """A name and an organisation, or whatever of them is known; the kind, where neither is."""
    kind = locales.label("words", actor.kind, lang)
    known = [each for each in (actor.name, actor.organization or actor.candidate) if each]
    return f"{', '.join(known)} ({kind})" if known else kind


def _said(entry: HistoryEntry, settings: Settings, lang: str) -> Iterator[str]:
    """What the event says, and the advisories."""
    yield from _fields(entry.event, settings, lang)
    yield from (f"! {coded(each, lang)}" for each in entry.advisories)


def _fields(event: AnyEvent, settings: Settings, lang: str) -> Iterator[str]:
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
