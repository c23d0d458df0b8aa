"""The input of a decision as one frozen value: what the request says, and what the store knows.

An *enrolment* is a session with its counts and its open applications, which cascades need.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import cached_property

from attrs import field, frozen

from poec_workflow.model import (
    Actor,
    Application,
    SubjectKind,
    Tally,
    TrainingAction,
    TrainingSession,
)
from poec_workflow.policies.calendar import in_zone, local_instant
from poec_workflow.policies.settings import Settings, default_settings


@frozen(kw_only=True, weakref_slot=False)
class Enrolment:
    """A session with what is registered on it.

    Attributes:
        open_applications: all of them, ordered by reference; read only where a row cascades, so it may be lazy.
        retained_applications: the same of the retained ones; read only where they are told of something.
    """

    session: TrainingSession
    tally: Tally = field(factory=Tally)
    open_applications: Sequence[Application] = field(default=(), hash=False)
    retained_applications: Sequence[Application] = field(default=(), hash=False)


def _all(enrolments: Iterable[Enrolment]) -> tuple[Enrolment, ...]:
    return tuple(enrolments)


# Not slotted: what most policies ask for is computed at once, and kept beside the fields.
@frozen(kw_only=True, slots=False)
class Facts:
    """The input of a decision, besides the subject and the command.

    Attributes:
        now: an aware instant, converted to the settings' time zone: `now.date()` is the day there.
        expected_version: the version that the caller expects; None for any.
        action: of the session, or that a session is created under.
        enrolment: the session itself, the application's, or the one that an application is created under.
        enrolments: all sessions of an action, where the subject is an action.
        candidate_live: the registering candidate has an open or retained application on the session.
        retained_elsewhere: the candidate's retained applications on other sessions, by reference, where somebody is
            to be retained; read only for an advisory, so it may be lazy.

    Raises:
        Malformed: `now` is naive, or its year in that zone is not from 1900 to 2999.
    """

    now: datetime
    actor: Actor
    settings: Settings = field(factory=default_settings)
    expected_version: int | None = None
    action: TrainingAction | None = None
    enrolment: Enrolment | None = None
    enrolments: tuple[Enrolment, ...] = field(default=(), converter=_all)
    candidate_live: bool = False
    retained_elsewhere: Sequence[Application] = field(default=(), hash=False)

    def __attrs_post_init__(self) -> None:
        known = self.__dict__
        known["now"], known["written_now"], known["today"], _ = local_instant(self.now, self.settings.zone, "$.now")
        if self.enrolment is not None:
            known["session"], known["tally"] = self.enrolment.session, self.enrolment.tally

    @cached_property
    def today(self) -> date:
        """The Paris day of `now`, or the day of the zone that the settings name."""
        return self.now.date()

    @cached_property
    def written_now(self) -> datetime:
        """`now` as it is written down; see `LocalTime`."""
        return in_zone(self.now, self.settings.zone)

    @cached_property
    def session(self) -> TrainingSession:
        """The session of the enrolment.

        Raises:
            LookupError: these facts have none.
        """
        return self._enrolled().session

    @cached_property
    def tally(self) -> Tally:
        """The counts of the enrolment.

        Raises:
            LookupError: these facts have none.
        """
        return self._enrolled().tally

    def know(self, kind: SubjectKind) -> bool:
        """Whether the parent of a new subject exists: an action for a session, a session for an application."""
        return (self.action if kind is SubjectKind.ACTION else self.enrolment) is not None

    def reach(self) -> tuple[Enrolment, ...]:
        """The enrolments that a cascade of the subject reaches."""
        return self.enrolments or ((self.enrolment,) if self.enrolment else ())

    def _enrolled(self) -> Enrolment:
        if self.enrolment is None:
            raise LookupError("facts about an application or a session need an enrolment")
        return self.enrolment
