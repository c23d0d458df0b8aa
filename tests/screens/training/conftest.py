"""The fixtures of `training_site`."""

from training_site import clock, migrated, prepared, site

__all__ = ["clock", "migrated", "prepared", "site"]
