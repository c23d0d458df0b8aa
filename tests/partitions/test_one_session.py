"""From the statements, and the plans that PostgreSQL makes of them: a command goes to the partition of one session."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve, frozen

sys.path.insert(0, str(Path(__file__).parents[1] / "sql"))

from datetime import timedelta

from partition_audit import Step, audited
from partitioned_stores import partitioned_storage
from story import SESSION, scenes

from guarantees import ADVISER, NOW, PLATFORM, TRAINER, registering, workflow_on, workflow_with_session
from poec_workflow import Accepted, Actor, Request, SubjectKind, Workflow, commands
from poec_workflow.adapters.sql import SqlStorage
from poec_workflow.adapters.sql.partitioned_schema import BY_OWN_KEY
from poec_workflow.commands import COMMANDS, Command, Preregister, Retain
from poec_workflow.model import SYSTEM, ActorKind
from poec_workflow.testing import SettableClock
from poec_workflow.testing.contracts.fixtures import opening
from world import SAMPLES

EVERY = {name for name, each in COMMANDS.items() if each.subject_kind is not SubjectKind.ACTION}
CAUSED = {"refuse-session-full", "cancel"}
"""What a session's command carries out, and is refused by itself."""
STRANGER = Actor(kind=ActorKind.ORGANIZATION, organization="NOBODY")
SESSIONS = (*(f"S-{number}" for number in range(1, 10)), "?-9")


@frozen
class Played:
    """A command, how it was answered, and the statements on distributed tables that it took."""

    command: Command
    codes: frozenset[str]
    steps: tuple[Step, ...]


def play(storage: SqlStorage, request: Request) -> Played:
    with audited(SESSIONS) as steps:
        answer = workflow_on(storage).submit(request)
    codes = frozenset() if isinstance(answer, Accepted) else answer.codes
    return Played(request.command, frozenset(codes), tuple(steps))


@pytest.fixture(scope="module")
def store() -> Iterator[SqlStorage]:
    """A partitioned store with a session that others' applications are on."""
    with partitioned_storage() as storage:
        workflow = workflow_with_session(storage)
        for number in (91, 92):
            workflow.execute(registering(number), ADVISER)
        yield storage


@pytest.fixture(scope="module")
def accepted(store: SqlStorage) -> list[Played]:
    """Every command that is accepted by itself, with a key."""
    taken_over: Any = SAMPLES["import-application"]
    imports = (SAMPLES["import-session"], evolve(taken_over, application="C-80", session="S-3"))
    told = [*scenes(), *((each, PLATFORM, NOW) for each in imports)]
    story = [Request(command, actor, at=at, key=f"k-{n}") for n, (command, actor, at) in enumerate(told)]
    played = [play(store, each) for each in story]
    assert {code for each in played for code in each.codes} == set()
    return played


@pytest.fixture(scope="module")
def refused(store: SqlStorage, accepted: list[Played]) -> list[Played]:
    """Every command, refused by each of the answers that come before the rules, and by its rules."""
    del accepted
    return [play(store, each) for name in sorted(EVERY) for each in _refusals(SAMPLES[name])]


def _refusals(sample: Any) -> Iterator[Request]:
    """Nobody's subject, nobody's right, another version, an ended session, and a key that others used."""
    nobodys = (
        "session" if sample.subject_kind is SubjectKind.SESSION or isinstance(sample, Preregister) else "application"
    )
    nobodys = "action" if isinstance(sample, commands.CreateSession) else nobodys
    here = evolve(sample, session=SESSION) if hasattr(sample, "session") else evolve(sample, application="C-4")
    if isinstance(here, Preregister):
        here = evolve(here, application="C-91")
    for actor in (STRANGER, TRAINER, PLATFORM, ADVISER, SYSTEM):
        yield Request(here, actor)
    yield Request(evolve(here, **{nobodys: "?-9"}), PLATFORM)
    yield Request(here, PLATFORM, expected_version=77)
    yield Request(here, SYSTEM, key="k-1")


