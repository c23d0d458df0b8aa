"""The fixtures of `candidacies`."""

from candidacies import clock, django_queries, migrated, played, site

__all__ = ["clock", "django_queries", "migrated", "played", "site"]
