"""What ends a command before it is done: a service's own code that fails, Ctrl-C, a reader who goes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from poec_workflow import Accepted, Workflow
from test_cli import JOURNAL, invoke, process

LINES = Path(JOURNAL).read_text(encoding="utf-8").splitlines()

RULES = """
from poec_workflow import Settings, commands

def raising(make):
    def never(subject, facts):
        raise make()
    return never

failing = Settings(refuse_also={commands.Convoke: (raising(lambda: 1 / 0),)})
gone = Settings(refuse_also={commands.Convoke: (raising(lambda: ConnectionError("holidays: no answer")),)})
broken = Settings(refuse_also={commands.Convoke: (raising(lambda: {}["agen"]),)})
"""


INTERRUPTED = """
import atexit, signal, sys
from itertools import count
from poec_workflow.cli import main

def interrupting(at):
    calls = count(1)
    def called(frame, event, _):
        if event == "call" and next(calls) == at:
            signal.raise_signal(signal.SIGINT)
    return called, calls

once, again, *sys.argv[1:] = sys.argv[1:]
first, calls = interrupting(int(once))
second, _ = interrupting(int(again))
atexit.register(lambda: open("calls", "w").write(str(next(calls))))
sys.setprofile(first)
sys.settrace(second)
main()
"""
"""A program that is interrupted at its n-th call of a function, and again at its m-th, whatever it does there."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with a service's rules and a journal."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rules.py").write_text(RULES, encoding="utf-8")
    (tmp_path / "journal.jsonl").write_text("\n".join(LINES[:120]), encoding="utf-8")
    return tmp_path


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a store in which things have happened."""
    place = tmp_path_factory.mktemp("lived")
    (place / "journal.jsonl").write_text("\n".join(LINES[:120]), encoding="utf-8")
    assert process("run", "journal.jsonl", folder=place).returncode == 1
    return place


FIRST_CONVOCATION = next(number for number, line in enumerate(LINES, 1) if '"convoke"' in line)


@pytest.mark.parametrize(
    ("rule", "said", "batch"),
    [
        ("failing", "ZeroDivisionError: division by zero", "1"),
        ("gone", "holidays: no answer", "50"),
        ("broken", "KeyError: 'agen'", "7"),
    ],
)
def test_a_policy_that_raises_names_its_line(folder: Path, rule: str, said: str, batch: str) -> None:
    """Exit 5, the place in the service's code, the line, and the counts of what came before, which is stored."""
    words = ["run", "journal.jsonl", "--settings", f"rules:{rule}", "--format", "json", "--batch", batch]
    ran = invoke(*words, "--refusals", "refused.jsonl")
    line = FIRST_CONVOCATION
    assert ran.exit_code == 5
    assert f"stopped at line {line}: go on with --from-line {line}" in ran.stderr
    assert said in ran.stderr
    assert "rules.py:6 never: " in ran.stderr
    assert "Traceback" not in ran.stderr
    before = json.loads(ran.stdout)
    assert before["accepted"] + before["refused"] == line - 1
    stored = json.loads(invoke("applications", "--format", "json", "--limit", "0").stdout)
    assert {each["reference"]: each["state"] for each in stored} == before["states"]["applications"]
    assert len((folder / "refused.jsonl").read_text(encoding="utf-8").splitlines()) == before["refused"]


def test_other_commands_say_it_too(folder: Path) -> None:
    """`exec` and `readjudicate`; who asks for it is shown the whole traceback."""
    line = FIRST_CONVOCATION
    assert invoke("run", "journal.jsonl", "--settings", "rules:failing").exit_code == 5
    told = invoke("exec", LINES[line - 1], "--settings", "rules:failing")
    assert (told.exit_code, told.stdout) == (5, "")
    assert "ZeroDivisionError" in told.stderr
    judged = invoke("readjudicate", "journal.jsonl", "--settings", "rules:failing")
    assert judged.exit_code == 5
    assert f"line {line}: " in judged.stderr
    whole = process("readjudicate", "journal.jsonl", "--settings", "rules:gone", folder=folder, POEC_TRACEBACK="1")
    assert whole.returncode == 5
    assert "Traceback (most recent call last)" in whole.stderr


