"""The service's own table."""

from django.db import models


class Report(models.Model):
    """Somebody reported an absence: what they said, and what became of the application."""

    application = models.CharField(max_length=64)
    organization = models.CharField(max_length=64)
    comment = models.TextField(blank=True)
    outcome = models.CharField(max_length=16, blank=True)

    def __str__(self) -> str:
        return f"{self.application}: {self.outcome}"
