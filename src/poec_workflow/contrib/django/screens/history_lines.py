"""A subject's history as its page shows it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from attrs import frozen

from poec_workflow import locales
from poec_workflow.model import Subject
from poec_workflow.presentation.history_texts import what, who
from poec_workflow.workflow import Workflow


@frozen(kw_only=True)
class HistoryLine:
    """What one command did: the latest stands first on a page."""

    at: datetime
    command: str
    who: str
    said: str


def history_lines(workflow: Workflow, subject: Subject, lang: str) -> Sequence[HistoryLine]:
    """The history of a subject, the latest first."""
    entries = workflow.history(subject.subject_kind, subject.reference)
    return [
        HistoryLine(
            at=each.event.effective_at,
            command=locales.label("commands", each.command, lang),
            who=who(each.actor, lang),
            said="\n".join(what(each, workflow.settings, lang)),
        )
        for each in reversed(entries)
    ]
