"""The fixtures of `django_project`, and Django configured before a test imports a model."""

from django.test.utils import setup_test_environment

from django_project import clock, migrated, operator, project, town, workflow
from django_settings import configure

configure()
# Mails are kept, and an answer knows what its template was given.
setup_test_environment()

__all__ = ["clock", "migrated", "operator", "project", "town", "workflow"]
