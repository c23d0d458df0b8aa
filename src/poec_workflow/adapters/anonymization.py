"""Forgetting a person: what else than the table of people knows a name.

Folding the history still gives the subject, for both lose the same.
"""

from __future__ import annotations

from attrs import evolve

from poec_workflow.events import HistoryEntry, Preregistered
from poec_workflow.model import Application, Origin, Prescriber


def anonymous_entry(entry: HistoryEntry, candidate: str) -> HistoryEntry:
    """An entry without the person's own name and reference, where the candidate was who acted."""
    actor = entry.actor
    if actor.candidate == candidate:
        entry = evolve(entry, actor=evolve(actor, name=None, reference=None))
    event = entry.event
    if isinstance(event, Preregistered) and event.candidate == candidate:
        entry = evolve(entry, event=evolve(event, prescriber=_anonymous(event.prescriber)))
    return entry


def anonymous_application(application: Application) -> Application:
    """An application without the name of a candidate who sent themself."""
    return evolve(application, prescriber=_anonymous(application.prescriber))


def _anonymous(prescriber: Prescriber) -> Prescriber:
    return evolve(prescriber, name=None) if prescriber.origin is Origin.SELF else prescriber
