"""A service's own properties: asked beside the package's, told by their names; and told apart where they raise."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from click.testing import CliRunner

from poec_workflow import Application, Malformed
from poec_workflow.cli.app import program
from poec_workflow.serialization import journal_line
from poec_workflow.testing import Bounds, LifecycleMachine, PromiseBroken, PromiseRaised, explore, to_line
from poec_workflow.testing.reference import PROMISES, ObservedStep

YEAR = 2021
ONE = Bounds(applications=1, capacities=(1,), attempts=1)
RETAINED = [
    "create-action",
    "publish-action",
    "create-session",
    "preregister",
    "convoke",
    "record-presence",
    "retain",
]


def nobody_is_retained(step: ObservedStep) -> Iterator[str]:
    """Does not hold."""
    for (_, reference), state in step.states.items():
        if state == "retained":
            yield f"{reference} is"


def nobody_withdraws(step: ObservedStep) -> list[str] | None:
    """Has a fault of its own: it looks for a convocation where there is none."""
    for each in step.after.subjects.values():
        if isinstance(each, Application) and each.state == "rejected" and each.convocations[-1].on.year < YEAR:
            return ["long ago"]
    return None


def says_nothing_wrong(_step: ObservedStep) -> None:
    """Holds."""


def test_an_exploration_asks_them() -> None:
    """Each is reported by its name with a shortest journal; one that raises as that, with the exception."""
    found = explore(bounds=ONE, properties=[nobody_is_retained, says_nothing_wrong, nobody_withdraws])
    told = {each.invariant: each for each in found.violations}
    assert {*told} == {"nobody-is-retained", "nobody-withdraws"}
    broken, raised = told["nobody-is-retained"], told["nobody-withdraws"]
    assert [each.command.type for each in broken.journal] == RETAINED
    assert not broken.raised
    assert raised.raised
    assert raised.found == "the property itself raised IndexError: tuple index out of range"
    assert [each.command.type for each in raised.journal] == [*RETAINED[:4], "withdraw"]
    assert [each["raised"] for each in found.to_dict()["violations"]] == [each.raised for each in found.violations]
    assert not found.ok
    assert explore(bounds=ONE, properties=[says_nothing_wrong]).violations == ()


def test_refusals_are_asked_too() -> None:
    """A property sees what was refused, and by which codes."""

    def nothing_is_refused(step: ObservedStep) -> Iterator[str]:
        yield from sorted(getattr(step.answer, "codes", ()))

    [found] = explore(bounds=ONE, properties=[nothing_is_refused]).violations
    assert found.invariant == "nothing-is-refused"


def test_a_property_that_raises_is_told_by_the_machine() -> None:
    """By its name, with the exception as the cause, and the shortest journal; `replay` tells it again."""

    class Ours(LifecycleMachine):
        promises = (*LifecycleMachine.promises, nobody_withdraws)

    with pytest.raises(PromiseRaised) as caught:
        Ours.check(hypothesis.settings(Ours.TestCase.settings, database=None, derandomize=True))
    error: Any = caught.value
    assert (error.promise, type(error.__cause__)) == ("nobody-withdraws", IndexError)
    assert "nobody-withdraws: the property itself raised IndexError" in str(error)
    assert [journal_line(each).command.type for each in error.poec_journal] == [*RETAINED[:4], "withdraw"]
    with pytest.raises(PromiseRaised):
        Ours.replay(error.poec_journal)


@pytest.mark.parametrize("answer", [True, "one text", [1]], ids=repr)
def test_what_is_no_answer_is_told_as_raised(answer: Any) -> None:
    """Neither None nor texts."""

    def odd(_step: ObservedStep) -> Any:
        return answer

    class Ours(LifecycleMachine):
        promises = (odd,)

    journal = [to_line(each) for each in explore(bounds=ONE, properties=[nobody_is_retained]).violations[0].journal]
    with pytest.raises(PromiseBroken, match="odd: the property itself raised TypeError: "):
        Ours.replay(journal[:1])


async def later(_step: ObservedStep) -> list[str]:
    """Answers too late."""
    return []


def of_two(_step: ObservedStep, _other: object) -> list[str]:
    """Asks for too much."""
    return []


def final_is_final(_step: ObservedStep) -> list[str]:
    """Has the name of one of the package's."""
    return []


@pytest.mark.parametrize("where", ["explore", "machine"])
def test_wrong_shapes_are_faults_when_given(where: str) -> None:
    """All of them at once, each with its place."""

    def give(given: Any) -> object:
        return explore(properties=given) if where == "explore" else _machine(given)

    wrong = [says_nothing_wrong, 3, lambda _: (), later, of_two, says_nothing_wrong, int]
    with pytest.raises(Malformed) as caught:
        give([*wrong, final_is_final])
    assert [each.place.partition("[")[2] for each in caught.value.faults if "final" not in each.problem] == [
        f"{index}]" for index in (1, 2, 3, 4, 5, 6)
    ]
    for alone in (says_nothing_wrong, "text", None):
        with pytest.raises(Malformed, match="expected several functions of the step"):
            give(alone)


def _machine(given: Any) -> object:
    return type("Ours", (LifecycleMachine,), {"promises": given})


def test_a_name_of_the_package_is_taken() -> None:
    """For an exploration, which asks the package's own anyway; a machine may have another in its place."""
    with pytest.raises(Malformed, match=r"\$\.properties\[0\]: a property is named final-is-final already"):
        explore(properties=[final_is_final])
    with pytest.raises(Malformed, match=rf"\$\.promises\[{len(PROMISES)}\]"):
        _machine((*PROMISES, final_is_final))
    _machine((final_is_final,))


def test_the_command_asks_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`check --properties` takes a function or several; what is none of these is a usage error."""
    (tmp_path / "own_properties.py").write_text(
        "def nobody_is_retained(step):\n"
        "    return [key[1] for key, state in step.states.items() if state == 'retained']\n"
        "def holds(step):\n"
        "    return []\n"
        "def divides(step):\n"
        "    1 / 0\n"
        "several = (nobody_is_retained, divides)\n"
        "number = 3\n"
    )
    monkeypatch.chdir(tmp_path)

    def ran(name: str) -> Any:
        asked = ["check", "--applications", "1", "--properties", f"own_properties:{name}"]
        return CliRunner().invoke(program, asked)

    several = ran("several")
    assert several.exit_code == 1
    assert "violation: nobody-is-retained: C-1; a shortest journal to it:\n" in several.output
    assert "not judged: divides: the property itself raised ZeroDivisionError: " in several.output
    assert ran("holds").exit_code == 0
    for name in ("number", "nothing"):
        assert ran(name).exit_code == 2
