"""One decision for all applications of one session in one state stores and answers what one decision for each would."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve, frozen
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Table, select

from guarantees import (
    ADVISER,
    MADE,
    PLATFORM,
    TRAINER,
    check,
    emptied_outbox,
    everything,
    registering,
    workflow_with_session,
)
from poec_workflow import (
    Candidate,
    CommandRefused,
    Origin,
    Prescriber,
    Request,
    Settings,
    Workflow,
    commands,
    sweep,
    to_dict,
)
from poec_workflow.adapters.sql import SqlStorage, overdue_batches
from poec_workflow.adapters.sql.schema import metadata
from poec_workflow.adapters.sql.stored_values import read
from poec_workflow.commands import Command
from poec_workflow.decider import Accepted
from poec_workflow.model import SYSTEM, ActorKind, Application
from poec_workflow.notices import NONE
from poec_workflow.policies.access import PERMISSIONS, Grant
from poec_workflow.policies.facts import Facts
from poec_workflow.ports import Storage
from poec_workflow.serialization import to_json
from poec_workflow.testing import SettableClock
from poec_workflow.testing.contracts.fixtures import NOW, opening
from poec_workflow.testing.contracts.sample_subjects import SESSION
from poec_workflow.testing.strategies import settings as drawn_settings
from stores import GOLDEN, PLACES, engine_of, restore

LATE = SettableClock("2022-05-30T09:00:00+02:00")
TODAY = NOW.date()


def _convoke(reference: str, text: str) -> Command:
    return commands.Convoke(reference, on=TODAY, place=text)


def _move(reference: str, text: str) -> Command:
    return commands.MoveConvocation(reference, on=TODAY, place=text)


def _present(reference: str, _text: str) -> Command:
    return commands.RecordPresence(reference)


def _absent(reference: str, _text: str) -> Command:
    return commands.RecordAbsence(reference, notified=True)


def _correct(reference: str, _text: str) -> Command:
    return commands.CorrectAttendance(reference)


def _withdraw(reference: str, text: str) -> Command:
    return commands.Withdraw(reference, reason="found-employment", comment=text)


STORIES: tuple[tuple[Callable[[str, str], Command], ...], ...] = (
    (),
    (_convoke,),
    (_convoke, _move, _move),
    (_convoke, _present),
    (_convoke, _present, _correct),
    (_convoke, _present, _correct, _present),
    (_convoke, _absent),
    (_withdraw,),
)


@frozen(kw_only=True)
class Registered:
    """One application of a drawn store: on which session, of whom, and what became of it."""

    reference: str
    session: int
    story: tuple[Callable[[str, str], Command], ...]
    prescriber: Prescriber
    text: str
    erased: bool


@frozen(kw_only=True)
class Town:
    """A drawn store: the references of its sessions, how many days before the usual day each ends, its applications."""

    sessions: tuple[str, ...]
    earlier: tuple[int, ...]
    applications: tuple[Registered, ...]


odd = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=8) | st.sampled_from(
    ['"', "\\", '\\"', "a\nb", "%s", "{0}", "\\u0000reference", '"\\u0000version"', "\u2028é", "NULL", "', ", "x" * 64]
)


@st.composite
def towns(draw: st.DrawFn) -> Town:
    """Two or three sessions, not all of them ended, and up to fourteen applications in any state."""
    others = odd.filter(lambda reference: reference != SESSION.reference)  # the store has that one already
    sessions = draw(st.lists(others, min_size=2, max_size=3, unique=True))
    references = draw(st.lists(odd, min_size=draw(st.sampled_from([8, 8, 0])), max_size=14, unique=True))
    registered = st.builds(
        Registered,
        reference=st.just(""),
        session=st.integers(0, len(sessions) - 1),
        story=st.sampled_from(STORIES),
        prescriber=st.sampled_from([Origin.SELF, Origin.FRANCE_TRAVAIL]).flatmap(
            lambda origin: st.builds(
                Prescriber, origin=st.just(origin), organization=st.just("FT"), name=st.none() | odd
            )
        ),
        text=odd,
        erased=st.booleans(),
    )
    return Town(
        sessions=tuple(sessions),
        earlier=tuple(draw(st.sampled_from([0, 0, 3, -70])) for _ in sessions),
        applications=tuple(evolve(draw(registered), reference=each) for each in references),
    )


TWO_BY_TWO = Town(
    sessions=("S-1st", "S-2nd"),
    earlier=(0, 3),
    applications=tuple(
        Registered(
            reference=f"C-{number}",
            session=number % 2,
            story=STORIES[number % 3],
            prescriber=Prescriber(origin=Origin.SELF),
            text="é",
            erased=number == 5,
        )
        for number in range(12)
    ),
)
"""Two sessions of different ends, with applications in the same states and in other versions."""


def fill(storage: Storage, town: Town) -> None:
    """Make the store by commands."""
    workflow = workflow_with_session(storage)
    requests = [
        Request(command=_opened(*each), actor=PLATFORM) for each in zip(town.sessions, town.earlier, strict=True)
    ]
    for number, each in enumerate(town.applications):
        person = Candidate(reference=f"P-{number}", name=each.text)
        registration = commands.Preregister(
            each.reference, session=town.sessions[each.session], candidate=person, prescriber=each.prescriber
        )
        requests.append(Request(command=registration, actor=PLATFORM))
        told = (step(each.reference, each.text) for step in each.story)
        requests += [Request(command=one, actor=TRAINER, key=f"{number}-{at}") for at, one in enumerate(told)]
    answers = workflow.execute_many(requests, atomic=True)
    assert all(isinstance(each, Accepted) for each in answers)
    for number, each in enumerate(town.applications):
        if each.erased:
            workflow.erase_candidate(f"P-{number}")


def _opened(reference: str, earlier: int) -> Command:
    return evolve(opening(reference, seats=20), end=SESSION.end - timedelta(days=earlier))


def seen(storage: Storage) -> list[object]:
    """All that a storage holds: of a database every row, with the numbers of the outbox, without the feed's places.

    These are the numbers of transactions, of which one by one there are more.
    """
    rows: object = None
    if isinstance(storage, SqlStorage):
        rows = storage._connections.read(  # noqa: SLF001 - what no port shows
            lambda connection: {
                each.name: sorted(map(tuple, connection.execute(select(*_compared(each)))), key=repr)
                for each in metadata.sorted_tables
            }
        )
    return [rows, everything(storage), emptied_outbox(storage)]


def _compared(table: Table) -> list[Column[Any]]:
    return [each for each in table.columns if each.name not in PLACES]


def looks_at_the_candidate(application: Application, _facts: Facts) -> bool:
    """A relation that holds for every application, which only reading it shows."""
    return application.candidate.startswith("P-")


LOOKING = Settings(permissions={**PERMISSIONS, commands.Expire: (Grant(ActorKind.SYSTEM, looks_at_the_candidate),)})


@pytest.fixture(params=sorted(MADE))
def kind(request: pytest.FixtureRequest) -> str:
    """The name of a kind of storage."""
    name: str = request.param
    if name == "postgresql":
        request.getfixturevalue("postgresql_server")
    return name


def test_what_is_decided_together_is_what_is_decided_one_by_one(
    kind: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Rows, histories, counters, messages in their order, and answers, in any store and under any settings."""

    @settings(max_examples=60 if kind == "memory" else 25, deadline=None, suppress_health_check=list(HealthCheck))
    @example(TWO_BY_TWO, Settings(), 3)
    @given(towns(), drawn_settings() | st.just(LOOKING), st.sampled_from([1, 3, 5, sweep.BATCH]))
    def hold(town: Town, rules: Settings, size: int) -> None:
        folder = tmp_path_factory.mktemp("together")
        with MADE[kind](folder / "one.db") as together, MADE[kind](folder / "other.db") as single:
            for storage in (together, single):
                fill(storage, town)
            expired = [each for batch in sweep.batches(together, LATE.now(), rules, size=size) for each in batch]
            workflow = Workflow(single, clock=LATE, settings=rules)
            answers = [workflow.execute(commands.Expire(each.subject.reference), SYSTEM) for each in expired]
            assert expired == answers
            assert not workflow.sweep().expired
            check(together)
            assert seen(together) == seen(single)

    hold()


