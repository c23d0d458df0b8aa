"""One subject as a table for people: labels for codes, names for references where they are known."""

from __future__ import annotations

from attrs import fields

from poec_workflow import locales
from poec_workflow.cli.terminal import table
from poec_workflow.cli.text_table import TextTable
from poec_workflow.model import Application, Subject, TrainingSession
from poec_workflow.presentation.cell_texts import convocation_text, field_text, prescriber_text
from poec_workflow.workflow import Workflow

_HEADING = frozenset({"reference"})


def subject_table(subject: Subject, workflow: Workflow, lang: str) -> TextTable:
    """What a subject holds, a line each; what is empty is left out."""
    values = {each.name: getattr(subject, each.name) for each in fields(type(subject)) if each.name not in _HEADING}
    if isinstance(subject, Application):
        values |= _of_application(subject, workflow, lang)
    if isinstance(subject, TrainingSession):
        values["action"] = _named(subject.action, workflow.action(subject.action).title)
    rows = [
        (locales.label("fields", name, lang), field_text(value, workflow.settings.zone, lang))
        for name, value in values.items()
        if value not in (None, "", (), [])
    ]
    return table([locales.word(subject.subject_kind, lang), subject.reference], rows)


def _of_application(application: Application, workflow: Workflow, lang: str) -> dict[str, object]:
    rows = workflow.candidate_applications(application.candidate)
    row = next((each for each in rows if each.reference == application.reference), None)
    catalogue, motive, reason = workflow.settings.catalogue, application.motive, application.reason
    return {
        "session": _named(application.session, row.action_title if row else None),
        "candidate": _named(application.candidate, row.candidate_name if row else None),
        "prescriber": prescriber_text(application.prescriber, lang),
        "convocations": [convocation_text(each, lang) for each in application.convocations],
        "motive": motive and catalogue.label(lang, motive),
        "reason": catalogue.label(lang, motive, reason) if motive and reason else reason,
    }


def _named(reference: str, name: str | None) -> str:
    return f"{reference} {name}" if name and name != reference else reference
