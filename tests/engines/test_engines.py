"""Engines that are not ours go where ours does; all of it is `python tests/engines/agree.py`."""

from __future__ import annotations

from functools import cache

import pytest
from drawing import Trace, cells, covering, drawn, every_cell, ours, shortest
from foreign import events, needed, scxml, taken, xstate
from miswritten import faulty

from poec_workflow import diagrams
from poec_workflow.diagrams import graph, render
from poec_workflow.machines import APPLICATION, LIFECYCLES, Lifecycle

LIFECYCLE = pytest.mark.parametrize("lifecycle", LIFECYCLES.values(), ids=lambda each: each.name)
SEED = 2


@cache
def few(lifecycle: Lifecycle) -> list[Trace]:
    """Traces that come by every cell of the table, and no more of them than that takes."""
    traces = covering(lifecycle, drawn(lifecycle, 2_000, SEED))
    assert cells(lifecycle, traces) == every_cell(lifecycle)
    return traces


@pytest.fixture(autouse=True)
def _engines() -> None:
    needed()


@LIFECYCLE
def test_xstate_goes_where_ours_does(lifecycle: Lifecycle) -> None:
    """After every step of 10,000 traces, which come by every cell of the table: the same state, by the same row."""
    traces = list(drawn(lifecycle, 10_000 if lifecycle is APPLICATION else 1_000, SEED))
    assert cells(lifecycle, traces) == every_cell(lifecycle)
    answer = xstate([render(lifecycle, "xstate")], traces)
    assert answer.ways == [[ours(lifecycle, trace) for trace in traces]]


@LIFECYCLE
def test_xstate_reaches_what_the_table_does(lifecycle: Lifecycle) -> None:
    """XState's own shortest paths lead to exactly our states, in as many commands."""
    answer = xstate([render(lifecycle, "xstate")], [], events(lifecycle))
    assert answer.paths == [shortest(lifecycle)]
    assert set(shortest(lifecycle)) == {"nothing", *lifecycle.states}


@LIFECYCLE
def test_an_scxml_engine_goes_where_ours_does(lifecycle: Lifecycle) -> None:
    """After every step of the traces that come by every cell of the table: the same state, moved or not."""
    ways = [taken(ours(lifecycle, trace)) for trace in few(lifecycle)]
    assert list(scxml(render(lifecycle, "scxml"), few(lifecycle))) == ways


@LIFECYCLE
def test_xstate_finds_every_planted_fault(lifecycle: Lifecycle) -> None:
    """Whatever single row is dropped, led elsewhere or asked the contrary in the document, a trace shows it."""
    ways = [ours(lifecycle, trace) for trace in few(lifecycle)]
    planted = dict(faulty(graph(lifecycle)))
    answer = xstate([diagrams.xstate.render(each, ()) for each in planted.values()], few(lifecycle))
    assert [name for name, found in zip(planted, answer.ways, strict=True) if found == ways] == []


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        ('target="absent"', 'target="rejected"'),
        ('event="move-convocation"', 'event="nothing-of-the-kind"'),
        ("convocation_left === false", "convocation_left === true"),
        ('<final id="cancelled"', '<final id="ended"'),
    ],
)
def test_a_fault_in_a_state_chart_is_found(document: str, fault: str) -> None:
    """A changed target, a lost row, a contrary condition, another state in the file: a trace shows it."""
    text = render(APPLICATION, "scxml")
    faulty_text = text.replace(document, fault)
    if "final" in document:
        faulty_text = faulty_text.replace('target="cancelled"', 'target="ended"')
    assert faulty_text != text
    pairs = zip(few(APPLICATION), scxml(faulty_text, few(APPLICATION)), strict=True)
    assert any(way != taken(ours(APPLICATION, trace)) for trace, way in pairs)
