"""The domain's values, in the words of `docs/explanation/domain.md`. Frozen; a method only derives.

A subject holds what folding its events gives, and nothing else: counts belong to a `Tally`, a candidate's name and
e-mail to a `Candidate`, which no event and no application contains.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from datetime import time as clock_time
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, ClassVar, Generic, Literal, TypeVar

from attrs import evolve, field, frozen

from poec_workflow.enum_values import must_be
from poec_workflow.errors import Malformed
from poec_workflow.frozen_map import FrozenMap
from poec_workflow.value_base import Value

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)


def _member(kind: type[E], value: object, place: str) -> E:
    # Nearly every value comes with its members: only a word has to be looked up.
    return value if isinstance(value, kind) else must_be(kind, value, place)


FIRST_YEAR, LAST_YEAR = 1900, 2999
"""The years that the wire format can say."""


@frozen
class TextLength:
    """How many characters a text may have; the wire format's two kinds are `Reference` and `Text`."""

    least: int
    most: int

    def fault(self, text: str) -> str:
        """Say what is wrong with a text that is shorter or longer."""
        return f"expected {self.least} to {self.most} characters, not {len(text)}"


REFERENCE_LENGTH = TextLength(1, 64)
Reference = Annotated[str, REFERENCE_LENGTH]
Text = Annotated[str, TextLength(0, 10_000)]


class SubjectKind(StrEnum):
    """What a command is about."""

    APPLICATION = "application"
    SESSION = "session"
    ACTION = "action"


class ApplicationState(StrEnum):
    """Where an application stands; the last five are final."""

    PENDING = "pending"
    CONVOKED = "convoked"
    PRESENT = "present"
    ABSENT = "absent"
    RETAINED = "retained"
    REJECTED = "rejected"
    NO_ADVICE = "no-advice"
    SESSION_FULL = "session-full"
    CANCELLED = "cancelled"


ApplicationStateName = Literal[
    "pending", "convoked", "present", "absent", "retained", "rejected", "no-advice", "session-full", "cancelled"
]


def application_state(value: ApplicationState | ApplicationStateName) -> ApplicationState:
    """The state of a value."""
    return _member(ApplicationState, value, "$.state")


OPEN_STATES = frozenset(
    {ApplicationState.PENDING, ApplicationState.CONVOKED, ApplicationState.PRESENT, ApplicationState.ABSENT}
)
LIVE_STATES = OPEN_STATES | {ApplicationState.RETAINED}
"""The states in which an application takes a place of a live quota, and forbids applying again."""


class SessionState(StrEnum):
    """Where a session stands; cancelled is final."""

    ACTIVE = "active"
    COMPLETE = "complete"
    CANCELLED = "cancelled"


SessionStateName = Literal["active", "complete", "cancelled"]


def session_state(value: SessionState | SessionStateName) -> SessionState:
    """The state of a value."""
    return _member(SessionState, value, "$.state")


class ActionState(StrEnum):
    """Where a training action stands; deleted is final."""

    AWAITING_PUBLICATION = "awaiting-publication"
    PUBLISHED = "published"
    ARCHIVED = "archived"
    DELETED = "deleted"


ActionStateName = Literal["awaiting-publication", "published", "archived", "deleted"]


def action_state(value: ActionState | ActionStateName) -> ActionState:
    """The state of a value."""
    return _member(ActionState, value, "$.state")


State = ApplicationState | SessionState | ActionState


class Role(StrEnum):
    """What an organisation is on a session; one organisation may hold several roles."""

    RESPONSIBLE = "responsible"
    POSITIONER = "positioner"
    TRAINER = "trainer"


RoleName = Literal["responsible", "positioner", "trainer"]


class Origin(StrEnum):
    """Who sent the candidate. KAIROS hears of `france-travail` only."""

    FRANCE_TRAVAIL = "france-travail"
    MISSION_LOCALE = "mission-locale"
    CAP_EMPLOI = "cap-emploi"
    SELF = "self"
    OTHER = "other"


OriginName = Literal["france-travail", "mission-locale", "cap-emploi", "self", "other"]