def not_the_first(application: Application, _facts: Facts) -> bool:
    """Permits the system all but one."""
    return application.reference != "C-3"


def test_a_permission_that_looks_at_the_application_is_evaluated_for_each(storage: Storage) -> None:
    """One that it does not hold for stops the sweep, wherever it stands in its group."""
    workflow = workflow_with_session(storage, seats=5)
    for number in range(1, 6):
        workflow.execute(registering(number), ADVISER)
    before = everything(storage)
    rules = Settings(permissions={**PERMISSIONS, commands.Expire: (Grant(ActorKind.SYSTEM, not_the_first),)})
    with pytest.raises(CommandRefused, match="not-permitted"):
        Workflow(storage, clock=LATE, settings=rules).sweep()
    assert everything(storage) == before


def test_what_nobody_may_expire_stops_the_sweep(storage: Storage) -> None:
    """The refusal is raised, and nothing is stored, where the applications are decided together too."""
    workflow = workflow_with_session(storage, seats=5)
    workflow.execute(registering(1), ADVISER)
    before = everything(storage)
    rules = Settings(permissions={**PERMISSIONS, commands.Expire: ()})
    with pytest.raises(CommandRefused, match="not-permitted"):
        Workflow(storage, clock=LATE, settings=rules).sweep()
    assert everything(storage) == before


