"""Whole seasons, judged: the one that was given, and others by an independent reading of the rules."""

from __future__ import annotations

import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from other_settings import MEANWHILE, OTHER_SETTINGS
from poec_workflow import HistoryEntry, Settings, fold, from_json, to_json
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.commands import COMMANDS
from seasons import given_season, outcome

sys.path.insert(0, str(Path(__file__).parent / "independent"))
from generate import season  # type: ignore[import-not-found]


def settings_of(data: dict[str, Any]) -> Settings:
    numbers = {name: Decimal(value) for name, value in data.items() if name == "weekly_hours_max"}
    left_out = {COMMANDS[name]: tuple(codes) for name, codes in data.get("leave_out", {}).items()}
    return Settings(**{**data, **numbers, "leave_out": left_out})


def test_the_given_season_comes_out_exactly() -> None:
    """Every refusal, state, dashboard, swept application and message is as the given files say."""
    lines, expected = given_season()
    assert outcome(lines, expected) == expected


@pytest.mark.parametrize("name", OTHER_SETTINGS)
@pytest.mark.parametrize("seed", ["a", "b"])
def test_other_seasons_come_out_as_an_independent_reading_says(seed: str, name: str) -> None:
    """Journals that nobody tuned the package to, under four settings, are judged alike by both readings."""
    lines, expected = season(seed, 1_500, OTHER_SETTINGS[name])
    assert outcome(lines, expected, settings_of(OTHER_SETTINGS[name])) == expected


def test_a_season_whose_settings_change_meanwhile() -> None:
    """A service may change its settings between two commands; what was decided stays."""
    lines, expected = season("change", 1_500, {}, list(MEANWHILE.items()))
    found = outcome(lines, expected, changes={line: settings_of(each) for line, each in MEANWHILE.items()})
    assert found == expected


def test_folding_every_history_gives_every_subject() -> None:
    """After a season each subject is the fold of its events, versions count from 1, and JSON keeps each entry."""
    lines, expected = season("fold", 1_500, OTHER_SETTINGS["live and automatic"])
    storage = MemoryStorage()
    outcome(lines, expected, settings_of(OTHER_SETTINGS["live and automatic"]), storage)
    for kind in ("application", "session", "action"):
        for reference in storage.queries.states(kind):  # type: ignore[arg-type]
            history = storage.queries.history(kind, reference)  # type: ignore[arg-type]
            subject = storage.queries.subject(kind, reference)  # type: ignore[arg-type]
            assert fold(entry.event for entry in history) == subject
            assert [entry.event.version for entry in history] == list(range(1, len(history) + 1))
            assert [entry.from_state for entry in history[1:]] == [entry.event.state for entry in history[:-1]]
            assert all(from_json(to_json(entry), HistoryEntry) == entry for entry in history)
