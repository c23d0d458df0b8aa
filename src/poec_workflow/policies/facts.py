"""What a decision may know, as one frozen value: the request's side and the store's side.

A cascade needs more than its subject: an *enrolment* is a session with its counts and its
open applications.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from attrs import field, frozen

from poec_workflow.errors import Malformed
from poec_workflow.model import (
    Actor,
    Application,
    SubjectKind,
    Tally,
    TrainingAction,
    TrainingSession,
)
from poec_workflow.policies.calendar import in_zone, local_day
from poec_workflow.policies.settings import Settings


@frozen(kw_only=True)
class Enrolment:
    """A session with what is registered on it.

    Attributes:
        open_applications: all of them, ordered by reference; read only where a row cascades, so it may be lazy.
    """

    session: TrainingSession
    tally: Tally = field(factory=Tally)
    open_applications: Sequence[Application] = field(default=(), hash=False)


def _aware(_facts: Facts, _attribute: object, now: datetime) -> None:
    if now.tzinfo is None:
        raise Malformed.at("$.now", "an instant must be aware")


def _all(enrolments: Iterable[Enrolment]) -> tuple[Enrolment, ...]:
    return tuple(enrolments)


@frozen(kw_only=True)
class Facts:
    """All that decides, besides the subject and the command.

    Attributes:
        now: an aware instant, turned into the settings' time zone; a naive one is `Malformed`.
        expected_version: the caller's; None does not ask.
        action: of the session, or that a session is created under.
        enrolment: the session itself, the application's, or the one that an application is created under.
        enrolments: all sessions of an action, where the subject is an action.
        candidate_live: the registering candidate has an open or retained application on the session.
    """

    now: datetime = field(validator=_aware)
    actor: Actor
    settings: Settings = field(factory=Settings)
    expected_version: int | None = None
    action: TrainingAction | None = None
    enrolment: Enrolment | None = None
    enrolments: tuple[Enrolment, ...] = field(default=(), converter=_all)
    candidate_live: bool = False

    def __attrs_post_init__(self) -> None:
        # A service's policy may take `now.date()` for the day, whatever offset the clock has.
        object.__setattr__(self, "now", in_zone(self.now, self.settings.zone))

    @property
    def today(self) -> date:
        """The Paris day of `now`, or the day of the zone that the settings name."""
        return local_day(self.now, self.settings.zone)

    @property
    def session(self) -> TrainingSession:
        """The session of the enrolment.

        Raises:
            LookupError: these facts have none.
        """
        return self._enrolled().session

    @property
    def tally(self) -> Tally:
        """The counts of the enrolment.

        Raises:
            LookupError: these facts have none.
        """
        return self._enrolled().tally

    def know(self, kind: SubjectKind) -> bool:
        """Whether a subject of this kind, under which another is created, is there."""
        return (self.action if kind is SubjectKind.ACTION else self.enrolment) is not None

    def reach(self) -> tuple[Enrolment, ...]:
        """The enrolments that a cascade of the subject reaches."""
        return self.enrolments or ((self.enrolment,) if self.enrolment else ())

    def _enrolled(self) -> Enrolment:
        if self.enrolment is None:
            raise LookupError("facts about an application or a session need an enrolment")
        return self.enrolment