def _origin(value: Origin | OriginName) -> Origin:
    return _member(Origin, value, "$.origin")


class ActorKind(StrEnum):
    """On whose behalf somebody acts. No kind has another's rights."""

    ORGANIZATION = "organization"
    ADVISER = "adviser"
    CANDIDATE = "candidate"
    FUNDER = "funder"
    PLATFORM = "platform"
    SYSTEM = "system"


ActorKindName = Literal["organization", "adviser", "candidate", "funder", "platform", "system"]


def _actor_kind(value: ActorKind | ActorKindName) -> ActorKind:
    return _member(ActorKind, value, "$.kind")


@frozen(kw_only=True, repr=False, weakref_slot=False)
class Actor(Value):
    """Who acts, as the host authenticated them.

    Attributes:
        organization: the one that they work for now; required for organisations, advisers and funders.
        candidate: the candidate's reference; required for candidates.
        reference: the person's stable reference, for the history.
        name: the person's name, for the history.

    Raises:
        Malformed: the kind does not exist, or a field that it requires is missing.
    """

    kind: ActorKind = field(converter=_actor_kind)
    organization: Reference | None = None
    candidate: Reference | None = None
    reference: Reference | None = None
    name: Text | None = None

    def __attrs_post_init__(self) -> None:
        required = REQUIRED_OF_ACTORS.get(self.kind)
        if required is not None and getattr(self, required) is None:
            raise Malformed.at(f"$.{required}", f"required for an actor of the kind {self.kind}")


REQUIRED_OF_ACTORS: Mapping[str, str] = FrozenMap(
    {
        ActorKind.ORGANIZATION: "organization",
        ActorKind.ADVISER: "organization",
        ActorKind.CANDIDATE: "candidate",
        ActorKind.FUNDER: "organization",
    }
)
"""The field that an actor of a kind must have."""

SYSTEM = Actor(kind=ActorKind.SYSTEM)
"""The actor of what time and rules do by themselves."""


@frozen(kw_only=True, repr=False, weakref_slot=False)
class Candidate(Value):
    """A person who applies. Name and e-mail live here alone, so that they can be erased."""

    reference: Reference
    name: Text
    email: Text | None = None


@frozen(kw_only=True, repr=False, weakref_slot=False)
class Prescriber(Value):
    """Who sent the candidate."""

    origin: Origin = field(converter=_origin)
    organization: Reference | None = None
    name: Text | None = None


class Outcome(StrEnum):
    """What came of a convocation [S]."""

    PRESENT = "present"
    ABSENT_WITH_NOTICE = "absent-with-notice"
    ABSENT_WITHOUT_NOTICE = "absent-without-notice"


OutcomeName = Literal["present", "absent-with-notice", "absent-without-notice"]


def _outcome(value: Outcome | OutcomeName | None) -> Outcome | None:
    return None if value is None else _member(Outcome, value, "$.outcome")


@frozen(kw_only=True, repr=False, weakref_slot=False)
class Convocation(Value):
    """An appointment: a Paris day, perhaps a Paris time and a place, and the instant it was entered.

    Attributes:
        outcome: what came of it; None: nothing yet.
    """

    on: date
    time: clock_time | None = None
    place: Text | None = None
    entered_at: datetime
    outcome: Outcome | None = field(default=None, converter=_outcome)


@frozen(kw_only=True, repr=False, weakref_slot=False)
class TrainingAction(Value):
    """The offer (*action*). Its certification changes only when the platform approves (A2 to A4).

    Attributes:
        kind: the type that RAFAEL shows, as `SIMPLE` [S]; no rule looks at it. None: recorded by a release without it.
    """

    subject_kind: ClassVar[SubjectKind] = SubjectKind.ACTION
    reference: Reference
    version: int
    state: ActionState = field(converter=action_state)
    title: Text
    funder: Text
    responsible: Reference
    kind: Text | None = None
    objective: Text = ""
    programme: Text = ""
    certification: Text = ""
    pending_certification: Text | None = None
    durations: Text = ""
    regulatory_conditions: Text = ""
    prerequisites: Text = ""


