"""The pytest plugin: fixtures that a project overrides, journals that are kept, and nothing for who does not ask."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from own_rules import BACK
from poec_workflow import Relay, Request, Settings, SubjectKind, Undeliverable, Workflow, commands
from poec_workflow.machines import Lifecycles
from poec_workflow.ports import Storage
from poec_workflow.testing import Played, RecordingNotifier, SettableClock, to_journal
from poec_workflow.testing.contracts.fixtures import ADVISER, PLATFORM, registering, workflow_with_session

TOWN = Path(__file__).parents[2] / "examples" / "town.jsonl"


def test_a_workflow_on_memory(poec_workflow: Workflow, poec_clock: SettableClock) -> None:
    """Its clock is the settable one."""
    poec_clock.set("2022-01-03T08:00:00+01:00")
    created = poec_workflow.execute(
        commands.CreateAction("A-1", title="[POEC] Soudeur", funder="OPCO", responsible="RESP"), PLATFORM
    )
    assert created.events[0].effective_at == poec_clock.now()


def test_a_journal_is_played_from_its_file(poec_journal: Callable[[Any], Played]) -> None:
    """Each line at its own instant; states by reference."""
    played = poec_journal(TOWN)
    assert not played.refused
    assert (played.state("C-1"), played.state("00301234", "session")) == ("convoked", "active")


def test_a_journal_is_played_from_its_text(poec_journal: Callable[[Any], Played]) -> None:
    """Of text, of bytes with a byte order mark, and of requests; refused lines have their number."""
    lines = TOWN.read_text(encoding="utf-8")
    assert not poec_journal("\n" + lines).refused
    again = poec_journal(TOWN.read_bytes())
    assert again.refused[1] == {"duplicate-reference"}
    delete = Request(commands.DeleteAction("nothing"), PLATFORM, at=again.requests[-1].at)
    assert poec_journal([delete]).refused == {1: {"unknown-action"}}
    assert json.loads(to_journal([delete]))["command"]["action"] == "nothing"
    with pytest.raises(KeyError):
        again.state("nobody", SubjectKind.APPLICATION)


class TestOverriding:
    """A project's own settings and lifecycles by fixtures of these names."""

    @pytest.fixture
    def poec_settings(self) -> Settings:
        return Settings(max_convocations=1)

    @pytest.fixture
    def poec_lifecycles(self) -> Lifecycles:
        return BACK

    def test_its_settings_are_in_force(self, poec_workflow: Workflow) -> None:
        assert poec_workflow.settings.max_convocations == 1
        assert poec_workflow.lifecycles is BACK


def test_a_notifier_keeps_what_it_is_told(poec_notifier: RecordingNotifier, poec_storage: Storage) -> None:
    """And fails when it is told to, for some or for everybody."""
    workflow = workflow_with_session(poec_storage)
    workflow.execute(registering(1), ADVISER)
    poec_notifier.failing["POS"] = Undeliverable("no address")
    assert Relay(workflow, poec_notifier).run_once().dead == 1
    told = poec_notifier.messages
    assert [(each.notice, each.to.reference) for each in told] == [("N1", "FT")]
    poec_notifier.failing[None] = ConnectionError("no route")
    workflow.execute(commands.Withdraw("C-1", reason="found-employment"), ADVISER)
    assert Relay(workflow, poec_notifier).run_once().delivered == 0
    assert poec_notifier.messages == told


SUITE = """
import pytest
from poec_workflow.testing import LifecycleMachine

def nobody_is_registered(step):
    yield from (where[1] for where, state in step.states.items() if state == "pending")

class Strict(LifecycleMachine):
    promises = (*LifecycleMachine.promises, nobody_is_registered)

TestStrict = Strict.TestCase

def test_several():
    first, second = ValueError("one"), ValueError("two")
    first.poec_journal = second.poec_journal = ("{}",)
    raise ExceptionGroup("both", [first, second])

def test_without_a_journal():
    assert False
"""


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    # Schemathesis' plugin, which our own environment has, loads Hypothesis into every run.
    alone = ["-p", "no:cacheprovider", "-p", "no:schemathesis"]
    command = [sys.executable, "-m", "pytest", "-q", *alone, *arguments]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_journals_of_failures_are_kept(tmp_path: Path) -> None:
    """One file a failure, in the folder that the option names, ready to be run; and the report shows it."""
    (tmp_path / "test_suite.py").write_text(SUITE, encoding="utf-8")
    done = run(tmp_path, "--poec-journals=kept", "test_suite.py")
    assert "3 failed" in done.stdout, done.stdout + done.stderr
    assert "The shortest journal that was found (4 lines)" in done.stdout
    kept = {each.name: each.read_text(encoding="utf-8") for each in (tmp_path / "kept").iterdir()}
    strict = kept.pop("test_suite.py-Strict.TestCase-runTest.jsonl", None) or kept.pop(
        "test_suite.py-TestStrict-runTest.jsonl"
    )
    assert [json.loads(line)["command"]["type"] for line in strict.splitlines()][-1] == "preregister"
    assert sorted(kept) == ["test_suite.py-test_several-1.jsonl", "test_suite.py-test_several.jsonl"]


def test_nobody_pays_who_does_not_ask(tmp_path: Path) -> None:
    """A run without our fixtures loads neither the package nor Hypothesis; one without the option keeps nothing."""
    text = "import sys\ndef test():\n    assert not {'poec_workflow', 'hypothesis.core'} & set(sys.modules)\n"
    (tmp_path / "test_else.py").write_text(text, encoding="utf-8")
    done = run(tmp_path, "test_else.py")
    assert done.returncode == 0, done.stdout
    (tmp_path / "test_suite.py").write_text(SUITE, encoding="utf-8")
    run(tmp_path, "test_suite.py")
    assert not list(tmp_path.glob("**/*.jsonl"))
