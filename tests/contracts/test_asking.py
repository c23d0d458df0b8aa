"""Filters and pages that mean nothing are malformed, before any storage is asked."""

from __future__ import annotations

import pytest

from poec_workflow import Malformed, Role
from poec_workflow.views import ApplicationFilter, PageRequest


def test_a_role_is_somebodys() -> None:
    """A role without an organisation, and a negative limit, are malformed."""
    with pytest.raises(Malformed):
        ApplicationFilter(role=Role.TRAINER)
    with pytest.raises(Malformed):
        PageRequest(limit=-1)
