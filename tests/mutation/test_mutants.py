"""A sample of the tables' mutants; all of them are `python tests/mutation/tables.py`."""

from __future__ import annotations

from collections import defaultdict
from random import Random

import pytest
from tables import Mutant, killed_by, mutants

from poec_workflow.machines import LIFECYCLES, SESSION

EACH = 1
"""How many of a kind are judged here; more of them would take longer than they tell."""


def by_kind() -> dict[str, list[Mutant]]:
    found: dict[str, list[Mutant]] = defaultdict(list)
    for mutant in mutants():
        found[mutant.kind].append(mutant)
    return found


def sample() -> list[Mutant]:
    random = Random(5)  # noqa: S311 - a seed, not a secret
    return [each for kind in by_kind().values() for each in random.sample(kind, min(EACH, len(kind)))]


@pytest.mark.parametrize("mutant", sample(), ids=lambda each: f"{each.kind}: {each.name}")
def test_a_mutant_is_killed(mutant: Mutant) -> None:
    """By the table's own checks, or by a judge; and the tables are whole again afterwards."""
    before = dict(LIFECYCLES)
    assert killed_by(mutant) is not None
    assert dict(LIFECYCLES) == before


def test_every_row_and_part_has_its_mutants() -> None:
    """Each row is dropped once and led to every other state; each part of a row is dropped once."""
    rules = [rule for each in LIFECYCLES.values() for rule in each.steps]
    counts = {kind: len(found) for kind, found in by_kind().items()}
    assert counts["row dropped"] == len(rules)
    assert counts["atom dropped"] == counts["atom negated"] == sum(len(rule.given) for rule in rules)
    assert counts["policy dropped"] == sum(len(rule.unless) for rule in rules)
    assert counts["advisory dropped"] == sum(len(rule.advise) for rule in rules)
    for part in ("first", "then", "effective"):
        assert counts[f"{part} dropped"] == sum(getattr(rule, part) is not None for rule in rules)
    assert {each.name for each in by_kind()["targets swapped"]} >= {"L9 and L10", "S8 and S9", "A5 and A6"}


def test_a_table_without_a_fault_survives() -> None:
    """The judges kill for a fault, not for being rebuilt: a table made anew from the same rows survives."""
    assert killed_by(Mutant("none", "", SESSION, SESSION.rules)) is None
