"""Folding: `evolve` applies an event to a subject; all events of a subject, applied in order, give it back exactly.

An event's field that has the name of a subject's field replaces it, unless it is None. How an application ended is
true of the state that it ended in: what leads elsewhere, as a service's own row may, forgets it. `_FOLDS` has what is
different.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from attrs import NOTHING, fields_dict

from poec_workflow import events
from poec_workflow.construction import constructor
from poec_workflow.errors import Malformed
from poec_workflow.model import (
    REFERENCE_LENGTH,
    STATE_TYPES,
    SUBJECT_TYPES,
    Application,
    Convocation,
    Outcome,
    Subject,
    TrainingAction,
)

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
    after: S = STEPS[type(event)](subject, event)
    return after


def fold(history: Iterable[events.Event[S]]) -> S | None:
    """The subject that a history gives; None for an empty one."""
    subject: S | None = None
    for event in history:
        subject = evolve(subject, event)
    return subject


_Fold = Callable[[Any, Any], Any]


class _Steps(dict[type[Any], _Fold]):
    """The folds of the events, each compiled when it is first looked up."""

    def __missing__(self, event: type[events.Event[Any]]) -> _Fold:
        made = self[event] = _step(event)
        return made


STEPS: Mapping[type[Any], _Fold] = _Steps()
"""Event ▸ `(subject, event)` ▸ the subject afterwards, without a look at the version."""


def _step(event: type[events.Event[Any]]) -> _Fold:
    """Compile a fold: every field of the subject afterwards, from where it comes."""
    cls: type[Any] = SUBJECT_TYPES[event.subject_kind]
    derived, shared, creates = _FOLDS.get(event, {}), fields_dict(event), event in _CREATING
    sources: dict[str, str] = {}
    names: dict[str, object] = {}
    for name, attribute in fields_dict(cls).items():
        names |= {
            f"of_{name}": derived.get(name),
            f"initial_{name}": attribute.default,
            f"as_{name}": attribute.converter,
        }
        before = f"initial_{name}" if creates else f"subject.{name}"
        if name in _OF_THE_END and cls is Application and not creates:
            before = f"(None if subject.{name} is None or event.state != subject.state else subject.{name})"
        if name in derived:
            source = f"of_{name}(subject, event)"
        elif name in ("version", "state") or (creates and attribute.default is NOTHING):
            source = f"event.{name}"
        elif name in shared and name not in events.ENVELOPE:
            source = f"{before} if event.{name} is None else event.{name}"
        else:
            source = before
        sources[name] = f"as_{name}({source})" if attribute.converter else source
    # An event of ours has a member; one that somebody made may have its text.
    sources["state"] = f"event.state if type(event.state) is states else {sources['state']}"
    names["states"] = STATE_TYPES[event.subject_kind]
    return constructor(cls, ("subject", "event"), sources, names)


_OF_THE_END = frozenset({"motive", "reason", "comment", "entry", "exit", "weekly_hours"})
"""The fields that say how an application ended."""
_CREATING = frozenset(
    {
        events.Preregistered,
        events.SessionCreated,
        events.ActionCreated,
        events.Imported,
        events.SessionImported,
        events.ActionImported,
    }
)


_convocation = constructor(
    Convocation,
    ("event",),
    {
        "on": "event.on",
        "time": "event.time",
        "place": "event.place",
        "entered_at": "event.effective_at",
        "outcome": "None",
    },
)
"""The appointment that a `Convoked` or a `ConvocationMoved` makes: nothing has come of it yet."""

_with_outcome = constructor(
    Convocation,
    ("last", "outcome"),
    {name: f"last.{name}" for name in fields_dict(Convocation) if name != "outcome"},
)


def _attended(outcome: Outcome | None) -> Mapping[str, _Fold]:
    """What an attendance event makes of the last convocation; a service's own row may record one without any."""

    def convocations(application: Application, _: events.ApplicationEvent) -> tuple[Convocation, ...]:
        known = application.convocations
        return (*known[:-1], _with_outcome(known[-1], outcome)) if known else known

    return {"convocations": convocations}


def _enriched(name: str) -> _Fold:
    return lambda action, event: event.changes.get(name, getattr(action, name))


def _responsible(action: TrainingAction, event: events.ActionEnriched) -> str:
    """Where a service leaves `field-not-editable` out, an organisation is still one that can be stored.

    Raises:
        Malformed: it has no character, or too many.
    """
    given = event.changes.get("responsible", action.responsible)
    if not REFERENCE_LENGTH.least <= len(given) <= REFERENCE_LENGTH.most:
        raise Malformed.at("$.command.changes.responsible", REFERENCE_LENGTH.fault(given))
    return given


def _pending(action: TrainingAction, event: events.ActionEnriched) -> str | None:
    if "certification" not in event.changes:
        return action.pending_certification
    requested = event.changes["certification"]
    return None if requested == action.certification else requested


def only_moves(event: type[events.Event[Any]]) -> bool:
    """Whether an event changes nothing of a subject that has not ended but version and state."""
    return event not in _CREATING and event not in _FOLDS and set(fields_dict(event)) == set(events.ENVELOPE)


_NOT_ENRICHED = {*events.ENVELOPE, "certification", "pending_certification"}
_FOLDS: Mapping[type[events.Event[Any]], Mapping[str, _Fold]] = {
    events.Preregistered: {"registered_at": lambda _, event: event.effective_at},
    events.Convoked: {"convocations": lambda subject, event: (*subject.convocations, _convocation(event))},
    events.ConvocationMoved: {"convocations": lambda subject, event: (*subject.convocations[:-1], _convocation(event))},
    events.PresenceRecorded: _attended(Outcome.PRESENT),
    events.AbsenceNotified: _attended(Outcome.ABSENT_WITH_NOTICE),
    events.AbsentAtLastConvocation: _attended(Outcome.ABSENT_WITH_NOTICE),
    events.AbsentWithoutNotice: _attended(Outcome.ABSENT_WITHOUT_NOTICE),
    events.AttendanceCorrected: _attended(None),
    events.RegistrationDeadlineSet: {"registration_deadline": lambda _, event: event.on},
    events.InformationDatesSet: {"information_dates": lambda _, event: event.dates},
    events.SessionCancelled: {"cancellation_reason": lambda _, event: event.reason},
    events.ActionEnriched: {
        **{name: _enriched(name) for name in fields_dict(TrainingAction) if name not in _NOT_ENRICHED},
        "responsible": _responsible,
        "pending_certification": _pending,
    },
    events.CertificationApproved: {
        # Nothing is pending where a service leaves `no-pending-certification` out.
        "certification": lambda subject, _: (
            subject.certification if subject.pending_certification is None else subject.pending_certification
        ),
        "pending_certification": lambda _, __: None,
    },
    events.CertificationDeclined: {"pending_certification": lambda _, __: None},
}
