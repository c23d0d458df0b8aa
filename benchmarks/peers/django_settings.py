"""Settings for the libraries of Django, which ask for some when they are imported; no database is opened."""

from __future__ import annotations

import django  # type: ignore[import-untyped]
from django.conf import settings  # type: ignore[import-untyped]


def configure() -> None:
    """Unless it was done."""
    if not settings.configured:
        settings.configure(USE_TZ=True)
        django.setup()
