"""One request, one transaction: submitting, its remedy, explaining, and what a sweep would do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar, cast

import pytest
from attrs import evolve
from click.testing import CliRunner

from poec_workflow import (
    Accepted,
    Actor,
    CommandRefused,
    Malformed,
    Refused,
    Request,
    Settings,
    SubjectKind,
    Workflow,
    commands,
    serialization,
    to_json,
)
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.cli.app import program
from poec_workflow.model import Application
from poec_workflow.policies import PERMISSIONS, Grant
from poec_workflow.policies.access import AccessFacts
from poec_workflow.ports import Storage, Transaction
from poec_workflow.serialization import checked, journal_line
from poec_workflow.sweep import previews
from poec_workflow.testing import SettableClock
from world import ACTION, SAMPLES

T = TypeVar("T")

PLATFORM = Actor(kind="platform", organization="CAP")
TRAINER = Actor(kind="organization", organization="TRAIN")
OVERDUE = "2022-03-26T00:00:00+01:00"


def opened(storage: Storage, **settings: Any) -> Workflow:
    """A workflow on a storage that has one published action and one session."""
    workflow = Workflow(storage, clock=SettableClock("2021-11-20T10:00:00+01:00"), settings=Settings(**settings))
    workflow.execute(commands.CreateAction("A-1", title=ACTION.title, funder="OPCO", responsible="RESP"), PLATFORM)
    workflow.execute(commands.PublishAction("A-1"), PLATFORM)
    workflow.execute(evolve(cast("Any", SAMPLES["create-session"]), session="S-1"), PLATFORM)
    return workflow


def registering(number: int) -> commands.Preregister:
    made = cast("commands.Preregister", SAMPLES["preregister"])
    candidate = evolve(made.candidate, reference=f"P-{number}")
    return evolve(made, application=f"C-{number}", candidate=candidate)


def late(workflow: Workflow) -> Workflow:
    return evolve(workflow, clock=SettableClock(OVERDUE))


class Counting(MemoryStorage):
    """Counts its transactions, and does something between two of them."""

    count = 0
    meanwhile: Callable[[], object] | None = None

    def run(self, work: Any, *, write: bool = True) -> Any:
        self.count += 1
        result = super().run(work, write=write)
        if act := self.meanwhile:
            self.meanwhile = None
            act()
        return result


# Submitting


def test_submitting_answers_without_raising(storage: Storage) -> None:
    """Accepted and refused are answers; the observer hears both; a key is answered again."""
    heard: list[object] = []
    workflow = evolve(opened(storage), observe=heard.append)
    request = Request(registering(1), PLATFORM, key="k")
    first, again = workflow.submit(request), workflow.submit(request)
    assert isinstance(first, Accepted)
    assert again == evolve(first, replayed=True)
    refused = workflow.submit(evolve(request, key=None))
    assert isinstance(refused, Refused)
    assert refused.codes == {"duplicate-reference"}
    assert heard == [first, again, refused]
    with pytest.raises(Malformed):
        workflow.submit(evolve(request, key=cast("Any", 5)))


def test_a_refusal_and_its_remedy_are_of_one_moment() -> None:
    """What somebody else does right afterwards is not looked at: one transaction decides, and finds the remedy."""
    storage = Counting()
    workflow = opened(storage)
    request = Request(registering(9), PLATFORM, at=SettableClock("2022-02-01T10:00:00+01:00").now())
    storage.count = 0
    storage.meanwhile = lambda: workflow.execute(commands.CancelSession("S-1", reason="…"), PLATFORM)
    answer, remedy = workflow.submit_or_remedy(request)
    assert isinstance(answer, Refused)
    assert answer.codes == {"registration-deadline-passed"}
    assert remedy is not None
    assert remedy.fact == "today"
    assert storage.count == 2  # its own, and the cancellation's
    assert workflow.session("S-1").state == "cancelled"
    assert workflow.remedy(request) is None


def test_what_passes_needs_no_remedy(storage: Storage) -> None:
    """An accepted one is stored, and a used key's refusal has no remedy."""
    workflow = opened(storage)
    request = Request(registering(1), PLATFORM, key="k")
    answer, remedy = workflow.submit_or_remedy(request)
    assert (isinstance(answer, Accepted), remedy) == (True, None)
    reused, remedy = workflow.submit_or_remedy(evolve(request, command=registering(2)))
    assert isinstance(reused, Refused)
    assert reused.codes == {"key-reused"}
    assert remedy is None


