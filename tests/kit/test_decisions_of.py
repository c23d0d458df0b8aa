"""`decisions(of=…)`: each command and each row of a lifecycle is drawn, accepted and refused; a wrong word is told."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from poec_workflow import Accepted, Malformed, SubjectKind, commands, machines
from poec_workflow.machines import LIFECYCLES
from poec_workflow.testing import strategies
from poec_workflow.testing.strategies.asked_commands import asked_commands

NEVER_ALONE = {commands.RefuseSessionFull, commands.Cancel}
"""Given by a session's ending only."""
DRAWS = 80


def drawn(of: Any, number: int = DRAWS) -> list[strategies.Decision]:
    """Draw some decisions, the same ones each time."""
    found: list[strategies.Decision] = []

    @settings(
        max_examples=number,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategies.decisions(of=of, longest=24))
    def draw(decision: strategies.Decision) -> None:
        found.append(decision)

    draw()
    return found


@pytest.mark.parametrize("name", LIFECYCLES)
def test_every_command_and_row_is_reached(name: Any) -> None:
    """Each command within some eighty draws of it, accepted and refused; and by these every row of the lifecycle."""
    lifecycle = LIFECYCLES[name]
    rows: set[str] = set()
    rare: dict[str, Counter[bool]] = {}
    for command in lifecycle.step_commands:
        decisions = drawn(command)
        assert {type(each.command) for each in decisions} == {command}
        answers = [each.decided() for each in decisions]
        counted = Counter(isinstance(each, Accepted) for each in answers)
        if min(counted[True] if command not in NEVER_ALONE else 3, counted[False]) < 3:
            rare[command.type] = counted
        for answer in answers:
            if isinstance(answer, Accepted):
                rows.add(answer.change.rule)
    assert rare == {}
    consequences = {"L13", "L14"}
    assert {each.id for each in lifecycle.steps} - rows <= consequences


@pytest.mark.parametrize("name", LIFECYCLES)
def test_a_lifecycle_draws_each_of_its_commands(name: SubjectKind) -> None:
    """All of them, and no other; by its word as by itself."""
    lifecycle = LIFECYCLES[name]
    assert asked_commands(f"{name}") == asked_commands(name) == asked_commands(lifecycle) == (*lifecycle.step_commands,)
    assert {type(each.command) for each in drawn(lifecycle, 500)} == {*lifecycle.step_commands}


def test_several_may_be_asked() -> None:
    """Commands and lifecycles, as objects or as words."""
    both = {type(each.command) for each in drawn([commands.Convoke, "retain"])}
    assert both == {commands.Convoke, commands.Retain}
    assert strategies.decisions(of=(machines.SESSION, "application", commands.CreateAction)) is not None


def test_wrong_words_are_faults_when_given() -> None:
    """All at once, each with its place."""
    ask: Any = strategies.decisions
    for alone in ("convok", int, 3, commands.RecordPresence("C-1")):
        with pytest.raises(Malformed, match=r"^\$\.of: expected a command or a lifecycle; there is no "):
            ask(of=alone)
    with pytest.raises(Malformed) as caught:
        ask(of=["convoke", "convok", commands.Retain, commands.Command])
    assert [each.place for each in caught.value.faults] == ["$.of[1]", "$.of[3]"]
    with pytest.raises(Malformed, match=r"^\$\.of: expected one command or more"):
        ask(of=())
