"""A history as a table for people: when, who and what, with what each event says."""

from __future__ import annotations

from collections.abc import Sequence

from poec_workflow import locales
from poec_workflow.cli.terminal import table
from poec_workflow.cli.text_table import TextTable
from poec_workflow.history import HistoryEntry
from poec_workflow.policies.settings import Settings
from poec_workflow.presentation.cell_texts import field_text
from poec_workflow.presentation.history_texts import what, who


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
            who(each.actor, lang),
            "\n".join(what(each, settings, lang)),
        )
        for each in entries
    ]
    return table(["#", *(locales.word(name, lang) for name in names)], rows)
