"""Who looks at a screen, on whose behalf, and in which language."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen
from django.conf import settings
from django.http import HttpRequest

from poec_workflow.contrib.accept_language import preferred_language
from poec_workflow.contrib.django.configuration import configuration
from poec_workflow.locales import LANGUAGES
from poec_workflow.model import Actor, ActorKind

_CHOSEN = "poec_workflow.structure"


@frozen(kw_only=True)
class Visitor:
    """The user of a request.

    Attributes:
        actor: on whose behalf they act now.
        actors: on whose behalf they may: « si vous êtes rattaché.e à plusieurs structures » [S].
        lang: `"fr"` or `"en"`.
    """

    actor: Actor
    actors: Sequence[Actor]
    lang: str

    @property
    def acting(self) -> str:
        """What names the actor among the user's own, for a form to send back."""
        return actor_key(self.actor)

    @property
    def called(self) -> str:
        """The organisation; a candidate is a person, called by name where it is known."""
        actor = self.actor
        return actor.organization or (actor.name if actor.candidate else None) or actor.candidate or ""

    @property
    def has_queue(self) -> bool:
        """Whether there may be something to do: the work queue is an organisation's [R]."""
        return self.actor.kind is ActorKind.ORGANIZATION

    @property
    def structures(self) -> Sequence[tuple[str, Actor]]:
        """Each key with its actor."""
        return [(actor_key(each), each) for each in self.actors]


def actor_key(actor: Actor) -> str:
    """What names an actor among a user's own."""
    return "/".join((actor.kind, actor.organization or "", actor.candidate or ""))


def visitor_of(request: HttpRequest) -> Visitor | None:
    """The visitor that a request's user is; None who may act for nobody."""
    actors = tuple(configuration().actors(request))
    if not actors:
        return None
    chosen = request.session.get(_CHOSEN)
    actor = next((each for each in actors if actor_key(each) == chosen), actors[0])
    return Visitor(actor=actor, actors=actors, lang=language_of(request))


def choose(request: HttpRequest, visitor: Visitor, key: str) -> bool:
    """Act on behalf of another of one's own from now on; False where it is none of them."""
    if key not in dict(visitor.structures):
        return False
    request.session[_CHOSEN] = key
    return True


def language_of(request: HttpRequest) -> str:
    """The language of the screens: the cookie's, else what the browser prefers, else French."""
    if (chosen := request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)) in LANGUAGES:
        return str(chosen)
    return preferred_language(request.headers.get("Accept-Language"))
