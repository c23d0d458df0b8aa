"""Events: one frozen class for each row of a table.

Row `L4` gives `AbsenceNotified`, and no other row does. An event carries the state after it and the fields that folding
needs; of a candidate it has the reference only. Names of events and fields are stored: they never change.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from datetime import time as clock_time
from decimal import Decimal
from typing import ClassVar, Generic, TypeVar

from attrs import field, fields, frozen

from poec_workflow.catalogue import ABSENCE, WITHDRAWAL
from poec_workflow.commands import kebab, listed
from poec_workflow.frozen_map import FrozenMap, frozen_copy
from poec_workflow.model import (
    ActionState,
    Application,
    ApplicationState,
    Candidate,
    Convocation,
    Prescriber,
    Reference,
    SessionState,
    State,
    Subject,
    SubjectKind,
    Text,
    TrainingAction,
    TrainingSession,
)
from poec_workflow.value_base import Value

S_co = TypeVar("S_co", bound=Subject, covariant=True)


@frozen(kw_only=True, repr=False, weakref_slot=False)
class Event(Value, Generic[S_co]):
    """Something that happened to one subject.

    Attributes:
        version: the subject's, after the event; the first is 1.
        state: the subject's, after the event.
        effective_at: when it took effect, which for an expiry is before it was recorded.
    """

    type: ClassVar[str]
    subject_kind: ClassVar[SubjectKind]
    reference: Reference
    version: int
    state: State
    effective_at: datetime

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.type = kebab(cls.__name__)


@frozen(kw_only=True, repr=False, weakref_slot=False)
class ApplicationEvent(Event[Application]):
    """Something that happened to an application."""

    subject_kind: ClassVar[SubjectKind] = SubjectKind.APPLICATION
    state: ApplicationState


@frozen(kw_only=True, repr=False, weakref_slot=False)
class SessionEvent(Event[TrainingSession]):
    """Something that happened to a session."""

    subject_kind: ClassVar[SubjectKind] = SubjectKind.SESSION
    state: SessionState


@frozen(kw_only=True, repr=False, weakref_slot=False)
class ActionEvent(Event[TrainingAction]):
    """Something that happened to a training action."""

    subject_kind: ClassVar[SubjectKind] = SubjectKind.ACTION
    state: ActionState


ENVELOPE = tuple(each.name for each in fields(Event))
"""The fields of every event; the others are an event's own."""


# Applications, L1 to L14


def _reference_of(candidate: Candidate | str) -> str:
    return candidate.reference if isinstance(candidate, Candidate) else candidate


@frozen(kw_only=True, repr=False, weakref_slot=False)
class Preregistered(ApplicationEvent):
    """L1."""

    session: Reference
    candidate: Reference = field(converter=_reference_of)
    prescriber: Prescriber


@frozen(kw_only=True, repr=False, weakref_slot=False)
class Convoked(ApplicationEvent):
    """L2."""

    on: date
    time: clock_time | None = None
    place: Text | None = None


class PresenceRecorded(ApplicationEvent):
    """L3."""

    __slots__ = ()


class AbsenceNotified(ApplicationEvent):
    """L4."""

    __slots__ = ()


@frozen(kw_only=True, repr=False, weakref_slot=False)
class AbsentAtLastConvocation(ApplicationEvent):
    """L5: rejected by rule."""

    motive: Text = ABSENCE
    reason: Text = "absent-at-last-convocation"


@frozen(kw_only=True, repr=False, weakref_slot=False)
class AbsentWithoutNotice(ApplicationEvent):
    """L6: rejected by rule."""

    motive: Text = ABSENCE
    reason: Text = "absent-without-notice"


class AttendanceCorrected(ApplicationEvent):
    """L7."""

    __slots__ = ()


@frozen(kw_only=True, repr=False, weakref_slot=False)
class ConvocationMoved(ApplicationEvent):
    """L8."""

    on: date
    time: clock_time | None = None
    place: Text | None = None


@frozen(kw_only=True, repr=False, weakref_slot=False)
class Retained(ApplicationEvent):
    """L9."""

    entry: date
    exit: date
    weekly_hours: Decimal


@frozen(kw_only=True, repr=False, weakref_slot=False)
class Rejected(ApplicationEvent):
    """L10."""

    motive: Text
    reason: Text
    comment: Text | None = None


@frozen(kw_only=True, repr=False, weakref_slot=False)
class Withdrawn(ApplicationEvent):
    """L11."""

    motive: Text = WITHDRAWAL
    reason: Text
    comment: Text | None = None


class Expired(ApplicationEvent):
    """L12, effective at the first instant after the advice deadline."""

    __slots__ = ()


class SessionFullRefused(ApplicationEvent):
    """L13."""

    __slots__ = ()


class Cancelled(ApplicationEvent):
    """L14."""

    __slots__ = ()


# Sessions, S1 to S11