def test_a_text_of_another_form_is_rewritten(database_url: str) -> None:
    """As a release that wrote JSON in another order would have left it."""
    with SqlStorage.open(database_url) as storage:
        workflow = workflow_with_session(storage, seats=5)
        for number in (1, 2, 3):
            workflow.execute(registering(number), ADVISER)
        application = workflow.application("C-2")
        table = metadata.tables["poec_applications"]
        other = json.dumps(dict(reversed(to_dict(application).items())))
        changed = table.update().where(table.c.reference == "C-2").values(data=other)
        engine = engine_of(database_url)
        with engine.begin() as connection:
            connection.execute(changed)
        engine.dispose()
        Workflow(storage, clock=LATE).sweep()
        texts = storage._connections.read(lambda connection: connection.execute(table.select()).all())  # noqa: SLF001
        assert sorted(each.data for each in texts) == sorted(
            map(to_json, map(workflow.application, ("C-1", "C-2", "C-3")))
        )
        check(storage)


@pytest.mark.parametrize("dump", sorted(GOLDEN.rglob("*.sql")), ids=lambda each: each.stem)
def test_stored_texts_are_what_would_be_written_again(dump: Path, tmp_path: Path) -> None:
    """Whatever release wrote them, after an upgrade: what follows version and state may stay as it is."""
    restore(dump, tmp_path / "golden.db")
    with SqlStorage.open(f"sqlite:///{tmp_path}/golden.db") as storage:
        storage.create()
    with closing(sqlite3.connect(tmp_path / "golden.db")) as connection:
        texts = [text for (text,) in connection.execute("SELECT data FROM poec_applications")]
    assert texts
    assert [to_json(read(each, Application)) for each in texts] == texts


def test_answers_are_made_for_an_observer_alone(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each in the order of the batch; without one, and where nobody is told, only the first of a group is parsed."""
    read_texts: list[str] = []

    def noted(text: str, cls: type[Application]) -> Application:
        read_texts.append(text)
        application: Application = read(text, cls)
        return application

    monkeypatch.setattr(overdue_batches, "read", noted)
    with SqlStorage.open(database_url) as storage:
        workflow = evolve(workflow_with_session(storage, seats=20), notices=NONE)
        for number in range(10, 20):
            workflow.execute(registering(number), ADVISER)
        workflow.execute(commands.Convoke("C-12", on=TODAY), TRAINER)
        Workflow(storage, clock=LATE, notices=NONE).sweep()
        assert len(read_texts) == 2
        for number in range(20, 30):
            workflow.execute(registering(number), ADVISER)
        observed: list[str] = []
        hear: Any = lambda answer: observed.append(answer.subject.reference)  # noqa: E731
        Workflow(storage, clock=LATE, notices=NONE, observe=hear).sweep()
        assert observed == [f"C-{number}" for number in range(20, 30)]
