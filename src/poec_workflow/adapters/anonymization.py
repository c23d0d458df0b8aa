"""Anonymize applications and history entries of an erased candidate; every adapter erases a person with these.

The application and its history lose the same fields, so folding the history still gives the application. What an
erasure may take out of an entry stands in `ERASABLE`, and is no part of the entry's digest (`entry_digests`).
"""

from __future__ import annotations

from attrs import evolve

from poec_workflow.events import Preregistered
from poec_workflow.history import HistoryEntry
from poec_workflow.model import Application, Origin, Prescriber

ERASABLE: tuple[tuple[str, ...], ...] = (
    ("actor", "name"),
    ("actor", "reference"),
    ("data", "comment"),
    ("data", "prescriber", "name"),
)
"""The members of an entry's JSON, by their places, that an erasure may make null, of any event; it changes no other.

The stored digests leave them out: a place added here changes the digest of entries that are stored, and so needs a
revision that chains them anew.
"""


def anonymous_entry(entry: HistoryEntry, candidate: str) -> HistoryEntry:
    """Return the entry without the actor's name and reference, and the prescriber's name, if that is the candidate."""
    actor = entry.actor
    if actor.candidate == candidate:
        entry = evolve(entry, actor=evolve(actor, name=None, reference=None))
    event = entry.event
    if isinstance(event, Preregistered) and event.candidate == candidate:
        entry = evolve(entry, event=evolve(event, prescriber=_anonymous(event.prescriber)))
    return entry


def anonymous_application(application: Application) -> Application:
    """Return the application without the prescriber's name, where candidates registered themselves (origin `self`)."""
    return evolve(application, prescriber=_anonymous(application.prescriber))


def _anonymous(prescriber: Prescriber) -> Prescriber:
    return evolve(prescriber, name=None) if prescriber.origin is Origin.SELF else prescriber
