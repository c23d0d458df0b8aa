"""The tabs of the lists."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal


class Tab(StrEnum):
    """The tabs of the applications and sessions lists; no tab is every one."""

    CURRENT = "current"
    ENDED = "ended"


class ActionTab(StrEnum):
    """The six tabs of the actions list; no tab is every action."""

    PUBLISHED = "published"
    AWAITING_PUBLICATION = "awaiting-publication"
    ARCHIVED = "archived"
    DELETED = "deleted"
    PENDING_VALIDATION = "pending-validation"
    ALERT = "alert"


TabName = Literal["current", "ended"]
ActionTabName = Literal[
    "published", "awaiting-publication", "archived", "deleted", "pending-validation", "alert"
]  # fmt: skip


STATE_TABS = frozenset({ActionTab.PUBLISHED, ActionTab.AWAITING_PUBLICATION, ActionTab.ARCHIVED, ActionTab.DELETED})
"""The tabs that are a state of the action: each action stands in exactly one of them."""
