"""The kinds of actor that a user may act as."""

from __future__ import annotations

from typing import Any

from poec_workflow.contrib.django.active_language import lazy_label
from poec_workflow.model import ActorKind


def actor_kinds() -> list[tuple[str, Any]]:
    """Each kind but the system, with its label: called by the field, so that migrations hold no label."""
    return [(each.value, lazy_label("actors", each.value)) for each in ActorKind if each is not ActorKind.SYSTEM]
