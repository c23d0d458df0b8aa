"""The fixtures of `django_project`, and Django configured before a test imports a model."""

from django_project import clock, migrated, operator, project, town, workflow
from django_settings import configure

configure()

__all__ = ["clock", "migrated", "operator", "project", "town", "workflow"]