def test_every_command_was_accepted_and_refused(accepted: list[Played], refused: list[Played]) -> None:
    """Of every class; two are refused alone, and by every family of answers."""
    assert {each.command.type for each in accepted} == EVERY - CAUSED
    assert {each.command.type for each in refused if each.codes} == EVERY
    codes = {code for each in refused for code in each.codes}
    early = {"unknown-application", "unknown-session", "unknown-action", "not-permitted", "stale-version"}
    assert early | {"no-transition", "duplicate-reference", "key-reused"} <= codes
    assert all(each.codes for each in refused)


def test_a_command_goes_to_one_session(accepted: list[Played], refused: list[Played]) -> None:
    """But for the advisory of `retain`, which looks for the candidate everywhere; a directory is asked by its key."""
    elsewhere = [
        (each.command.type, step.words)
        for each in (*accepted, *refused)
        for step in each.steps
        if not step.is_of_one_session and not step.is_by_own_key
    ]
    assert {command for command, _ in elsewhere} == {Retain.type}, elsewhere[:3]
    assert all("poec_applications.session != " in words for _, words in elsewhere)


def test_the_directory_is_asked_once(accepted: list[Played], refused: list[Played]) -> None:
    """At most, by a command that names an application alone, and by none that names a session."""
    for each in (*accepted, *refused):
        lookups = [step for step in each.steps if step.words.startswith("SELECT") and _is_directory(step)]
        names_application = each.command.subject_kind is SubjectKind.APPLICATION
        assert len(lookups) <= names_application, each


def _is_directory(step: Step) -> bool:
    return step.tables == {"poec_application_sessions"}


def test_a_replay_goes_to_one_session(store: SqlStorage, accepted: list[Played]) -> None:
    """The command again, and what it moved read from the history, cascades included."""
    for number, (command, actor, at) in enumerate(scenes()):
        again = play(store, Request(command, actor, at=at, key=f"k-{number}"))
        assert again.codes == set()
        assert _elsewhere(again.steps) == []
        assert any(step.tables == {"poec_history"} for step in again.steps)
    assert accepted


def test_a_preview_goes_to_one_session(store: SqlStorage, accepted: list[Played]) -> None:
    """Nothing is locked, and nothing is kept."""
    assert accepted
    workflow = workflow_on(store)
    with audited(SESSIONS) as steps:
        workflow.preview(commands.Convoke("C-91", on=NOW.date()), TRAINER)
        workflow.preview(commands.SetCapacity("S-1", capacity=9), PLATFORM)
    assert len(steps) >= 3
    assert _elsewhere(steps) == []


def test_the_statements_of_a_batch_name_one_session_each(store: SqlStorage, accepted: list[Played]) -> None:
    """Whatever the sessions of its commands; directories are asked for all keys at once."""
    assert accepted
    workflow = workflow_on(store)
    for number in (5, 6):
        workflow.execute(opening(f"S-{number}"), PLATFORM)
    requests = [
        Request(registering(200 + number, f"S-{5 + number % 2}"), ADVISER, key=f"b-{number}") for number in range(4)
    ]
    moves = [Request(commands.Convoke(f"C-{200 + number}", on=NOW.date()), TRAINER) for number in range(4)]
    with audited(SESSIONS) as steps:
        assert all(isinstance(each, Accepted) for each in workflow.execute_many([*requests, *moves], atomic=True))
        assert all(isinstance(each, Accepted) for each in workflow.execute_many(_presences(), atomic=True))
    assert [step.words for step in steps if not step.is_of_one_session and not step.tables <= {*BY_OWN_KEY}] == []
    named = {next(iter(step.named)) for step in steps if step.named}
    assert named == {"S-5", "S-6"}


def _presences() -> list[Request]:
    return [Request(commands.RecordPresence(f"C-{200 + number}"), TRAINER) for number in range(4)]


def test_a_sweep_looks_for_sessions_then_goes_to_each(store: SqlStorage, accepted: list[Played]) -> None:
    """The search alone is in every partition."""
    assert accepted
    workflow = Workflow(store, clock=SettableClock(NOW + timedelta(days=400)))
    with audited(SESSIONS) as steps:
        assert len(workflow.sweep().expired) >= 6
    searches = _elsewhere(steps)
    assert searches
    assert all(words.startswith("SELECT poec_sessions.end_on, poec_sessions.reference \nFROM") for words in searches)


def _elsewhere(steps: Sequence[Step]) -> list[str]:
    return [step.words for step in steps if not step.is_of_one_session and not step.is_by_own_key]
