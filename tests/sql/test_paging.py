"""Pages out of some sessions, wherever in the order of applications theirs lie."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from random import Random
from unittest.mock import patch

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from guarantees import MADE
from poec_workflow import Workflow
from poec_workflow.adapters.sql import paging
from poec_workflow.ports import Storage
from poec_workflow.testing.contracts.asking import APPLICATIONS, CLOCK
from poec_workflow.testing.contracts.comparing import walked
from poec_workflow.testing.contracts.plain import Plain
from poec_workflow.testing.contracts.towns import Town, mixed, settle
from poec_workflow.views import ApplicationFilter

Order = Callable[[list[int]], list[int]]
ORDERS: Mapping[str, Order] = {
    "session by session": lambda numbers: numbers,
    "the last session first": lambda numbers: numbers[::-1],
    "in turn": lambda numbers: [each * 9 % len(numbers) + each * 9 // len(numbers) for each in numbers],
    "at random": lambda numbers: Random(3).sample(numbers, len(numbers)),  # noqa: S311 - no secret
}
"""Where the applications of one session after the other stand in the order of references."""


def town_of(order: Order) -> Town:
    """Twenty-four sessions of nine applications, one in each state, referred to in some order."""
    town = mixed()
    numbers = order(list(range(len(town.applications))))
    named = zip(numbers, town.applications.values(), strict=True)
    applications = {f"C-{number:03}": evolve(each, reference=f"C-{number:03}") for number, each in named}
    assert len(applications) == len(town.applications)
    return evolve(town, applications=applications)


@pytest.fixture(scope="module", params=["postgresql", "sqlite"])
def stores(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Storage]]:
    """A store of each order."""
    if request.param == "postgresql":
        request.getfixturevalue("postgresql_server")
    folder: Path = tmp_path_factory.mktemp("orders")
    opened = {name: MADE[request.param](folder / f"{number}.db") for number, name in enumerate(ORDERS)}
    found = {name: each.__enter__() for name, each in opened.items()}
    for name, storage in found.items():
        settle(town_of(ORDERS[name]), storage)
    yield found
    for each in opened.values():
        each.__exit__(None, None, None)


@settings(max_examples=30, deadline=None)
@given(
    order=st.sampled_from(sorted(ORDERS)),
    asked=APPLICATIONS,
    size=st.integers(1, 40),
    walk=st.sampled_from([1, 2, 7, 1_000]),
)
def test_pages_are_the_list_in_pieces(
    stores: dict[str, Storage], order: str, asked: ApplicationFilter, size: int, walk: int
) -> None:
    """Whether they are found by walking a little, or by looking where each session goes on."""
    with patch.object(paging, "_WALK", walk):
        found = walked(Workflow(stores[order], clock=CLOCK).applications, asked, size)
    assert found == Plain(town_of(ORDERS[order]), live=False).applications(asked)
