"""Days and numbers drawn close together, so that they meet; and what a policy says of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from poec_workflow import SYSTEM, Facts, Settings, TrainingSession
from world import NOW, SESSION, facts

TODAY = NOW.date()
DAYS = st.integers(-2, 2).map(lambda days: TODAY + timedelta(days=days))
FEW = st.integers(0, 3)


def known(session: TrainingSession = SESSION, settings: Settings | None = None, **more: Any) -> Facts:
    """Facts of today."""
    return facts(SYSTEM, session=session, settings=settings or Settings(), **more)


def only_if(refused: bool, **details: object) -> Mapping[str, object] | None:  # noqa: FBT001 - what is expected
    """What a policy answers: its details, or nothing."""
    return details if refused else None
