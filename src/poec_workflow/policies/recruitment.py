"""Whether a session takes registrations, as a catalogue says it: what a registration of somebody new is refused for."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from uuid import uuid4

from poec_workflow.commands import Preregister
from poec_workflow.model import Actor, ActorKind, Candidate, Origin, Prescriber
from poec_workflow.policies.capacity import every_seat_given
from poec_workflow.policies.facts import Facts


class Recruitment(StrEnum):
    """Whether a session recruits, in the words of LHEO's `etat-recrutement`."""

    OPEN = "open"
    """Ouvert: there are seats to give, and who registers is taken."""
    SUSPENDED = "suspended"
    """Suspendu: nobody is taken now, and somebody may be later."""
    CLOSED = "closed"
    """Fermé: every seat is given, or the session takes nobody any more."""


_CLOSED = frozenset({"session-complete", "session-cancelled", "registration-deadline-passed"})
"""Refusals of a registration that end recruitment; the others are of now."""


def recruitment(refusals: Collection[str], facts: Facts) -> Recruitment:
    """Whether a session recruits, by the codes that a registration is refused for, and by its seats."""
    if not _CLOSED.isdisjoint(refusals) or every_seat_given(None, facts) is not None:
        return Recruitment.CLOSED
    return Recruitment.SUSPENDED if refusals else Recruitment.OPEN


def registration_probe(actor: Actor, session: str) -> Preregister:
    """A registration of somebody new, which only the session and the actor can be in the way of; never carried out."""
    who = Candidate(reference=actor.candidate or uuid4().hex, name="?")
    origin = Origin.SELF if actor.kind is ActorKind.CANDIDATE else Origin.OTHER
    sent_by = Prescriber(origin=origin, organization=actor.organization)
    return Preregister(application=uuid4().hex, session=session, candidate=who, prescriber=sent_by)
