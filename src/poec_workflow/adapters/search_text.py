"""Full-text search: the text that each subject is searched by, without accents and case.

The folded texts are stored: a change of the folding needs a revision that folds them anew.
"""

from __future__ import annotations

from poec_workflow.model import Application, Candidate, TrainingAction, TrainingSession
from poec_workflow.views.folded_text import folded


def words(text: str) -> tuple[str, ...]:
    """Split a search text into folded words, each once; all of them must be found."""
    return tuple(dict.fromkeys(folded(text).split()))


def action_text(action: TrainingAction) -> str:
    """The searched text of an action: reference, title, funder, responsible."""
    return _text(action.reference, action.title, action.funder, action.responsible)


def session_text(session: TrainingSession) -> str:
    """The searched text of a session: reference, action, place, organisations."""
    return _text(
        session.reference,
        session.action,
        session.place,
        session.responsible,
        session.positioner,
        session.trainer,
    )


def application_text(application: Application) -> str:
    """The searched text of an application: references and prescriber. The candidate's name is searched in `people`."""
    sender = application.prescriber
    return _text(application.reference, application.candidate, sender.organization, sender.name)


def person_text(person: Candidate) -> str:
    """The searched text of a person: name and e-mail."""
    return _text(person.name, person.email)


def _text(*parts: str | None) -> str:
    # Parts are joined by spaces, and a word has none: no word matches across two parts.
    return folded(" ".join(part for part in parts if part))
