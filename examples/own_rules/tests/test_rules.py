"""Our rules, by examples: a journal tells the story, fixtures of the plugin play it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from own_rules.rules import OURS, on_sunday

from poec_workflow import Settings, commands

HERE = Path(__file__).parent


@pytest.fixture
def poec_settings() -> Settings:
    """In the place of the default ones."""
    return OURS


def test_our_season(poec_journal) -> None:
    """A convocation on a Sunday is refused, a second absence ends it, and the last seat closes the session."""
    played = poec_journal(HERE / "season.jsonl")
    assert played.refused == {6: {"on-sunday"}, 15: {"session-complete"}}
    assert played.state("C-1") == "rejected"
    assert played.state("C-2") == "retained"
    assert played.state("C-3") == "session-full"
    assert played.state("S-1", "session") == "complete"


def test_part_time_is_refused_beside_the_package_s_own_reasons() -> None:
    """Asked alone, a policy is a function."""
    [part_time] = OURS.refuse_also[commands.Retain]
    command = commands.Retain("C-1", entry=date(2022, 1, 3), exit=date(2022, 3, 4), weekly_hours=Decimal(20))
    assert part_time(None, None, command) == {"weekly_hours": 20, "least": 24}
    assert on_sunday(None, None, commands.Convoke("C-1", on=date(2022, 1, 3))) is None
