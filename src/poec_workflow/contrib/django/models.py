"""The app's models: on whose behalf each user may act, and the workflow's tables, to be read."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models

from poec_workflow.contrib.django.active_language import active_language, lazy_word
from poec_workflow.contrib.django.actor_kinds import actor_kinds
from poec_workflow.contrib.django.row_models import Action, Application, Delivery, Entry, Message, Person, Session
from poec_workflow.contrib.django.screens.words import words_of
from poec_workflow.errors import Malformed
from poec_workflow.model import Actor, ActorKind

__all__ = ["Action", "Application", "Delivery", "Entry", "Membership", "Message", "Person", "Session"]


class Membership(models.Model):
    """A user may act as an organisation, an adviser, a funder, a candidate, or the platform."""

    user: Any = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="poec_memberships", verbose_name=lazy_word("host.user")
    )
    kind: Any = models.CharField(max_length=16, choices=actor_kinds, verbose_name=lazy_word("host.acts-as"))
    organization: Any = models.CharField(max_length=64, blank=True, verbose_name=lazy_word("host.organization"))
    candidate: Any = models.CharField(max_length=64, blank=True, verbose_name=lazy_word("host.candidate-reference"))

    class Meta:
        """One row for each user and actor."""

        verbose_name = lazy_word("host.model-membership")
        verbose_name_plural = lazy_word("host.models-membership")
        constraints = (
            models.UniqueConstraint(fields=["user", "kind", "organization", "candidate"], name="poec_membership_once"),
        )

    def __str__(self) -> str:
        return f"{self.user}: {self.kind} {self.organization or self.candidate}".rstrip()

    @property
    def actor(self) -> Actor:
        """The actor, with the user's name for the history.

        Raises:
            Malformed: the kind needs an organisation, or a candidate, that is not given.
        """
        return Actor(
            kind=ActorKind(self.kind),
            organization=self.organization or None,
            candidate=self.candidate or None,
            reference=str(self.user.pk),
            name=_name_of(self.user),
        )

    @property
    def is_actor(self) -> bool:
        """Whether it has what its kind needs; nobody is the system."""
        try:
            return self.actor.kind is not ActorKind.SYSTEM
        except (Malformed, ValueError):
            return False

    def clean(self) -> None:
        """Refuse what is no actor.

        Raises:
            ValidationError: an organisation, or a candidate, is missing.
        """
        if not self.is_actor:
            missing = "candidate" if self.kind == ActorKind.CANDIDATE else "organization"
            raise ValidationError({missing: words_of(f"host.needs-{missing}", active_language())})


def _name_of(user: Any) -> str:  # noqa: ANN401 - a project's own class of users, which may have no full names
    full_name = getattr(user, "get_full_name", str)
    return full_name() or user.get_username()
