"""A history as a table for people: when, who and what, with what each event says."""

from __future__ import annotations

from collections.abc import Sequence

from poec_workflow import locales
from poec_workflow.cli.terminal import table
from poec_workflow.cli.text_table import TextTable
from poec_workflow.history import HistoryEntry
from poec_workflow.policies.settings import Settings
from poec_workflow.presentation.history_texts import history_line


def history_table(entries: Sequence[HistoryEntry], settings: Settings, lang: str) -> TextTable:
    """A line an event, oldest first; when it was recorded only where that is another time than when it took effect."""
    lines = [history_line(each, settings, lang) for each in entries]
    late = any(each.late for each in lines)
    names = ["effective", *(["recorded"] if late else []), "rule", "command", "who", "state"]
    rows = [
        (each.version, each.at, *([each.recorded] if late else []), each.rule, each.command, each.who, each.what)
        for each in lines
    ]
    return table(["#", *(locales.word(name, lang) for name in names)], rows)