# Read once


def test_a_line_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was read from the wire format, or conforms to it, is not written and read again; another copy is."""
    read = journal_line(to_json(Request(registering(1), PLATFORM, at=SettableClock(OVERDUE).now())))
    changed = evolve(read, key=cast("Any", 5))
    made = Request(read.command, read.actor)
    monkeypatch.setattr(serialization, "to_dict", lambda _value: pytest.fail("written again"))
    assert checked(read) is read
    assert checked(made) is made
    with pytest.raises(pytest.fail.Exception):
        checked(changed)
    monkeypatch.undo()
    with pytest.raises(Malformed, match=r"^\$\.key: expected a str, not 5$"):
        checked(changed)


# Explaining


def test_an_explanation_is_of_one_moment() -> None:
    """What changes between two looks does not mix: the subject is explained as it is among its neighbours."""
    storage = MemoryStorage()
    workflow = opened(storage)
    workflow.execute(registering(1), PLATFORM)

    class Changing:
        """Queries after whose first look a session is cancelled."""

        def subject(self, kind: SubjectKind, reference: str) -> Any:
            found = storage.queries.subject(kind, reference)
            if storage.queries.subject(SubjectKind.SESSION, "S-1").state != "cancelled":  # type: ignore[union-attr]
                workflow.execute(commands.CancelSession("S-1", reason="…"), PLATFORM)
            return found

        def around(self, application: Application) -> Any:
            return storage.queries.around(application)

    class Between(MemoryStorage):
        @property
        def queries(self) -> Any:
            return Changing()

    explained = workflow.using(Between()).explain("C-1", TRAINER)
    codes = {refusal.code for each in explained for refusal in each.refusals if each.command is commands.Convoke}
    assert codes == {"no-transition"}


# Sweeping


def test_a_dry_run_says_what_a_sweep_does(storage: Storage) -> None:
    """The same references, told on the way, and nothing is stored or heard of."""
    heard: list[object] = []
    told: list[int] = []
    workflow = evolve(late(opened(storage)), observe=heard.append)
    early = evolve(workflow, clock=SettableClock("2021-11-20T10:00:00+01:00"), observe=None)
    for number in (3, 1, 2):
        early.execute(registering(number), PLATFORM)
    dry = workflow.sweep(dry_run=True, progress=told.append)
    assert (dry.expired, dry.dry_run, told) == (("C-1", "C-2", "C-3"), True, [3])
    assert heard == []
    assert [len(workflow.history("application", f"C-{each}")) for each in (1, 2, 3)] == [1, 1, 1]
    assert workflow.sweep().expired == dry.expired
    assert workflow.sweep(dry_run=True).expired == ()
    assert early.sweep(dry_run=True).expired == ()


def nobodys(_subject: object, _facts: AccessFacts) -> bool:
    """A relation that holds for nobody."""
    return False


@pytest.mark.parametrize("grants", [(), (Grant("platform"),), (Grant("system", nobodys),)])
def test_a_sweep_that_is_forbidden_fails_alike(storage: Storage, grants: tuple[Grant, ...]) -> None:
    """Dry or not, the settings' own refusal comes out, and nothing is stored."""
    workflow = late(opened(storage, permissions={**PERMISSIONS, commands.Expire: grants}))
    evolve(workflow, clock=SettableClock("2021-11-20T10:00:00+01:00")).execute(registering(1), PLATFORM)
    for dry_run in (True, False):
        with pytest.raises(CommandRefused) as caught:
            workflow.sweep(dry_run=dry_run)
        assert caught.value.codes == {"not-permitted"}
    assert workflow.application("C-1").version == 1


