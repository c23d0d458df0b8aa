"""An offer: a training action, with what its sessions have to offer at an instant. Pure, as `decide` is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from attrs import frozen

from poec_workflow.decider import Refused, decide
from poec_workflow.machines import Lifecycles
from poec_workflow.model import Actor, ActorKind, TrainingAction, TrainingSession
from poec_workflow.policies.capacity import seats_left
from poec_workflow.policies.facts import Enrolment, Facts
from poec_workflow.policies.recruitment import Recruitment, recruitment, registration_probe
from poec_workflow.policies.settings import Settings

_PLATFORM = Actor(kind=ActorKind.PLATFORM)


@frozen(kw_only=True)
class OfferedSession:
    """A session of an offer.

    Attributes:
        session: the session.
        recruitment: whether it takes registrations; None where the settings let the platform give none.
        seats: how many seats it has to give; none where it takes nobody any more.
    """

    session: TrainingSession
    recruitment: Recruitment | None
    seats: int


@frozen(kw_only=True)
class Offer:
    """A training action with its sessions, the earliest first."""

    action: TrainingAction
    sessions: tuple[OfferedSession, ...]


def offer_of(
    action: TrainingAction, enrolments: Iterable[Enrolment], now: datetime, settings: Settings, lifecycles: Lifecycles
) -> Offer:
    """The offer of a training action with these sessions."""
    sessions = [_offered(action, each, now, settings, lifecycles) for each in enrolments]
    sessions.sort(key=lambda each: (each.session.start, each.session.reference))
    return Offer(action=action, sessions=tuple(sessions))


def _offered(
    action: TrainingAction, enrolment: Enrolment, now: datetime, settings: Settings, lifecycles: Lifecycles
) -> OfferedSession:
    """Ask what would become of a registration of somebody new, as the screens do."""
    facts = Facts(now=now, actor=_PLATFORM, settings=settings, action=action, enrolment=enrolment)
    answer = decide(None, registration_probe(_PLATFORM, enrolment.session.reference), facts, lifecycles)
    refusals = answer.refusals if isinstance(answer, Refused) else ()
    # A refusal of another kind is about the platform, and says nothing of the session.
    asked = all(each.kind == "rule" for each in refusals)
    recruits = recruitment([each.code for each in refusals], facts) if asked else None
    seats = 0 if recruits is Recruitment.CLOSED else seats_left(facts)
    return OfferedSession(session=enrolment.session, recruitment=recruits, seats=seats)