@pytest.mark.parametrize("times", [1, 2])
def test_ctrl_c_says_the_line_that_is_reached(folder: Path, times: int) -> None:
    """Exit 130; going on from the line that it names comes to the same store as never having stopped."""
    (folder / "journal.jsonl").write_text("\n".join(LINES[:200]), encoding="utf-8")
    program = [sys.executable, "-m", "poec_workflow"]
    with subprocess.Popen(
        [*program, "run", "-", "--format", "json"],
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # A shell lets what it runs in the background ignore Ctrl-C, and its children with it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    ) as running:
        assert running.stdin
        running.stdin.write("\n".join(LINES[:40]).encode() + b"\n")
        running.stdin.flush()
        while (
            b"C-" not in subprocess.run([*program, "applications"], cwd=folder, capture_output=True, check=False).stdout
        ):
            assert running.poll() is None
        for _ in range(times):
            running.send_signal(signal.SIGINT)
        out, said = running.communicate(timeout=60)
    assert running.returncode == 130
    assert b"Traceback" not in said
    if times == 1:
        line = said.decode().partition("stopped at line ")[2].partition(":")[0]
        counted = json.loads(out)
        assert counted["accepted"] + counted["refused"] == int(line) - 1
        rest = process("run", "journal.jsonl", "--from-line", line, "--format", "json", folder=folder)
        whole = process("run", "journal.jsonl", "--store", "memory:", "--format", "json", folder=folder)
        assert json.loads(rest.stdout)["states"] == json.loads(whole.stdout)["states"]


@pytest.mark.parametrize("words", [["run", "journal.jsonl"], ["store", "upgrade"]], ids=" ".join)
def test_ctrl_c_wherever_it_comes(folder: Path, words: list[str]) -> None:
    """130 and no traceback: in the midst of loading, of closing a connection, at the end of the process, and twice."""
    (folder / "journal.jsonl").write_text("\n".join(LINES[:12]), encoding="utf-8")
    (folder / "interrupted.py").write_text(INTERRUPTED, encoding="utf-8")

    def interrupted(once: int, again: int) -> subprocess.CompletedProcess[bytes]:
        (folder / "poec.db").unlink(missing_ok=True)
        called = [sys.executable, "interrupted.py", str(once), str(again), *words]
        return subprocess.run(called, cwd=folder, capture_output=True, check=False, timeout=60)

    assert interrupted(0, 0).returncode in {0, 1}
    calls = int((folder / "calls").read_text(encoding="utf-8"))
    for share, after in [(0.01, 0), (0.3, 1), (0.6, 0), (0.9, 3000), (0.97, 1), (0.97, 0), (0.99, 2), (0.999, 0)]:
        once = round(calls * share)
        ran = interrupted(once, after and once + after)
        assert ran.returncode == 130, (once, after)
        assert not [each for each in (b"Traceback", b"Aborted") if each in ran.stderr], (once, after, ran.stderr)


@pytest.mark.parametrize(
    "words",
    [
        ["applications"], ["applications", "--format", "json"], ["applications", "--format", "csv", "--limit", "0"],
        ["demo"], ["--help"], ["diagram"], ["history", "C-000001"], ["run", "journal.jsonl", "--store", "memory:"],
    ],
)  # fmt: skip
def test_a_reader_who_goes_is_no_fault(lived: Path, words: list[str]) -> None:
    """Quiet, and 141, as of a program that a signal ends; never 1, which means refused."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        ran = subprocess.run(
            [sys.executable, "-m", "poec_workflow", *words],
            cwd=lived,
            stdout=writing,
            stderr=subprocess.PIPE,
            check=False,
        )
    finally:
        os.close(writing)
    assert (ran.returncode, ran.stderr) == (141, b"")


def test_python_code_gets_what_the_policy_raised(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The exception itself: who calls the library has its own way with it."""
    monkeypatch.syspath_prepend(str(folder))
    from rules import failing  # type: ignore[import-not-found]  # noqa: PLC0415

    from poec_workflow.adapters.memory import MemoryStorage  # noqa: PLC0415
    from poec_workflow.serialization import journal_line  # noqa: PLC0415

    workflow: Any = Workflow(MemoryStorage(), settings=failing)
    *before, raising = (journal_line(line) for line in LINES[:FIRST_CONVOCATION])
    assert any(isinstance(each, Accepted) for each in workflow.execute_many(before))
    with pytest.raises(ZeroDivisionError):
        workflow.submit(raising)
