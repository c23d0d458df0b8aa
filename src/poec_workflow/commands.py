"""The commands: one frozen class per command of the domain page, with the fields of the wire format.

`RecordAbsence` is `record-absence` on the wire (`RecordAbsence.type`). Constructing a command checks nothing;
`Workflow` and `from_json` do, and report all faults at once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from datetime import time as clock_time
from decimal import Decimal
from functools import cache
from operator import attrgetter
from typing import Any, ClassVar, cast

from attrs import field, frozen

from poec_workflow.catalogue import WITHDRAWAL
from poec_workflow.frozen_map import FrozenMap, frozen_copy
from poec_workflow.model import (
    ActionState,
    ActionStateName,  # noqa: F401 - what the converter of a state takes, by which constructors are typed
    Actor,
    ApplicationState,
    ApplicationStateName,  # noqa: F401 - as above
    Candidate,
    Convocation,
    Prescriber,
    Reference,
    SessionState,
    SessionStateName,  # noqa: F401 - as above
    SubjectKind,
    Text,
    action_state,
    application_state,
    session_state,
)
from poec_workflow.value_base import Value


@cache
def kebab(class_name: str) -> str:
    """The name of a class as the wire has it: `RecordAbsence` is `record-absence`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", class_name).lower()


def listed(items: Sequence[Any]) -> tuple[Any, ...]:
    """A list as a tuple; anything else is returned unchanged, and reported when the command is checked."""
    return tuple(items) if isinstance(items, list) else cast("tuple[Any, ...]", items)


class Command(Value):
    """Something that an actor asks of one subject."""

    __slots__ = ()
    type: ClassVar[str]
    subject_kind: ClassVar[SubjectKind]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.type = kebab(cls.__name__)
        if "subject_kind" in vars(cls):
            cls.reference = property(attrgetter(cls.subject_kind))  # type: ignore[assignment, method-assign]

    @property
    def reference(self) -> str:
        """The reference of the subject, existing or to be created."""
        raise NotImplementedError


@frozen(repr=False)
class ApplicationCommand(Command):
    """A command to an application."""

    subject_kind: ClassVar[SubjectKind] = SubjectKind.APPLICATION
    application: Reference


@frozen(repr=False)
class SessionCommand(Command):
    """A command to a session."""

    subject_kind: ClassVar[SubjectKind] = SubjectKind.SESSION
    session: Reference


@frozen(repr=False)
class ActionCommand(Command):
    """A command to a training action."""

    subject_kind: ClassVar[SubjectKind] = SubjectKind.ACTION
    action: Reference


# Applications, L1 to L14


@frozen(kw_only=True, repr=False)
class Preregister(ApplicationCommand):
    """L1: a candidate applies."""

    session: Reference
    candidate: Candidate
    prescriber: Prescriber


@frozen(kw_only=True, repr=False)
class Convoke(ApplicationCommand):
    """L2: give an appointment."""

    on: date
    time: clock_time | None = None
    place: Text | None = None


@frozen(kw_only=True, repr=False)
class MoveConvocation(ApplicationCommand):
    """L8: move the current appointment."""

    on: date
    time: clock_time | None = None
    place: Text | None = None


class RecordPresence(ApplicationCommand):
    """L3: the candidate came."""

    __slots__ = ()


@frozen(kw_only=True, repr=False)
class RecordAbsence(ApplicationCommand):
    """L4 to L6: the candidate did not come; `notified` says whether they gave notice."""

    notified: bool


class CorrectAttendance(ApplicationCommand):
    """L7: undo the attendance of the current convocation."""

    __slots__ = ()


@frozen(kw_only=True, repr=False)
class Retain(ApplicationCommand):
    """L9: advise for the candidate, with the days of entry and exit and the hours a week."""

    entry: date
    exit: date
    weekly_hours: Decimal


@frozen(kw_only=True, repr=False)
class Reject(ApplicationCommand):
    """L10: advise against the candidate, with a motive and a reason of it."""

    motive: Text
    reason: Text
    comment: Text | None = None


@frozen(kw_only=True, repr=False)
class Withdraw(ApplicationCommand):
    """L11: the candidate gives up, for a reason of the motive `withdrawal`."""

    motive: ClassVar[str] = WITHDRAWAL
    reason: Text
    comment: Text | None = None


class Expire(ApplicationCommand):
    """L12: nobody gave an advice in time."""

    __slots__ = ()


class RefuseSessionFull(ApplicationCommand):
    """L13: the session is complete."""

    __slots__ = ()


class Cancel(ApplicationCommand):
    """L14: the session is cancelled."""

    __slots__ = ()


# Sessions, S1 to S11


@frozen(kw_only=True, repr=False)
class CreateSession(SessionCommand):
    """S1: open a session of an action."""

    action: Reference
    start: date
    end: date
    place: Text
    responsible: Reference
    positioner: Reference
    trainer: Reference
    capacity: int
    coefficient: int
    registration_deadline: date
    late_entry_deadline: date
    minimum_headcount: int = 0
    information_dates: tuple[date, ...] = field(default=(), converter=listed)
    follow_on_ratio: Decimal | None = None
    session_type: Text | None = None
    market: Text | None = None
    measure: Text | None = None


@frozen(kw_only=True, repr=False)
class SetRegistrationDeadline(SessionCommand):
    """S2: open or close the session to registration, by its date."""

    on: date
    late_entry_deadline: date | None = None


