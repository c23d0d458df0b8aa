"""What the tests of pictures share: every lifecycle, language and way to draw it."""

from __future__ import annotations

from datetime import date
from functools import cache

import pytest
from attrs import evolve

from poec_workflow import Request, Workflow
from poec_workflow.adapters.memory import MemoryStorage
from poec_workflow.cli import demo_scenario
from poec_workflow.diagrams import Graph, graph
from poec_workflow.machines import LIFECYCLES, SESSION
from poec_workflow.testing import SettableClock

LIFECYCLE = pytest.mark.parametrize("lifecycle", LIFECYCLES.values(), ids=lambda each: each.name)
LANG = pytest.mark.parametrize("lang", ["fr", "en"])
GROUPED = pytest.mark.parametrize("grouped", [False, True], ids=["flat", "grouped"])
SHOWS = ((), ("conditions",), ("conditions", "codes", "actors"))
SHOW = pytest.mark.parametrize("show", SHOWS, ids=["bare", "conditions", "everything"])


@cache
def season() -> Workflow:
    """The demo's season, lived."""
    workflow = Workflow(MemoryStorage(), clock=SettableClock("2022-03-26T06:00:00+01:00"))
    steps = demo_scenario.Scenario(date(2022, 3, 26), workflow.settings.zone).steps()
    workflow.execute_many([Request(command=each.command, actor=each.actor, at=each.at) for each in steps])
    return workflow


NASTY = 'a "b" <c> {d}; #e: f --> g \\ %% [h] __i__ **j** `k` ~~l~~'
"""A label with everything that some language takes for its own."""


def nasty() -> Graph:
    """A graph whose every word is nasty."""
    drawn = graph(SESSION)
    nodes = tuple(evolve(node, label=f"{node.state} {NASTY}") for node in drawn.nodes)
    return evolve(drawn, nodes=nodes, edges=tuple(evolve(edge, command=NASTY) for edge in drawn.edges))
