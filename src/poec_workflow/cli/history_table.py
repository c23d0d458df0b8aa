"""Histories as tables for people: when, who and what, with what each event says."""

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
    return _history_table(entries, settings, lang, of_one=True)


def feed_table(entries: Sequence[HistoryEntry], settings: Settings, lang: str) -> TextTable:
    """The same of many subjects: each line says whose it is."""
    return _history_table(entries, settings, lang, of_one=False)


def _history_table(entries: Sequence[HistoryEntry], settings: Settings, lang: str, *, of_one: bool) -> TextTable:
    lines = [history_line(each, settings, lang) for each in entries]
    late = any(each.late for each in lines)
    columns: dict[str, Sequence[object]] = {
        **({} if of_one else {locales.word("subject", lang): [_subject(each, lang) for each in entries]}),
        "#": [each.version for each in lines],
        locales.word("effective", lang): [each.at for each in lines],
        **({locales.word("recorded", lang): [each.recorded for each in lines]} if late else {}),
        locales.word("rule", lang): [each.rule for each in lines],
        locales.word("command", lang): [each.command for each in lines],
        locales.word("who", lang): [each.who for each in lines],
        locales.word("state", lang): [each.what for each in lines],
    }
    return table(list(columns), list(zip(*columns.values(), strict=True)))


def _subject(entry: HistoryEntry, lang: str) -> str:
    return f"{locales.label('words', entry.event.subject_kind, lang)} {entry.event.reference}"
