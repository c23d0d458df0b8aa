"""Pages out of some sessions, wherever in the order of applications theirs lie."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import date
from pathlib import Path
from random import Random
from unittest.mock import patch

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from guarantees import ADVISER, MADE, registering, workflow_on, workflow_with_session
from poec_workflow import ApplicationState, Role, SubjectKind, Workflow
from poec_workflow.adapters.sql import SqlStorage, paging
from poec_workflow.adapters.sql.application_statements import applications_page, shape_of
from poec_workflow.ports import Storage
from poec_workflow.testing.contracts.comparison import walked
from poec_workflow.testing.contracts.datasets import dataset, mixed, settle
from poec_workflow.testing.contracts.drawn_filters import APPLICATIONS, CLOCK, EACH_ORDER
from poec_workflow.testing.contracts.drawn_filters import PAGES as PAGES_ASKED
from poec_workflow.testing.reference import Snapshot
from poec_workflow.views import ApplicationFilter, PageRequest, Sort, Tab
from reference_lists import ReferenceLists
from statements import Said, noting

Order = Callable[[list[int]], list[int]]
ORDERS: Mapping[str, Order] = {
    "session by session": lambda numbers: numbers,
    "the last session first": lambda numbers: numbers[::-1],
    "in turn": lambda numbers: [each * 9 % len(numbers) + each * 9 // len(numbers) for each in numbers],
    "at random": lambda numbers: Random(3).sample(numbers, len(numbers)),  # noqa: S311 - no secret
}
"""Where the applications of one session after the other stand in the order of references."""


def ordered(order: Order) -> Snapshot:
    """Twenty-four sessions of nine applications, one in each state, referred to in some order."""
    stored = mixed()
    applications = sorted(stored.of_kind(SubjectKind.APPLICATION), key=lambda each: int(each.reference[2:]))
    others = [each for each in stored.subjects.values() if each.subject_kind is not SubjectKind.APPLICATION]
    named = zip(order(list(range(len(applications)))), applications, strict=True)
    renamed = {f"C-{number:03}": evolve(each, reference=f"C-{number:03}") for number, each in named}
    assert len(renamed) == len(applications)
    return dataset(*others, *renamed.values(), people=stored.people.values())


@pytest.fixture(scope="module", params=["postgresql", "sqlite"])
def stores(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Storage]]:
    """A store of each order."""
    if request.param == "postgresql":
        request.getfixturevalue("postgresql_server")
    folder: Path = tmp_path_factory.mktemp("orders")
    opened = {name: MADE[request.param](folder / f"{number}.db") for number, name in enumerate(ORDERS)}
    found = {name: each.__enter__() for name, each in opened.items()}
    for name, storage in found.items():
        settle(ordered(ORDERS[name]), storage)
    yield found
    for each in opened.values():
        each.__exit__(None, None, None)


@settings(max_examples=30, deadline=None)
@given(
    order=st.sampled_from(sorted(ORDERS)),
    asked=APPLICATIONS,
    page=PAGES_ASKED,
    size=st.integers(1, 40),
    walk=st.sampled_from([1, 2, 7, 1_000]),
)
def test_pages_are_the_list_in_pieces(
    stores: dict[str, Storage], order: str, asked: ApplicationFilter, page: PageRequest, size: int, walk: int
) -> None:
    """Whether they are found by walking a little, or by looking where each session goes on."""
    if page.sort is Sort.PLACE:
        page = evolve(page, sort=Sort.CANDIDATE)
    with patch.object(paging, "SCANNED", walk):
        applications_page.cache_clear()
        found = walked(Workflow(stores[order], clock=CLOCK).applications, asked, size, page)
    assert found == ReferenceLists(ordered(ORDERS[order]), live=False).applications(asked, page)


PAGES = {
    "everybody": ApplicationFilter(),
    "an organisation's": ApplicationFilter(organization="O-1500"),
    "a role's": ApplicationFilter(organization="O-1500", role=Role.TRAINER),
    "a state of an organisation's": ApplicationFilter(organization="O-1950", states=(ApplicationState.REJECTED,)),
    "a word of an organisation's": ApplicationFilter(organization="O-1500", text="o-1500"),
    "current": ApplicationFilter(tab=Tab.CURRENT),
    "of later sessions": ApplicationFilter(session_from=date(2021, 11, 20)),
    "a state": ApplicationFilter(states=(ApplicationState.REJECTED,)),
    "a session's": ApplicationFilter(session="T-1500"),
    "a session's in a state": ApplicationFilter(session="T-1950", states=(ApplicationState.REJECTED,)),
    "a candidate's": ApplicationFilter(candidate="Q-20000"),
    "an adviser's": ApplicationFilter(prescriber="FT"),
    "an adviser's of late": ApplicationFilter(prescriber="FT-1", session_from=date(2021, 11, 20)),
    "a word of an adviser's": ApplicationFilter(prescriber="FT-1", text="o-1500"),
    "a funder's": ApplicationFilter(funder="OPCO"),
    "behind a figure": ApplicationFilter(
        organization="O-1950", role=Role.TRAINER, column="rejected", published=True, since=date(2021, 11, 1)
    ),
    "expiring": ApplicationFilter(organization="O-1500", column="expiring", at=date(2022, 3, 20)),
    "a candidate's that are current": ApplicationFilter(candidate="Q-20000", tab=Tab.CURRENT),
}
"""Of a store of two thousand sessions, one after the other, of organisations of their own: the last start later, and
in the very last all are rejected."""

GATHERED = {
    ("a state", Sort.CANDIDATE),
    ("an adviser's of late", Sort.CANDIDATE),
    ("an adviser's", Sort.STATE),
}
"""Of what order all that match are sorted: they are few among the next people, or no counter knows them."""
WALKED = [
    (name, order)
    for name in PAGES
    for order in EACH_ORDER
    if order.sort is not Sort.PLACE and (name, order.sort) not in GATHERED
]

FILL = (
    """CREATE TEMP TABLE numbers AS
        WITH RECURSIVE up (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM up WHERE n < 40000) SELECT n FROM up""",
    "CREATE TEMP TABLE one AS SELECT * FROM poec_sessions WHERE reference = 'S-1'",
    """INSERT INTO poec_sessions SELECT 'T-' || n, version, state, action,
        iif(n <= 1500, '2021-10-01', start_on), end_on, registration_deadline, 'O-' || n, 'O-' || n, 'O-' || n, quota,
        'o-' || n, data, 20, iif(n > 1900, 0, 20), convoked, present, absent, retained, iif(n > 1900, 20, 0), no_advice,
        session_full, cancelled, session_type, place_key, head FROM one, numbers WHERE n <= 2000""",
    """INSERT INTO poec_applications SELECT 'D-' || n, version, iif(n > 38000, 'rejected', 'pending'),
        'T-' || ((n - 1) / 20 + 1), 'Q-' || n, registered_at, search, data,
        substr(registration_key, 1, 12) || printf('%05d', n) || 'D-' || n, iif(n % 9, 'FT', 'FT-1'), head
        FROM poec_applications, numbers WHERE reference = 'C-1'""",
    """INSERT INTO poec_people SELECT 'Q-' || n, 'n', NULL, 'n', '0' || (n * 7919 % 40000) FROM numbers""",
)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlStorage]:
    """Two thousand sessions of twenty applications each, one after the other; the last ones start later."""
    file = tmp_path_factory.mktemp("filled") / "poec.db"
    with SqlStorage.open(f"sqlite:///{file}") as storage:
        workflow_with_session(storage).execute(registering(1), ADVISER)
        with closing(sqlite3.connect(file)) as connection, connection:
            for each in FILL:
                connection.execute(each)
        yield storage


@pytest.mark.parametrize("name", PAGES)
def test_a_page_takes_few_steps(name: str, filled: SqlStorage) -> None:
    """However far away what it shows lies: fewer than it would take to look at forty thousand applications."""
    steps = []

    def counted(said: Said) -> None:
        said.cursor.connection.set_progress_handler(lambda: steps.append(1), 1_000)

    with noting(counted), closing(filled):
        page = workflow_on(filled).applications(PAGES[name])
    assert page.items
    assert len(steps) < 80


def named(each: str | PageRequest) -> str:
    """A word of a test's name."""
    return each if isinstance(each, str) else f"{each.sort}-{each.descending}"


