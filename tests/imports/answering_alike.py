"""Two stores that should answer the same: all that can be asked of a store, and what comes of further commands."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from attrs import evolve

from poec_workflow import Accepted, Actor, ActorKind, Refused, Request, Role, Workflow, to_dict
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.importing import ImportRow
from poec_workflow.importing.store_export import exported
from poec_workflow.model import SubjectKind
from poec_workflow.ports import Storage
from poec_workflow.serialization import journal_line
from poec_workflow.testing import SettableClock
from poec_workflow.testing.contracts.fixtures import NOW, PLATFORM, check
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


def answers(workflow: Workflow, every: int) -> Iterator[tuple[str, Any]]:
    """All that can be asked of a store, and what it answers; of organisations every so manieth."""
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
    for organization in queries.organizations()[::every]:
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


def the_same(there: Workflow, here: Workflow, every: int = 1) -> None:
    """Both answer the same, to people and to what may be done; of applications every so manieth is asked about."""
    for (asked, first), (_, second) in zip(answers(there, every), answers(here, every), strict=True):
        assert first == second, asked
    asked_of = list(islice(there.storage.queries.states(SubjectKind.APPLICATION), 0, None, every))
    for reference in asked_of:
        for actor in actors(there):
            assert there.explain(reference, actor) == here.explain(reference, actor), (reference, actor)
    for candidate in {there.application(each).candidate for each in asked_of}:
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


def half_a_season(lines: Sequence[bytes], storage: Storage, every: int = 1) -> None:
    """Play two thirds of it, have another store take them over, compare, and play the rest on both.

    With `every` compare a part, and play a part of the rest.
    """
    cut = len(lines) * 2 // 3
    first = MemoryStorage()
    season(first, lines[:cut])
    there, here = moved(first, storage, journal_line(lines[cut]).at or NOW)
    the_same(there, here, every)
    decided_alike(there, here, [journal_line(each) for each in lines[cut : cut + len(lines) // every]])
    check(storage)


def half_a_drawn_season(journal: Sequence[Request], cut: int, days: int, storage: Storage) -> None:
    """The same of a journal that was drawn, some days later; a second export is the first."""
    first = MemoryStorage()
    Workflow(first, clock=SettableClock(NOW)).execute_many(journal[:cut])
    there, here = moved(first, storage, NOW + timedelta(days=days))
    the_same(there, here)
    assert list(exported(storage.queries)) == list(exported(first.queries))
    decided_alike(there, here, journal[cut:])
