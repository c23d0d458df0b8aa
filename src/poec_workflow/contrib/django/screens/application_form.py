"""The form of an application [S]: the candidate, the presentation, the convocations, the advice, and what is next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from attrs import frozen

from poec_workflow.commands import Convoke, MoveConvocation, Retain
from poec_workflow.contrib.django.screens.candidate_record import candidate_record
from poec_workflow.contrib.django.screens.command_panel import Initial, Offer, offers
from poec_workflow.contrib.django.screens.submission import Attempt
from poec_workflow.contrib.django.screens.visitor import Visitor
from poec_workflow.model import Application, Convocation, SubjectKind, TrainingSession
from poec_workflow.policies.deadlines import advice_deadline, days_until
from poec_workflow.policies.settings import Settings
from poec_workflow.presentation.history_texts import history_line
from poec_workflow.presentation.message_texts import delivery_lines
from poec_workflow.workflow import Workflow

STEPS = (
    ("advice", ("retain", "reject")),
    ("attendance", ("record-presence", "record-absence")),
    ("appointment", ("convoke",)),
)
"""What is next: the first of these steps of which the state has a command that the visitor may give."""
_ASIDE = {"move-convocation", "correct-attendance", "withdraw"}
PLACED = frozenset(_ASIDE.union(*(step for _, step in STEPS)))
"""The commands that have a place of their own on the form; the others are told about, folded away."""


@frozen(kw_only=True)
class Appointment:
    """One of the convocations that a candidate may have: given, or still to give.

    Attributes:
        number: from 1 on.
        given: when and where, and what came of it; None: not given.
        current: whether it is the last that was given.
        coming: whether it is the next to give.
    """

    number: int
    given: Convocation | None
    current: bool
    coming: bool


def application_form(
    workflow: Workflow, visitor: Visitor, subject: Application, attempt: Attempt | None
) -> Mapping[str, Any]:
    """What the page of an application shows."""
    session = workflow.session(subject.session)
    known = offers(workflow, visitor, subject, _initial(subject, session), attempt)
    step, first = _next(known)
    deadline = advice_deadline(session, workflow.settings)
    reference, settings, lang = subject.reference, workflow.settings, visitor.lang
    entries = workflow.history(SubjectKind.APPLICATION, reference)
    sent = workflow.deliveries(SubjectKind.APPLICATION, reference)
    left = days_until(deadline, workflow.today())
    return {
        "subject": subject,
        "session": session,
        "action": workflow.action(session.action),
        "candidate": candidate_record(workflow, visitor, subject.candidate, without=subject.reference),
        "deadline": deadline,
        "left": left,
        "overdue": left < 0,
        "final": subject.state in workflow.lifecycles[SubjectKind.APPLICATION].final,
        "appointments": list(_appointments(subject, workflow.settings)),
        "do": {name.replace("-", "_"): each for name, each in known.items()},
        "next": step,
        "waits": next(iter(known[first].explained.refusals), None) if first else None,
        "others": [each for each in known.values() if not _in_place(each)],
        "stray": next((each for each in known.values() if each.attempt and not _in_place(each)), None),
        "history": [history_line(each, settings, lang) for each in entries],
        "messages_sent": list(delivery_lines(sent, settings.zone, lang)),
        "attempt": attempt,
    }


def _initial(subject: Application, session: TrainingSession) -> Initial:
    """What stands in the forms before anything is typed: the session's days, the current appointment's."""
    current = subject.convocations[-1] if subject.convocations else None
    moved = {} if current is None else {"on": _wire(current.on), "place": current.place or ""}
    if current is not None and current.time is not None:
        moved["time"] = current.time.strftime("%H:%M")
    return {
        Convoke: {"place": session.place},
        MoveConvocation: moved,
        Retain: {"entry": _wire(session.start), "exit": _wire(session.end)},
    }


def _wire(day: date) -> str:
    return day.isoformat()


def _appointments(subject: Application, settings: Settings) -> Iterator[Appointment]:
    used = len(subject.convocations)
    for index in range(max(used, settings.max_convocations)):
        yield Appointment(
            number=index + 1,
            given=subject.convocations[index] if index < used else None,
            current=index == used - 1,
            coming=index == used,
        )


def _in_place(offer: Offer) -> bool:
    """Whether a command stands at its place of the form: it can be given, or a rule alone is in its way."""
    return offer.type in PLACED and offer.in_reach


def _next(known: Mapping[str, Offer]) -> tuple[str, str]:
    """The name of the step that is next, and its command; empty where nothing is the visitor's to do."""
    for step, names in STEPS:
        if any(known[name].in_reach for name in names if name in known):
            return step, names[0]
    return "", ""