@pytest.mark.parametrize(("name", "order"), WALKED, ids=named)
def test_a_page_takes_few_steps_in_every_order(name: str, order: PageRequest, filled: SqlStorage) -> None:
    """The same in every other order, both ways."""
    steps = []

    def counted(said: Said) -> None:
        said.cursor.connection.set_progress_handler(lambda: steps.append(1), 1_000)

    with noting(counted), closing(filled):
        page = workflow_on(filled).applications(PAGES[name], order)
    assert page.items
    assert len(steps) < 120


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (ApplicationFilter(), ApplicationFilter(text="  ")),
        (ApplicationFilter(text="zoé nabil"), ApplicationFilter(text="max  martin")),
        (
            ApplicationFilter(organization="A", tab=Tab.ENDED, session_from=date(2022, 1, 1)),
            ApplicationFilter(organization="B", tab=Tab.ENDED, session_from=date(2023, 1, 1)),
        ),
        (ApplicationFilter(session="S-1", candidate="P-1"), ApplicationFilter(session="S-2", candidate="P-2")),
    ],
)
def test_filters_of_a_shape_share_their_statement(one: ApplicationFilter, other: ApplicationFilter) -> None:
    """Whatever their values, so that each is built and compiled once."""
    statements = {applications_page(shape_of(each), 51, lateral=False) for each in (one, other)}
    assert len(statements) == 1
