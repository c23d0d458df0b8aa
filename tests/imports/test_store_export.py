"""A store exported and imported into another one answers the same, now and to what comes.

What cannot be the same: histories (one entry, `I1`), versions, idempotency keys, messages, and the place in the feed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guarantees import MADE
from poec_workflow import Accepted, Actor, ActorKind, ApplicationState, Refused, Request, Role, Workflow, to_dict
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.commands import COMMANDS, Command
from poec_workflow.importing import ImportRow
from poec_workflow.importing.import_fields import IMPORTS
from poec_workflow.importing.store_export import exported
from poec_workflow.model import SubjectKind
from poec_workflow.ports import Queries, Storage
from poec_workflow.serialization import journal_line
from poec_workflow.testing import SettableClock
from poec_workflow.testing.contracts.fixtures import NOW, PLATFORM, check
from poec_workflow.testing.strategies import journals
from poec_workflow.views import (
    ActionFilter,
    ActionTab,
    ApplicationFilter,
    Column,
    PageRequest,
    SessionFilter,
    Sort,
    Tab,
)
from seasons import given_season

ALL = PageRequest(limit=0)


def moved(storage: Storage, other: Storage, now: datetime) -> tuple[Workflow, Workflow]:
    """Workflows on a storage, and on another one that has taken over what it has."""
    there, here = (Workflow(each, clock=SettableClock(now)) for each in (storage, other))
    rows = [ImportRow(line, each) for line, each in enumerate(exported(storage.queries), 1)]
    report = here.import_(rows, PLATFORM, batch=50)
    assert not report.faults
    assert sum(report.imported.values()) == len(rows)
    return there, here


def without_versions(value: object) -> Any:
    """An answer as JSON, without the versions in it."""
    return json.loads(
        json.dumps(to_dict(value)), object_hook=lambda each: {**each, "version": 0} if "version" in each else each
    )


def answers(workflow: Workflow) -> Iterator[tuple[str, Any]]:
    """All that can be asked of a store, and what it answers."""
    queries = workflow.storage.queries
    for kind in SubjectKind:
        yield f"states of {kind}", queries.states(kind)
        for reference in queries.states(kind):
            yield reference, without_versions(workflow.subject(kind, reference))
    for tab in (None, *Tab):
        yield f"applications {tab}", without_versions(workflow.applications(ApplicationFilter(tab=tab), ALL).items)
        yield f"sessions {tab}", without_versions(workflow.sessions(SessionFilter(tab=tab), ALL).items)
    for action_tab in (None, *ActionTab):
        yield f"actions {action_tab}", without_versions(workflow.actions(ActionFilter(tab=action_tab), ALL).items)
    yield "tabs", (workflow.application_tabs(), workflow.session_tabs(), workflow.action_tabs())
    yield "by state", without_versions(workflow.applications(page=PageRequest(limit=0, sort=Sort.STATE)).items)
    yield "text", without_versions(workflow.applications(ApplicationFilter(text="zoé"), ALL).items)
    for organization in queries.organizations():
        yield f"dashboard of {organization}", workflow.dashboard(organization)
        yield f"queue of {organization}", without_versions(workflow.work_queue(organization))
        for role in Role:
            for column in Column:
                door = ApplicationFilter(organization=organization, role=role, column=column, published=True)
                yield f"{organization} {role} {column}", without_versions(workflow.applications(door, ALL).items)


def actors(workflow: Workflow) -> Sequence[Actor]:
    """One of each kind, who has to do with what there is."""
    holders = workflow.storage.queries.organizations()[:2]
    of_organizations = (ActorKind.ORGANIZATION, ActorKind.ADVISER, ActorKind.FUNDER)
    return [
        *(Actor(kind=kind, organization=each) for kind in of_organizations for each in holders),
        Actor(kind=ActorKind.CANDIDATE, candidate="P-00001"),
        PLATFORM,
        Actor(kind=ActorKind.SYSTEM),
    ]


def the_same(there: Workflow, here: Workflow) -> None:
    """Both answer the same, to people and to what may be done."""
    for (asked, first), (_, second) in zip(answers(there), answers(here), strict=True):
        assert first == second, asked
    for reference in there.storage.queries.states(SubjectKind.APPLICATION):
        for actor in actors(there):
            assert there.explain(reference, actor) == here.explain(reference, actor), (reference, actor)
    for candidate in {
        there.application(each).candidate for each in there.storage.queries.states(SubjectKind.APPLICATION)
    }:
        first, second = (each.candidate_applications(candidate) for each in (there, here))
        assert without_versions(first) == without_versions(second)
        assert there.storage.queries.candidate(candidate) == here.storage.queries.candidate(candidate)


def decided_alike(there: Workflow, here: Workflow, requests: Sequence[Request]) -> None:
    """Further commands come out the same, one after the other: states, refusals, advisories, who is told."""
    for request in requests:
        asked = evolve(request, key=None, expected_version=None)
        first, second = there.submit(asked), here.submit(asked)
        assert type(first) is type(second), asked
        if isinstance(first, Refused):
            assert first == second, asked
        elif isinstance(second, Accepted):
            assert first.advisories == second.advisories
            assert [without_versions(each.subject) for each in first.changes] == [
                without_versions(each.subject) for each in second.changes
            ]
            assert [(each.notice, each.to) for each in first.notices] == [
                (each.notice, each.to) for each in second.notices
            ]


def season(storage: Storage, lines: Sequence[bytes]) -> None:
    """Play lines of the season that was given with the rules."""
    Workflow(storage, clock=SettableClock(NOW)).execute_many([journal_line(each) for each in lines], batch=100)


@pytest.mark.parametrize("other", sorted(MADE))
def test_the_season_answers_the_same_elsewhere(other: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """Half of it is played, exported and imported; all answers are the same, and so is the rest of the season."""
    if other == "postgresql":
        request.getfixturevalue("postgresql_server")
    lines, _ = given_season()
    half = len(lines) * 2 // 3
    with MADE[other](tmp_path / "other.db") as storage:
        first = MemoryStorage()
        season(first, lines[:half])
        at = journal_line(lines[half]).at
        there, here = moved(first, storage, at or NOW)
        the_same(there, here)
        decided_alike(there, here, [journal_line(each) for each in lines[half:]])
        check(storage)
        assert {each.subject_kind for each in exported(storage.queries)} == set(SubjectKind)


@pytest.mark.usefixtures("postgresql_server")
@pytest.mark.parametrize("first", ["sqlite", "postgresql"])
def test_every_storage_exports_the_same(first: str, tmp_path: Path) -> None:
    """In order of references, the same bytes."""
    lines, _ = given_season()
    memory = MemoryStorage()
    season(memory, lines)
    with MADE[first](tmp_path / "poec.db") as storage:
        season(storage, lines)
        assert list(exported(storage.queries)) == list(exported(memory.queries))


@settings(deadline=None, max_examples=8, suppress_health_check=list(HealthCheck))
@given(journals(longest=60, shortest=30), st.integers(10, 50), st.integers(-30, 120))
def test_drawn_seasons_answer_the_same_elsewhere(journal: list[Request], cut: int, days: int) -> None:
    """Whatever came, at any day: in memory, where a second export is the first."""
    first = MemoryStorage()
    Workflow(first, clock=SettableClock(NOW)).execute_many(journal[:cut])
    there, here = moved(first, MemoryStorage(), NOW + timedelta(days=days))
    the_same(there, here)
    assert list(exported(here.storage.queries)) == list(exported(first.queries))
    decided_alike(there, here, journal[cut:])


class _OneByOne:
    """The queries of a third party, which reads no many at once."""

    def __init__(self, queries: Queries) -> None:
        self._queries = queries

    def __getattr__(self, name: str) -> Any:
        return getattr(self._queries, name)


def test_a_storage_without_bulk_reads_exports_the_same() -> None:
    """One subject after the other."""
    memory = MemoryStorage()
    season(memory, given_season()[0])
    Workflow(memory).erase_candidate("P-00019")
    one_by_one: Any = _OneByOne(memory.queries)
    commands: list[Command] = list(exported(one_by_one))
    assert commands == list(exported(memory.queries))
    nameless = [each for each in commands if getattr(getattr(each, "candidate", None), "name", "-") == ""]
    assert nameless
    states = {each.state for each in commands if each.subject_kind is SubjectKind.APPLICATION}  # type: ignore[attr-defined]
    assert len(states & set(ApplicationState)) >= 7


def test_every_kind_can_be_exported() -> None:
    """A command of import for each kind, and each is on the wire."""
    assert set(IMPORTS) == set(SubjectKind)
    assert all(COMMANDS[each.type] is each for each in IMPORTS.values())
