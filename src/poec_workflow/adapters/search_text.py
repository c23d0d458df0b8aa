"""Free text: what each subject is found by, folded so that accents and case don't matter."""

from __future__ import annotations

import unicodedata

from poec_workflow.model import Application, Candidate, TrainingAction, TrainingSession

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae"})


def folded(text: str) -> str:
    """A text without accents and case: « Zoé NABIL » is "zoe nabil", « cœur » is "coeur"."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(each for each in plain if not unicodedata.combining(each)).translate(_LIGATURES)


def words(text: str) -> tuple[str, ...]:
    """What is to be found: every word of a text, folded."""
    return tuple(dict.fromkeys(folded(text).split()))


def action_text(action: TrainingAction) -> str:
    """What an action is found by: reference, title, funder, responsible."""
    return _text(action.reference, action.title, action.funder, action.responsible)


def session_text(session: TrainingSession) -> str:
    """What a session is found by: reference, action, place, organisations."""
    return _text(
        session.reference,
        session.action,
        session.place,
        session.responsible,
        session.positioner,
        session.trainer,
    )


def application_text(application: Application) -> str:
    """What an application is found by: references and the prescriber. The candidate's name is not stored with it."""
    sender = application.prescriber
    return _text(application.reference, application.candidate, sender.organization, sender.name)


def person_text(person: Candidate) -> str:
    """What a person is found by: name and e-mail."""
    return _text(person.name, person.email)


def _text(*parts: str | None) -> str:
    # A word has no space in it, so none is found across two parts.
    return folded(" ".join(part for part in parts if part))
