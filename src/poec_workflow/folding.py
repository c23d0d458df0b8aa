"""Folding: `evolve` applies an event to a subject; all events of a subject, applied in order, give it back exactly.

An event's field that has the name of a subject's field replaces it, unless it is None. `_FOLDS` has what is different.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar, cast

from attrs import evolve as replace
from attrs import fields_dict

from poec_workflow import events
from poec_workflow.model import SUBJECT_TYPES, Convocation, Subject, TrainingAction

S = TypeVar("S", bound=Subject)


def evolve(subject: S | None, event: events.Event[S]) -> S:
    """The subject after an event.

    Args:
        subject: the subject before; None before its first event.
        event: the next event of its history.

    Raises:
        ValueError: it is not the next one.
    """
    version = subject.version if subject else 0
    if event.version != version + 1 or (subject is None) is not (type(event) in _CREATING):
        raise ValueError(f"{event.type} as version {event.version} does not follow version {version}")
    changed: dict[str, Any] = {
        "version": event.version,
        "state": event.state,
        **_shared_fields(event),
        **_derived_fields(subject, event),
    }
    if subject is None:
        return cast("S", SUBJECT_TYPES[event.kind](reference=event.reference, **changed))
    return cast("S", replace(cast("Any", subject), **changed))


def fold(history: Iterable[events.Event[S]]) -> S | None:
    """The subject that a history gives; None for an empty one."""
    subject: S | None = None
    for event in history:
        subject = evolve(subject, event)
    return subject


def _shared_fields(event: events.Event[Any]) -> dict[str, Any]:
    values = ((name, getattr(event, name)) for name in _SHARED[event.type])
    return {name: value for name, value in values if value is not None}


_CREATING = (events.Preregistered, events.SessionCreated, events.ActionCreated)
_SHARED: Mapping[str, tuple[str, ...]] = {
    event.type: tuple(
        name
        for name in fields_dict(event)
        if name in fields_dict(SUBJECT_TYPES[event.kind]) and name not in events.ENVELOPE
    )
    for event in events.EVENTS.values()
}
"""The names that each event shares with its subject."""


_Fold = Callable[[Any, Any], dict[str, Any]]


def _derived_fields(subject: Subject | None, event: events.Event[Any]) -> dict[str, Any]:
    fold_of = _FOLDS.get(type(event))
    return fold_of(subject, event) if fold_of else {}


def _convocation(event: events.Convoked | events.ConvocationMoved) -> Convocation:
    return Convocation(on=event.on, time=event.time, place=event.place, entered_at=event.effective_at)


def _enriched(action: TrainingAction, event: events.ActionEnriched) -> dict[str, Any]:
    changes: dict[str, Any] = dict(event.changes)
    if "certification" in changes:
        requested = changes.pop("certification")
        changes["pending_certification"] = None if requested == action.certification else requested
    return changes


_FOLDS: Mapping[type[events.Event[Any]], _Fold] = {
    events.Preregistered: lambda _, event: {"registered_at": event.effective_at},
    events.Convoked: lambda subject, event: {"convocations": (*subject.convocations, _convocation(event))},
    events.ConvocationMoved: lambda subject, event: {"convocations": (*subject.convocations[:-1], _convocation(event))},
    events.RegistrationDeadlineSet: lambda _, event: {"registration_deadline": event.on},
    events.InformationDatesSet: lambda _, event: {"information_dates": event.dates},
    events.SessionCancelled: lambda _, event: {"cancellation_reason": event.reason},
    events.ActionEnriched: _enriched,
    events.CertificationApproved: lambda subject, _: {
        "certification": subject.pending_certification,
        "pending_certification": None,
    },
    events.CertificationDeclined: lambda _, __: {"pending_certification": None},
}
