"""Re-adjudication: each replay is what the workflow itself would have done, and the differences are all of them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from click.testing import CliRunner, Result

from poec_workflow import Refused, Request, Settings, Workflow, commands, readjudicate
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.cli.app import program
from poec_workflow.commands import Command, CreateSession
from poec_workflow.serialization import journal_line
from poec_workflow.testing import shortest_paths, to_journal, to_line
from seasons import given_season

LINES, _ = given_season()
JOURNAL = str(Path(__file__).parent / "data" / "season" / "journal.jsonl")
PATHS = cache(shortest_paths)
OTHERS = {
    "live": Settings(quota_counts="live"),
    "two": Settings(max_convocations=2, overbooking=1),
    "short": Settings(grace_days=7),
    "automatic": Settings(close_when_full="automatic"),
}


def verdicts(lines: Iterable[bytes], settings: Settings) -> dict[int, Any]:
    """What a workflow under settings answers to each line: the codes, or what happened."""
    workflow, found = Workflow(MemoryStorage(), settings=settings), {}
    for number, line in enumerate(lines, 1):
        if line.strip():
            answer = workflow.submit(journal_line(line))
            found[number] = (
                answer.codes
                if isinstance(answer, Refused)
                else [(each.subject.reference, each.subject.state, each.event.type) for each in answer.changes]
            )
    return found


@pytest.mark.parametrize("name", OTHERS)
def test_the_differences_are_those_of_two_runs(name: str) -> None:
    """Every line on which two workflows, each run by itself, answer otherwise is listed, and no other."""
    found = readjudicate(LINES, OTHERS[name])
    usual, other = verdicts(LINES, Settings()), verdicts(LINES, OTHERS[name])
    assert [each.line for each in found.differences] == [line for line in usual if usual[line] != other[line]]
    assert sum(found.counts.values()) == len(found.differences) > 0
    assert found.lines == len(usual)


def test_the_same_settings_change_nothing() -> None:
    """Nor does a journal that is empty."""
    assert readjudicate(LINES, Settings()).differences == ()
    assert readjudicate([], Settings()).lines == 0


def test_what_the_settings_alone_change_is_told_from_what_follows() -> None:
    """The absence that now rejects is direct; the convocation that can't be given any more follows from it."""
    journal = list(PATHS().over["L5"].journal)
    found = readjudicate(journal, Settings(max_convocations=1))
    kinds = [(each.request.command.type, each.kind, each.direct) for each in found.differences]
    assert kinds == [
        ("record-absence", "other-outcome", True),
        ("convoke", "now-refused", False),
        ("record-absence", "now-refused", False),
        ("convoke", "now-refused", False),
        ("record-absence", "now-refused", False),
    ]
    assert [each.line for each in found.of("now-refused", direct=True)] == []
    back = readjudicate(journal, Settings(), against=Settings(max_convocations=1))
    assert [each.kind for each in back.differences] == ["other-outcome", *["now-accepted"] * 4]


def test_other_reasons_for_a_refusal() -> None:
    """Refused both times, but not for the same."""
    found = readjudicate(LINES, OTHERS["two"]).of("other-reasons")
    assert found
    data = found[0].to_dict("en")
    assert not data["before"]["accepted"]
    assert not data["after"]["accepted"]
    assert data["before"]["refusals"] != data["after"]["refusals"]


def test_commands_can_be_rewritten() -> None:
    """With another coefficient, the registrations that the quota refused are accepted."""

    def wider(command: Command) -> Command:
        return evolve(command, coefficient=5) if isinstance(command, CreateSession) else command

    found = readjudicate(LINES, Settings(), rewrite=wider)
    refused = [each.before for each in found.of("now-accepted")]
    assert refused
    assert all(isinstance(each, Refused) for each in refused)
    assert any("quota-reached" in each.codes for each in refused if isinstance(each, Refused))


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(program, ["readjudicate", *arguments])


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "own_others.py").write_text(
        "from poec_workflow import Settings\ntwo = Settings(max_convocations=2, overbooking=1)\nusual = Settings()\n",
        encoding="utf-8",
    )
    monkeypatch.syspath_prepend(tmp_path)


@pytest.mark.usefixtures("own")
def test_the_command_says_the_same() -> None:
    """As JSON all differences; as text, by kind, with what was and what would have been."""
    found = readjudicate(LINES, OTHERS["two"])
    data = json.loads(invoke(JOURNAL, "--settings", "own_others:two", "--format", "json", "--lang", "en").stdout)
    assert data == {**json.loads(json.dumps(found.to_dict("en"))), "malformed": 0}
    text = invoke(JOURNAL, "--settings", "own_others:two", "--lang", "fr").stdout
    accepted, direct = found.of("now-accepted"), found.of("now-accepted", direct=True)
    assert f"{len(accepted)} refus aurait été accepté, dont {len(direct)} du seul fait des réglages" in text
    assert "no-seat-left" in text
    assert "Complète (+3)" in text
    same = invoke(JOURNAL, "--settings", "own_others:usual", "--against", "own_others:usual")
    assert (same.exit_code, same.stdout.splitlines()[-1]) == (0, "No verdict changes.")


def test_the_command_rewrites(tmp_path: Path) -> None:
    """`--with` changes a field of a command, by JSON or by text; what names no field is a usage error."""
    ran = invoke(JOURNAL, "--with", "create-session.coefficient=5")
    assert ran.exit_code == 0
    assert "… and 20 more" in ran.stdout
    short = tmp_path / "short.jsonl"
    short.write_text(to_journal(PATHS().over["L9"].journal), encoding="utf-8")
    reason = invoke(str(short), "--with", "create-action.title=Soudeur", "--format", "json")
    assert json.loads(reason.stdout)["counts"]["now-refused"] == 7
    for wrong in ("coefficient=5", "horse.legs=4", "create-session.legs=4", "create-session"):
        ran = invoke(JOURNAL, "--with", wrong)
        assert ran.exit_code == 2
        assert "expected a command and a field of it" in ran.stderr


def test_malformed_lines_are_told_and_passed_over(tmp_path: Path) -> None:
    """Lines count as `run` counts them, and the exit code is 2."""
    lines = [to_line(Request(command=commands.PublishAction("A-9"), actor=each.actor, at=each.at)) for each in _one()]
    journal = tmp_path / "journal.jsonl"
    journal.write_text("\n\nnonsense\n" + "\n".join(lines), encoding="utf-8")
    ran = invoke(str(journal), "--format", "json")
    assert ran.exit_code == 2
    assert ran.stderr.startswith("line 3: ")
    data = json.loads(ran.stdout)
    assert (data["lines"], data["malformed"]) == (1, 1)


def _one() -> Iterable[Request]:
    return PATHS().over["A1"].journal
