"""django-fsm-2."""

from benchmarks.peers.django_settings import configure

configure()

from django.db import models  # type: ignore[import-untyped] # noqa: E402 - it reads the settings
from django_fsm import FSMField, transition  # noqa: E402


class Model(models.Model):  # type: ignore[misc]  # noqa: DJ008 - never printed
    """There and back."""

    state = FSMField(default="pending")

    class Meta:
        """No application of Django's."""

        app_label = "benchmarks"

    @transition(field=state, source="pending", target="convoked")
    def convoke(self) -> None:
        """Go there."""

    @transition(field=state, source="convoked", target="pending")
    def again(self) -> None:
        """And back."""
