"""Who asks, and which organisation holds a role, where roles change hands: as on a session and a training action."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from poec_workflow.explorer.dimensions import ACTORS, ROLES, Option, plain_option, translated, translations, words
from poec_workflow.model import ActorKind

STRANGER = "AFPA"
"""The organisation that a role may be given to."""
_OTHERS = ("adviser", "candidate", "funder", "other-funder", "platform", "system")


def actor_options() -> tuple[Option, ...]:
    """Each organisation by its name, for its role may change hands; and one actor of each other kind."""
    organizations = [each for each in ACTORS.values() if each.kind is ActorKind.ORGANIZATION]
    named = [Option(value=each, labels=_organization(str(each.organization))) for each in organizations]
    return (*named, *(Option(value=ACTORS[name], labels=translated(f"actor.{name}")) for name in _OTHERS))


def _organization(name: str) -> Mapping[str, str]:
    return translations(lambda lang: words(lang)["options"]["actor.organization"].format(name=name))


def holder_options(role: str) -> tuple[Option, ...]:
    """Who may hold a role: its first holder, or another organisation."""
    return tuple(map(plain_option, (ROLES[role], STRANGER)))


def or_unchanged(options: tuple[Option, ...]) -> tuple[Option, ...]:
    """The options and, as the last one, none of them: what a command does not give stays."""
    unchanged: Any = None
    return (*options, Option(value=unchanged, labels=translated("unchanged")))
