"""The site's own app: signing in, and the command `demo`."""

from django.apps import AppConfig


class RafaelConfig(AppConfig):
    """The app `rafael`."""

    name = "rafael"
    verbose_name = "RAFAEL"