@frozen(kw_only=True, repr=False, weakref_slot=False)
class TrainingSession(Value):
    """A dated run of a training action, with seats. Dates are Paris days, all included.

    Session type, market number and measure are recorded and shown; no rule looks at them [S].
    """

    subject_kind: ClassVar[SubjectKind] = SubjectKind.SESSION
    reference: Reference
    version: int
    state: SessionState = field(converter=session_state)
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
    information_dates: tuple[date, ...]
    follow_on_ratio: Decimal | None = None
    session_type: Text | None = None
    market: Text | None = None
    measure: Text | None = None
    cancellation_reason: Text | None = None

    def organization(self, role: Role | RoleName) -> str:
        """The organisation that holds `role` on this session.

        Raises:
            Malformed: there is no such role.
        """
        holder: str = getattr(self, _member(Role, role, "$.role"))
        return holder

    def roles_of(self, organization: str) -> tuple[Role, ...]:
        """The roles that an organisation holds on this session, in the dashboard's order."""
        return tuple(role for role in Role if self.organization(role) == organization)


@frozen(kw_only=True, repr=False, weakref_slot=False)
class Application(Value):
    """One candidate on one session. `candidate` is a reference; `entry` to `comment` come with the advice."""

    subject_kind: ClassVar[SubjectKind] = SubjectKind.APPLICATION
    reference: Reference
    version: int
    state: ApplicationState = field(converter=application_state)
    session: Reference
    candidate: Reference
    prescriber: Prescriber
    registered_at: datetime
    convocations: tuple[Convocation, ...] = ()
    entry: date | None = None
    exit: date | None = None
    weekly_hours: Decimal | None = None
    motive: Text | None = None
    reason: Text | None = None
    comment: Text | None = None


Subject = Application | TrainingSession | TrainingAction

SUBJECT_TYPES: Mapping[SubjectKind, type[Subject]] = FrozenMap(
    {each.subject_kind: each for each in (Application, TrainingSession, TrainingAction)}
)
STATE_TYPES: Mapping[SubjectKind, type[State]] = FrozenMap(
    {
        SubjectKind.APPLICATION: ApplicationState,
        SubjectKind.SESSION: SessionState,
        SubjectKind.ACTION: ActionState,
    }
)


@frozen(kw_only=True, repr=False, weakref_slot=False)
class Tally(Value):
    """How many applications of one session are in each state now, and how many were ever registered."""

    registered: int = 0
    pending: int = 0
    convoked: int = 0
    present: int = 0
    absent: int = 0
    retained: int = 0
    rejected: int = 0
    no_advice: int = 0
    session_full: int = 0
    cancelled: int = 0

    @property
    def open(self) -> int:
        """Applications that still wait for an ending."""
        return sum(self.of(state) for state in OPEN_STATES)

    @property
    def live(self) -> int:
        """Applications that are open or retained."""
        return sum(self.of(state) for state in LIVE_STATES)

    def of(self, state: ApplicationState | ApplicationStateName) -> int:
        """Applications in one state."""
        count: int = getattr(self, application_state(state).name.lower())
        return count

    def moved(self, before: ApplicationState | None, after: ApplicationState) -> Tally:
        """The tally after one application was registered (`before` is None) or changed its state."""
        counts = {"registered": self.registered + (before is None)}
        if before != after:
            counts[after.name.lower()] = self.of(after) + 1
            if before is not None:
                counts[before.name.lower()] = self.of(before) - 1
        return evolve(self, **counts)


def _items(items: Iterable[T]) -> tuple[T, ...]:
    return tuple(items)


@frozen(kw_only=True, repr=False, weakref_slot=False)
class Page(Value, Generic[T]):
    """One page of a list: its items, and the cursors of its neighbours.

    Attributes:
        items: in order.
        next: what to ask for the page after it with, as `after`; None on the last.
        previous: what to ask for the page before it with, as `before`; None on the first.
    """

    items: tuple[T, ...] = field(converter=_items)
    next: str | None = None
    previous: str | None = None
