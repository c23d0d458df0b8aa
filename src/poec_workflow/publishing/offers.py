"""An offer: a published training action, with what its sessions have to offer on a day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import cast

from attrs import frozen

from poec_workflow.decider import Refused, decide
from poec_workflow.machines import Lifecycles
from poec_workflow.model import Actor, ActorKind, TrainingAction, TrainingSession
from poec_workflow.policies.capacity import seats_left
from poec_workflow.policies.facts import Enrolment, Facts
from poec_workflow.policies.recruitment import Recruitment, recruitment, registration_probe
from poec_workflow.policies.settings import Settings
from poec_workflow.ports import DecisionContext
from poec_workflow.read_model import ReadModel
from poec_workflow.views import ActionFilter, ActionTab, PageRequest

PLATFORM = Actor(kind=ActorKind.PLATFORM)
_PAGE = 200


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


def published_offers(workflow: ReadModel, *, at: date | datetime | None = None) -> Iterator[Offer]:
    """The offers of every published training action, by reference; each is read as it is stored when it is reached.

    Args:
        workflow: whose.
        at: the instant, or the day, on which a registration would be given; now by default.

    Raises:
        Malformed: `at` is not aware, or not of the years 1900 to 2999.
    """
    asked, page = ActionFilter(tab=ActionTab.PUBLISHED), PageRequest(limit=_PAGE)
    while True:
        found = workflow.actions(asked, page)
        for each in found.items:
            yield workflow.offer(each.reference, at=at)
        if found.next is None:
            return
        page = PageRequest(limit=_PAGE, after=found.next)


def offer_of(loaded: DecisionContext, now: datetime, settings: Settings, lifecycles: Lifecycles) -> Offer:
    """The offer of a training action, as it was loaded with its sessions."""
    action = cast("TrainingAction", loaded.subject)
    sessions = [_offered(action, each, now, settings, lifecycles) for each in loaded.enrolments]
    sessions.sort(key=lambda each: (each.session.start, each.session.reference))
    return Offer(action=action, sessions=tuple(sessions))


def _offered(
    action: TrainingAction, enrolment: Enrolment, now: datetime, settings: Settings, lifecycles: Lifecycles
) -> OfferedSession:
    """Ask what would become of a registration of somebody new, as the screens do."""
    facts = Facts(now=now, actor=PLATFORM, settings=settings, action=action, enrolment=enrolment)
    answer = decide(None, registration_probe(PLATFORM, enrolment.session.reference), facts, lifecycles)
    refusals = answer.refusals if isinstance(answer, Refused) else ()
    # A refusal of another kind is about the platform, and says nothing of the session.
    asked = all(each.kind == "rule" for each in refusals)
    recruits = recruitment([each.code for each in refusals], facts) if asked else None
    seats = 0 if recruits is Recruitment.CLOSED else seats_left(facts)
    return OfferedSession(session=enrolment.session, recruitment=recruits, seats=seats)
