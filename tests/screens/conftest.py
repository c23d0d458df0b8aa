"""The fixtures of `candidacies`."""

from candidacies import clock, migrated, played, site

__all__ = ["clock", "migrated", "played", "site"]
