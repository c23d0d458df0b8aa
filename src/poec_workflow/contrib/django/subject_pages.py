"""What an operator sees of a subject: its fields, what may be done with it, what happened, who was told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from attrs import evolve, fields, frozen

from poec_workflow import locales
from poec_workflow.contrib.django.host_workflow import get_workflow
from poec_workflow.contrib.django.models import Message
from poec_workflow.contrib.django.subject_actors import actors_around, called
from poec_workflow.messages import Addressee
from poec_workflow.model import Subject, SubjectKind
from poec_workflow.presentation.cell_texts import coded, field_text, motive_text
from poec_workflow.presentation.history_texts import HistoryLine, history_line
from poec_workflow.presentation.message_texts import addressee_text, notice_text
from poec_workflow.workflow import Workflow

_APART = frozenset({"reference", "data"})


@frozen(kw_only=True)
class Possibility:
    """A command, and who may give it.

    Attributes:
        allowed: the actors who may.
        refused: the others, those of the same reasons together.
    """

    command: str
    allowed: Sequence[str]
    refused: Sequence[tuple[Sequence[str], Sequence[str]]]


@frozen(kw_only=True)
class MessageLine:
    """A message that is sent, or waits."""

    notice: str
    to: str
    outcome: str
    at: str
    answer: str = ""


@frozen(kw_only=True)
class SubjectPage:
    """All that is shown of a subject, in one language."""

    fields: Sequence[tuple[str, str]]
    history: Sequence[HistoryLine]
    possibilities: Sequence[Possibility]
    messages: Sequence[MessageLine]


def subject_page(kind: SubjectKind, reference: str, lang: str) -> SubjectPage:
    """The page of a subject.

    Raises:
        CommandRefused: `unknown-application`, `unknown-session` or `unknown-action`.
    """
    workflow = get_workflow()
    subject = workflow.subject(kind, reference)
    return SubjectPage(
        fields=tuple(_fields(workflow, subject, lang)),
        history=[history_line(each, workflow.settings, lang) for each in workflow.history(kind, reference)],
        possibilities=_possibilities(workflow, subject, lang),
        messages=[*_messages(workflow, kind, reference, lang)],
    )


def _fields(workflow: Workflow, subject: Subject, lang: str) -> Iterator[tuple[str, str]]:
    known = {each.name: getattr(subject, each.name) for each in fields(type(subject)) if each.name not in _APART}
    if (reference := known.pop("candidate", None)) is not None:
        person = workflow.storage.queries.candidate(reference)
        parts = (person.name, person.email, reference) if person else (reference,)
        yield locales.label("fields", "candidate", lang), ", ".join(each for each in parts if each)
    if (motive := known.pop("motive", None)) is not None:
        text = motive_text(motive, known.pop("reason"), workflow.settings.catalogue, lang)
        yield locales.label("fields", "motive", lang), text
    for name, value in known.items():
        if value not in (None, "", (), {}):
            yield locales.label("fields", name, lang), field_text(value, workflow.settings.zone, lang)


def _possibilities(workflow: Workflow, subject: Subject, lang: str) -> list[Possibility]:
    """Each command of the lifecycle, for everybody who has to do with the subject."""
    allowed: dict[str, list[str]] = {}
    refused: dict[str, dict[tuple[str, ...], list[str]]] = {}
    for actor in actors_around(workflow, subject):
        for each in workflow.explain_subject(subject.subject_kind, subject.reference, actor):
            name = each.command.type
            allowed.setdefault(name, [])
            reasons = tuple(coded(one, lang) for one in each.refusals)
            told = refused.setdefault(name, {}).setdefault(reasons, []) if reasons else allowed[name]
            told.append(called(actor, lang))
    return [
        Possibility(
            command=locales.label("commands", name, lang),
            allowed=able,
            refused=[(names, reasons) for reasons, names in refused.get(name, {}).items()],
        )
        for name, able in allowed.items()
    ]


def _messages(workflow: Workflow, kind: SubjectKind, reference: str, lang: str) -> Iterator[MessageLine]:
    """What was sent, then what waits."""
    for each in workflow.deliveries(kind, reference):
        yield _message(workflow, each.message.notice, each.message.to, each.outcome, each.at, lang)
    for row in Message.objects.filter(stream=reference, stream_kind=kind.value).order_by("id"):
        to = Addressee(row.to_kind, row.to_reference)
        line = _message(workflow, row.notice, to, "dead" if row.dead else "waiting", row.recorded_at, lang)
        yield evolve(line, answer=row.answer or "")


def _message(workflow: Workflow, notice: str, to: Addressee, outcome: str, at: datetime, lang: str) -> MessageLine:
    return MessageLine(
        notice=notice_text(notice, lang),
        to=addressee_text(to.kind, to.reference, lang),
        outcome=locales.label("deliveries", outcome, lang),
        at=field_text(at, workflow.settings.zone, lang),
    )
