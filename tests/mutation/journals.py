"""Journals and what an independent reading says of them; nothing of the package is loaded for it."""

from __future__ import annotations

import json
import sys
from functools import cache
from pathlib import Path
from typing import Any

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "independent")]

from generate import season  # type: ignore[import-not-found]

from other_settings import MEANWHILE, OTHER_SETTINGS

Journal = tuple[list[Any], dict[str, Any], dict[int, dict[str, Any]]]
"""Lines, what must come of them, and the settings in force from a line on."""


@cache
def journals() -> list[Journal]:
    """The season that was given, two for each of the settings, and one whose settings change meanwhile."""
    given = TESTS / "data" / "season"
    expected = json.loads((given / "expected.json").read_text(encoding="utf-8"))
    found: list[Journal] = [((given / "journal.jsonl").read_bytes().splitlines(), expected, {1: {}})]
    for seed in ("a", "b"):
        found.extend((*season(seed, 1_500, data), {1: data}) for data in OTHER_SETTINGS.values())
    found.append((*season("change", 1_500, {}, list(MEANWHILE.items())), {1: {}, **MEANWHILE}))
    return found