def test_a_dry_run_passes_over_what_was_overtaken() -> None:
    """What ended, or was given more time, after it was listed is not what a sweep would expire; nor is it a failure."""
    storage = Counting()
    workflow = late(opened(storage))
    early = evolve(workflow, clock=SettableClock("2021-11-20T10:00:00+01:00"))
    for number in (1, 2, 3):
        early.execute(registering(number), PLATFORM)

    def meanwhile() -> None:
        early.execute(commands.Withdraw("C-2", reason="found-employment"), PLATFORM)

    storage.meanwhile = meanwhile
    found = list(previews(storage, workflow.clock.now(), workflow.settings, size=1))
    assert [[each.subject.reference for each in batch] for batch in found] == [["C-1"], [], ["C-3"]]

    def moved() -> None:
        session = workflow.session("S-1")
        early.execute(
            commands.RescheduleSession(
                "S-1",
                start=session.start,
                end=date(2022, 6, 1),
                registration_deadline=session.registration_deadline,
                late_entry_deadline=session.late_entry_deadline,
            ),
            PLATFORM,
        )

    storage.meanwhile = moved
    found = list(previews(storage, workflow.clock.now(), workflow.settings, size=1))
    assert [[each.subject.reference for each in batch] for batch in found] == [["C-1"], []]


def test_a_transaction_that_only_looks_loads_what_a_sweep_would_claim(storage: Storage) -> None:
    """Every storage loads the same application and session for both."""
    workflow = late(opened(storage))
    evolve(workflow, clock=SettableClock("2021-11-20T10:00:00+01:00")).execute(registering(1), PLATFORM)

    def looked(transaction: Transaction) -> list[object]:
        [claimed] = transaction.claim_overdue(date(2022, 3, 5), limit=5)
        loaded = transaction.load(commands.Expire("C-1"))
        return [(each.subject, each.enrolment and each.enrolment.session) for each in (claimed, loaded)]

    one, other = storage.run(looked, write=False)
    assert one == other


# The command line


def test_a_line_that_could_not_be_read_again_stops_nothing_else(tmp_path: Path) -> None:
    """It is malformed like any other, with its number; the lines around it are executed."""
    create = commands.CreateAction("A-1", title=ACTION.title, funder="OPCO", responsible="RESP")
    at = SettableClock("2021-11-20T10:00:00+01:00").now()
    lines = [to_json(Request(evolve(create, action=f"A-{each}"), PLATFORM, at=at)) for each in range(3)]
    lines[1] = lines[1].replace("2021-11-20T10:00:00+01:00", "2999-12-31T23:59:59-11:00")
    journal = tmp_path / "journal.jsonl"
    journal.write_text("\n".join(lines), encoding="utf-8")
    ran = CliRunner().invoke(program, ["run", str(journal), "--store", "memory:"])
    assert ran.exit_code == 2
    assert ran.stderr == "line 2: $.at: expected a year from 1900 to 2999 in Europe/Paris\n"
    assert ran.stdout.split()[:6] == ["2", "accepted", "0", "refused", "1", "malformed"]
    alone = CliRunner().invoke(program, ["exec", lines[1], "--store", "memory:"])
    assert (alone.exit_code, "$.at" in alone.stderr) == (2, True)


def test_a_sweep_that_is_forbidden_exits_alike(tmp_path: Path) -> None:
    """`sweep` and `sweep --dry-run` both end with 1, a refusal's exit code."""
    url = f"sqlite:///{tmp_path / 'poec.db'}"
    (tmp_path / "forbidding.py").write_text(
        "from poec_workflow import Settings, commands\n"
        "from poec_workflow.policies import PERMISSIONS\n"
        "ours = Settings(permissions={**PERMISSIONS, commands.Expire: ()})\n",
        encoding="utf-8",
    )
    from poec_workflow.adapters.sql import SqlStorage  # noqa: PLC0415 - of this test alone

    with SqlStorage.open(url) as stored:
        opened(stored).execute(registering(1), PLATFORM)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        for more in ([], ["--dry-run"]):
            ran = CliRunner().invoke(
                program, ["sweep", *more, "--at", OVERDUE, "--store", url, "--settings", "forbidding:ours"]
            )
            assert (ran.exit_code, "not-permitted" in ran.stderr) == (1, True)
