"""How long people are kept: on storages of others, after a kill, and through the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from attrs import evolve
from click.testing import CliRunner, Result

from erased_names import drawn, town
from guarantees import ADVISER, NOW, check, registering, workflow_with_session
from poec_workflow import Settings, Workflow, commands, retention
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.cli.app import program
from poec_workflow.ports import Storage, Transaction
from poec_workflow.ports.keeping import CandidateFile, KeepsRecords
from poec_workflow.serialization import from_dict, to_dict
from poec_workflow.testing import SettableClock
from poec_workflow.testing.contracts.record_keeping import RecordContract
from poec_workflow.testing.contracts.retained_seasons import RetentionContract

T = TypeVar("T")
LATE = NOW + timedelta(days=3 * 366)


class Plain:
    """A third party's storage, whose transactions have what `Transaction` asks for, and nothing more."""

    def __init__(self, storage: Storage) -> None:
        self._storage, self.queries, self.outbox = storage, storage.queries, storage.outbox

    def run(self, work: Callable[[Transaction], T], *, write: bool = True) -> T:
        return self._storage.run(lambda each: work(PlainTransaction(each)), write=write)


class PlainTransaction:
    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def __getattr__(self, name: str) -> Any:
        if name in dir(KeepsRecords) and name not in dir(Transaction):
            raise AttributeError(name)
        return getattr(self._transaction, name)


class TestPlain(RecordContract, RetentionContract):
    """People are erased there one by one, by the same clock."""

    def empty_storage(self, folder: Path) -> AbstractContextManager[Storage]:
        del folder
        return nullcontext(Plain(MemoryStorage()))


def test_files_of_a_plain_storage_are_refused_before_anybody_is_erased() -> None:
    """Half of what the settings ask for is not done in silence."""
    workflow = evolve(town(MemoryStorage()), clock=SettableClock(LATE), settings=Settings(keep_file_years=3))
    plain = evolve(workflow, storage=Plain(workflow.storage))
    with pytest.raises(NotImplementedError):
        plain.retain_until()
    assert workflow.storage.queries.candidate("P-0") is not None


def test_a_plain_storage_has_a_file_too() -> None:
    """All but the keys, which its ports do not tell."""
    workflow = town(MemoryStorage())
    whole, plain = (evolve(workflow, storage=each) for each in (workflow.storage, Plain(workflow.storage)))
    asked = whole.candidate_file("P-1")
    assert asked.receipts
    found = plain.candidate_file("P-1")
    assert sorted(found.messages, key=str) == sorted(asked.messages, key=str)
    assert evolve(found, messages=()) == evolve(asked, messages=(), receipts=())


def test_progress_is_told(tmp_path: Path) -> None:
    """After each batch the number of people and files that were erased so far, batches of any size the same people."""
    with SqlStorage.open(f"sqlite:///{tmp_path}/poec.db") as storage:
        workflow = evolve(town(storage, drawn(12, 1)), clock=SettableClock(LATE))
        previews = [
            [
                each
                for batch in retention.batches(storage, LATE, Settings(), dry_run=True, size=size)
                for each in batch.people
            ]
            for size in (1, 5, 500)
        ]
        assert previews[0] == previews[1] == previews[2] == sorted(f"P-{number}" for number in range(12))
        said: list[int] = []
        workflow.retain_until(progress=said.append)
        assert said == [12]


KILLED = """
import os, signal, sys
from poec_workflow import Settings, from_dict, retention
from poec_workflow.adapters.sql import SqlStorage
from datetime import datetime

batches = retention.batches(
    SqlStorage.open(sys.argv[1]), datetime.fromisoformat(sys.argv[2]), Settings(keep_file_years=2), size=5
)
for number, batch in enumerate(batches):
    print(*batch.people, flush=True)
    if number == 1:
        os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_run_is_gone_on_with(tmp_path: Path) -> None:
    """What a process had erased when it was killed stays so; the next run erases the others alone."""
    url = f"sqlite:///{tmp_path}/poec.db"
    with SqlStorage.open(url) as storage:
        town(storage, drawn(17, 2))
    words = [sys.executable, "-c", KILLED, url, LATE.isoformat()]
    killed = subprocess.run(words, capture_output=True, text=True, check=False)
    assert killed.returncode == -9, killed.stderr
    before = killed.stdout.split()
    assert len(before) == 10
    with SqlStorage.open(url) as storage:
        settings = Settings(keep_file_years=2)
        report = Workflow(storage, clock=SettableClock(LATE), settings=settings).retain_until()
        assert sorted([*before, *report.people]) == sorted(f"P-{number}" for number in range(17))
        check(storage)


# The command line


@pytest.fixture
def terminal(tmp_path: Path) -> Callable[..., Result]:
    """`poec-workflow` on a store with one person who gave up in 2021, and one who still applies."""
    url = f"sqlite:///{tmp_path}/poec.db"
    with SqlStorage.open(url) as storage:
        workflow = workflow_with_session(storage)
        for number in (1, 2):
            workflow.execute(registering(number), ADVISER, key=f"k{number}")
        workflow.execute(commands.Withdraw("C-1", reason="found-employment", comment="parti"), ADVISER)

    def run(*words: str, lang: str = "fr") -> Result:
        return CliRunner().invoke(program, [*words], env={"POEC_STORE": url, "POEC_LANG": lang})

    return run


def test_retain_until_says_whom_and_erases_them(terminal: Callable[..., Result]) -> None:
    """First what it would do, then does it; a second time there is nothing."""
    shown = terminal("retain-until", "--dry-run")
    assert (shown.exit_code, shown.stdout) == (0, "P-1\n")
    assert shown.stderr == "1 personne serait effacée\n0 dossier serait vidé\n"
    assert "Zoé" in terminal("candidate", "P-1", "--file").stdout
    done = terminal("retain-until", lang="en")
    assert (done.stdout, done.stderr) == ("P-1\n", "1 person erased\n0 files erased\n")
    again = json.loads(terminal("retain-until", "--format", "json").stdout)
    assert (again["people"], again["files"], again["dry_run"]) == ([], [], False)


@pytest.mark.parametrize(("words", "code"), [(("--dry-run",), 0), ((), 2)])
def test_retain_until_of_a_later_day_is_a_dry_run(
    terminal: Callable[..., Result], words: tuple[str, ...], code: int
) -> None:
    """What is yet to come can be asked, and not done."""
    assert terminal("retain-until", "--at", "2222-01-01T00:00:00Z", *words).exit_code == code


def test_retain_until_of_an_earlier_day(terminal: Callable[..., Result]) -> None:
    """On the last day nobody is erased."""
    assert terminal("retain-until", "--at", "2023-11-20T22:59:59Z").stdout == ""
    assert terminal("retain-until", "--at", "2023-11-20T23:00:00Z").stdout == "P-1\n"


def test_a_candidates_file_is_one_json(terminal: Callable[..., Result]) -> None:
    """It reads as the value, and as the file that the workflow gives."""
    said = terminal("candidate", "P-1", "--file")
    assert said.exit_code == 0
    file = from_dict(json.loads(said.stdout), CandidateFile)
    assert file.person is not None
    assert file.person.name == "Zoé Nabil 1"
    assert [each.application.comment for each in file.applications] == ["parti"]
    assert str(file.personal_data_kept_until) == "2023-11-20"
    assert to_dict(file) == json.loads(said.stdout)
    nobody = json.loads(terminal("candidate", "P-77", "--file").stdout)
    assert (nobody["person"], nobody["applications"]) == (None, [])