@frozen(kw_only=True, repr=False, weakref_slot=False)
class SessionCreated(SessionEvent):
    """S1."""

    action: Reference
    start: date
    end: date
    place: Text
    responsible: Reference
    positioner: Reference
    trainer: Reference
    capacity: int
    coefficient: int
    minimum_headcount: int
    registration_deadline: date
    late_entry_deadline: date
    information_dates: tuple[date, ...] = field(converter=listed)
    follow_on_ratio: Decimal | None = None
    session_type: Text | None = None
    market: Text | None = None
    measure: Text | None = None


@frozen(kw_only=True, repr=False, weakref_slot=False)
class RegistrationDeadlineSet(SessionEvent):
    """S2; a late entry deadline of None left it unchanged."""

    on: date
    late_entry_deadline: date | None = None


@frozen(kw_only=True, repr=False, weakref_slot=False)
class CoefficientSet(SessionEvent):
    """S3."""

    coefficient: int


@frozen(kw_only=True, repr=False, weakref_slot=False)
class CapacitySet(SessionEvent):
    """S4."""

    capacity: int


@frozen(kw_only=True, repr=False, weakref_slot=False)
class InformationDatesSet(SessionEvent):
    """S5."""

    dates: tuple[date, ...] = field(converter=listed)


@frozen(kw_only=True, repr=False, weakref_slot=False)
class SessionRescheduled(SessionEvent):
    """S6."""

    start: date
    end: date
    registration_deadline: date
    late_entry_deadline: date


@frozen(kw_only=True, repr=False, weakref_slot=False)
class SessionReassigned(SessionEvent):
    """S7; roles of None were left unchanged."""

    responsible: Reference | None = None
    positioner: Reference | None = None
    trainer: Reference | None = None


class SessionDeclaredFull(SessionEvent):
    """S8."""

    __slots__ = ()


class SessionReopened(SessionEvent):
    """S9."""

    __slots__ = ()


@frozen(kw_only=True, repr=False, weakref_slot=False)
class SessionCancelled(SessionEvent):
    """S10."""

    reason: Text


@frozen(kw_only=True, repr=False, weakref_slot=False)
class SessionCorrected(SessionEvent):
    """S11; fields of None were left unchanged."""

    place: Text | None = None
    minimum_headcount: int | None = None
    follow_on_ratio: Decimal | None = None
    session_type: Text | None = None
    market: Text | None = None
    measure: Text | None = None


# Training actions, A1 to A9


@frozen(kw_only=True, repr=False, weakref_slot=False)
class ActionCreated(ActionEvent):
    """A1."""

    title: Text
    funder: Text
    responsible: Reference
    kind: Text | None = None
    objective: Text | None = None
    programme: Text | None = None
    certification: Text | None = None
    durations: Text | None = None
    regulatory_conditions: Text | None = None
    prerequisites: Text | None = None


@frozen(kw_only=True, repr=False, weakref_slot=False)
class ActionEnriched(ActionEvent):
    """A2; a certification among the changes is what was asked for, not yet what is in force."""

    changes: Mapping[Text, Text] = field(converter=frozen_copy)


class CertificationApproved(ActionEvent):
    """A3."""

    __slots__ = ()


class CertificationDeclined(ActionEvent):
    """A4."""

    __slots__ = ()


class ActionPublished(ActionEvent):
    """A5."""

    __slots__ = ()


class ActionArchived(ActionEvent):
    """A6."""

    __slots__ = ()


class ActionRestored(ActionEvent):
    """A7."""

    __slots__ = ()


class ActionDeleted(ActionEvent):
    """A8."""

    __slots__ = ()


@frozen(kw_only=True, repr=False, weakref_slot=False)
class ActionCorrected(ActionEvent):
    """A9; fields of None were left unchanged."""

    title: Text | None = None
    funder: Text | None = None
    responsible: Reference | None = None
    kind: Text | None = None


# What another system had, I1 of each table


@frozen(kw_only=True, repr=False, weakref_slot=False)
class Imported(Preregistered):
    """I1, with what was known and where it came from."""

    registered_at: datetime
    convocations: tuple[Convocation, ...] = field(converter=listed)
    entry: date | None = None
    exit: date | None = None
    weekly_hours: Decimal | None = None
    motive: Text | None = None
    reason: Text | None = None
    comment: Text | None = None
    source: Text | None = None


@frozen(kw_only=True, repr=False, weakref_slot=False)
class SessionImported(SessionCreated):
    """I1, with what was known and where it came from."""

    cancellation_reason: Text | None = None
    source: Text | None = None


@frozen(kw_only=True, repr=False, weakref_slot=False)
class ActionImported(ActionCreated):
    """I1, with what was known and where it came from."""

    pending_certification: Text | None = None
    source: Text | None = None


AnyEvent = ApplicationEvent | SessionEvent | ActionEvent

EVENTS: Mapping[str, type[AnyEvent]] = FrozenMap(
    {
        each.type: each
        for each in tuple(globals().values())
        if isinstance(each, type)
        and issubclass(each, ApplicationEvent | SessionEvent | ActionEvent)
        and each not in (ApplicationEvent, SessionEvent, ActionEvent)
    }
)
"""Every event by its type in the history."""


# The history
