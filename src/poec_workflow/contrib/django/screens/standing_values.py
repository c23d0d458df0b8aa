"""Forms that show what stands and send what differs: a field that nobody touched changes nothing.

Beside each field such a form sends a digest of what stood in it. So what somebody else changed meanwhile is not undone
by who never touched it, and a history says what was changed, and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from hashlib import sha256

from poec_workflow import locales
from poec_workflow.commands import (
    Command,
    CorrectAction,
    CorrectSession,
    EnrichAction,
    ReassignSession,
    RescheduleSession,
    SetCapacity,
    SetCoefficient,
    SetInformationDates,
    SetRegistrationDeadline,
)
from poec_workflow.contrib.django.screens.form_fields import CommandField, fields_of
from poec_workflow.model import Subject, TrainingAction, TrainingSession

WAS = "was."
"""What the name of a digest begins with, before that of its field."""
PARTIAL: frozenset[type[Command]] = frozenset(
    {EnrichAction, CorrectAction, CorrectSession, ReassignSession, SetRegistrationDeadline}
)
"""Commands of which a field that is not given stays as it is."""
STANDING: frozenset[type[Command]] = PARTIAL | {SetCoefficient, SetCapacity, SetInformationDates, RescheduleSession}
"""Commands whose form shows what stands."""


def digest_of(text: str) -> str:
    """What stood in a field, as a form sends it back; a browser writes line ends its own way."""
    return sha256(text.replace("\r\n", "\n").encode()).hexdigest()[:16]


def is_untouched(command: type[Command], name: str, sent: Mapping[str, str]) -> bool:
    """Whether a field of a sent form says what stood in it, or of a partial command says nothing."""
    if name not in sent:
        return command in PARTIAL
    return command in STANDING and sent.get(f"{WAS}{name}") == digest_of(sent[name])


def is_left_out(command: type[Command], each: CommandField, *, untouched: bool) -> bool:
    """Whether a field is not said, and so stays; days of a list are said together."""
    return untouched and command in PARTIAL and not each.required and not each.name[-1].isdecimal()


def standing_values(command: type[Command], subject: Subject, lang: str) -> Mapping[str, str]:
    """What stands in the fields of a command to a subject, as people write it.

    A certification that waits for the platform stands in the place of the one in force: it is what was last entered.
    """
    return {each.name: _written(_standing(subject, each.name), lang) for each in fields_of(command)}


def _standing(subject: Subject, name: str) -> object:
    *parents, last = name.split(".")
    if isinstance(subject, TrainingAction):
        if last == "certification" and subject.pending_certification is not None:
            return subject.pending_certification
        return getattr(subject, last, None)
    if isinstance(subject, TrainingSession) and parents == ["dates"]:
        days = subject.information_dates
        return days[int(last)] if int(last) < len(days) else None
    if isinstance(subject, TrainingSession) and name == "on":
        return subject.registration_deadline
    return getattr(subject, last, None)


def _written(value: object, lang: str) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    return locales.shown(value, lang) if isinstance(value, Decimal) else str(value)
