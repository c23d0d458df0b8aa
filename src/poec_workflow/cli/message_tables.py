"""Messages that wait, as a table."""

from __future__ import annotations

from collections.abc import Sequence

from poec_workflow import locales
from poec_workflow.cli.terminal import table
from poec_workflow.cli.text_table import TextTable
from poec_workflow.ports import QueuedMessage
from poec_workflow.presentation.message_texts import about_text, notice_text, told_text


def waiting_table(queued: Sequence[QueuedMessage], lang: str) -> TextTable:
    """What waits; ids, which are long, are for programs and for the dead."""
    columns = ("notice", "about", "told", "attempts")
    rows = [
        (notice_text(each.message.notice, lang), about_text(each.message), told_text(each.message, lang), each.attempts)
        for each in queued
    ]
    return table([locales.word(name, lang) for name in columns], rows)
