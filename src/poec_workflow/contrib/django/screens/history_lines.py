"""A subject's history as its page shows it."""

from __future__ import annotations

from collections.abc import Sequence

from poec_workflow.model import Subject
from poec_workflow.presentation.history_texts import HistoryLine, history_line
from poec_workflow.workflow import Workflow


def history_lines(workflow: Workflow, subject: Subject, lang: str) -> Sequence[HistoryLine]:
    """The history of a subject, the latest first."""
    entries = workflow.history(subject.subject_kind, subject.reference)
    return [history_line(each, workflow.settings, lang) for each in reversed(entries)]