@frozen(kw_only=True, repr=False)
class SetCoefficient(SessionCommand):
    """S3: how many candidates may register for each seat."""

    coefficient: int


@frozen(kw_only=True, repr=False)
class SetCapacity(SessionCommand):
    """S4: how many seats."""

    capacity: int


@frozen(kw_only=True, repr=False)
class SetInformationDates(SessionCommand):
    """S5: the days of the collective information meetings."""

    dates: tuple[date, ...] = field(converter=listed)


@frozen(kw_only=True, repr=False)
class RescheduleSession(SessionCommand):
    """S6: other dates."""

    start: date
    end: date
    registration_deadline: date
    late_entry_deadline: date


@frozen(kw_only=True, repr=False)
class ReassignSession(SessionCommand):
    """S7: other organisations; those that are not given stay."""

    responsible: Reference | None = None
    positioner: Reference | None = None
    trainer: Reference | None = None


class DeclareSessionFull(SessionCommand):
    """S8: every seat is taken; refuses who still waits."""

    __slots__ = ()


class ReopenSession(SessionCommand):
    """S9: a seat is there again."""

    __slots__ = ()


@frozen(kw_only=True, repr=False)
class CancelSession(SessionCommand):
    """S10: the session will not take place."""

    reason: Text


@frozen(kw_only=True, repr=False)
class CorrectSession(SessionCommand):
    """S11: other particulars, of which the minimum headcount alone is checked; those that are not given stay."""

    place: Text | None = None
    minimum_headcount: int | None = None
    follow_on_ratio: Decimal | None = None
    session_type: Text | None = None
    market: Text | None = None
    measure: Text | None = None


# Training actions, A1 to A9


@frozen(kw_only=True, repr=False)
class CreateAction(ActionCommand):
    """A1: an action, from the funder's data."""

    title: Text
    funder: Text
    responsible: Reference
    kind: Text = "SIMPLE"
    objective: Text | None = None
    programme: Text | None = None
    certification: Text | None = None
    durations: Text | None = None
    regulatory_conditions: Text | None = None
    prerequisites: Text | None = None


@frozen(kw_only=True, repr=False)
class EnrichAction(ActionCommand):
    """A2: other texts, by the name of the field."""

    changes: Mapping[Text, Text] = field(converter=frozen_copy)


class ApproveCertification(ActionCommand):
    """A3: put the pending certification in force."""

    __slots__ = ()


class DeclineCertification(ActionCommand):
    """A4: drop the pending certification."""

    __slots__ = ()


class PublishAction(ActionCommand):
    """A5: open it to applications."""

    __slots__ = ()


class ArchiveAction(ActionCommand):
    """A6: put it away."""

    __slots__ = ()


class RestoreAction(ActionCommand):
    """A7: take it out of the archive."""

    __slots__ = ()


class DeleteAction(ActionCommand):
    """A8: end it."""

    __slots__ = ()


@frozen(kw_only=True, repr=False)
class CorrectAction(ActionCommand):
    """A9: what the funder corrects and the platform carries out; what is not given stays."""

    title: Text | None = None
    funder: Text | None = None
    responsible: Reference | None = None
    kind: Text | None = None


# What another system had, I1 of each table: a creation, and where the subject stood


@frozen(kw_only=True, repr=False)
class ImportApplication(Preregister):
    """I1: an application as another system had it, with what was known.

    Attributes:
        source: where it came from: the other system, or a file.
    """

    state: ApplicationState = field(converter=application_state)
    registered_at: datetime
    convocations: tuple[Convocation, ...] = field(default=(), converter=listed)
    entry: date | None = None
    exit: date | None = None
    weekly_hours: Decimal | None = None
    motive: Text | None = None
    reason: Text | None = None
    comment: Text | None = None
    source: Text | None = None


@frozen(kw_only=True, repr=False)
class ImportSession(CreateSession):
    """I1: a session as another system had it.

    Attributes:
        source: where it came from: the other system, or a file.
    """

    state: SessionState = field(converter=session_state)
    cancellation_reason: Text | None = None
    source: Text | None = None


@frozen(kw_only=True, repr=False)
class ImportAction(CreateAction):
    """I1: a training action as another system had it.

    Attributes:
        source: where it came from: the other system, or a file.
    """

    state: ActionState = field(converter=action_state)
    pending_certification: Text | None = None
    source: Text | None = None


COMMANDS: Mapping[str, type[Command]] = FrozenMap(
    {
        each.type: each
        for each in tuple(globals().values())
        if isinstance(each, type)
        and issubclass(each, Command)
        and each not in (Command, ApplicationCommand, SessionCommand, ActionCommand)
    }
)
"""Every command by its type on the wire."""


class _Checked:
    """Marks a request that was read from the wire format. It is not a field: a changed copy is not marked."""

    __slots__ = ("well_formed",)
    well_formed: bool


@frozen
class Request(_Checked):
    """A line of a journal: a command, who asks, and how.

    Attributes:
        key: makes sending the command again safe: it gets the first answer again.
        expected_version: refuse with `stale-version` when the subject has another (0: it does not exist yet).
        at: when it is given, an aware instant; None is the clock's now.
    """

    command: Command
    actor: Actor
    key: Text | None = None
    expected_version: int | None = None
    at: datetime | None = None
