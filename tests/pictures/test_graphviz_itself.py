"""Graphviz's own program reads our DOT as what the graph says; our own picture has no more crossings than its."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from crossings import arcs_of_dot, arcs_of_svg, crossings, dot
from every import GROUPED, LANG, LIFECYCLE, NASTY, SHOW, nasty, season

from own_rules import EVERY
from poec_workflow.diagrams import dot as dot_
from poec_workflow.diagrams import graph, render
from poec_workflow.diagrams.labels import lines
from poec_workflow.diagrams.statechart import START, statechart
from poec_workflow.machines import APPLICATION, Lifecycle
from poec_workflow.model import SubjectKind


@LIFECYCLE
@LANG
@SHOW
def test_it_reads_the_graph(lifecycle: Lifecycle, lang: str, show: tuple[str, ...]) -> None:
    """Its nodes are the states with their labels, its edges the graph's with theirs, and nothing else."""
    expected = graph(lifecycle, lang=lang)
    read = json.loads(dot(render(lifecycle, "dot", lang=lang, show=show, grouped=False), "json0"))
    names = [each["name"] for each in read["objects"]]
    labels = {each["name"]: each["label"] for each in read["objects"] if each["name"] != START}
    assert labels == {node.state.value: node.label for node in expected.nodes}
    assert {each["name"] for each in read["objects"] if each.get("peripheries") == "2"} == {*lifecycle.final}
    arcs = Counter((names[each["tail"]], names[each["head"]], each["label"]) for each in read["edges"])
    assert arcs == Counter(
        (edge.source or START, edge.target, "".join(rf"{line.text}\l" for line in lines([edge], show)))
        for edge in expected.edges
    )


@LIFECYCLE
@LANG
def test_it_reads_the_statechart(lifecycle: Lifecycle, lang: str) -> None:
    """Grouped, there is an edge for each arc, and a cluster of the states that are not final."""
    drawn = statechart(graph(lifecycle, lang=lang, grouped=True))
    read = json.loads(dot(render(lifecycle, "dot", lang=lang, grouped=True), "json0"))
    (frame,) = (each for each in read["objects"] if "nodes" in each)
    names = [each["name"] for each in read["objects"]]
    assert {names[each] for each in frame["nodes"]} == {START, *drawn.framed}
    assert len(read["edges"]) == len(drawn.arcs)
    assert sum("ltail" in each for each in read["edges"]) == sum(arc.framed for arc in drawn.arcs)


@pytest.mark.parametrize("kind", EVERY)
def test_it_reads_a_services_own_rows(kind: SubjectKind) -> None:
    """In full an edge for each row from each source; grouped one for each arc, and the frame has open states alone."""
    full = json.loads(dot(render(EVERY[kind], "dot", full=True), "json0"))
    names = [each["name"] for each in full["objects"]]
    arcs = Counter((names[each["tail"]], names[each["head"]], each["label"].split()[0]) for each in full["edges"])
    assert arcs == Counter((edge.source or START, edge.target, edge.rule.id) for edge in graph(EVERY[kind]).edges)
    drawn = statechart(graph(EVERY[kind], grouped=True))
    read = json.loads(dot(render(EVERY[kind], "dot"), "json0"))
    (frame,) = (each for each in read["objects"] if "nodes" in each)
    assert {read["objects"][each]["name"] for each in frame["nodes"]} == {START, *drawn.framed}
    assert len(read["edges"]) == len(drawn.arcs)


@LIFECYCLE
@GROUPED
def test_it_draws_it(lifecycle: Lifecycle, *, grouped: bool) -> None:
    """It makes a picture of it, without a warning."""
    assert dot(render(lifecycle, "dot", grouped=grouped), "png").startswith(b"\x89PNG")


def test_it_reads_any_label() -> None:
    """What DOT would take for its own language in a label is drawn as it stands."""
    drawn = json.loads(dot(dot_.render(nasty(), ()), "json"))
    texts = [
        said["text"]
        for each in (*drawn["objects"], *drawn["edges"])
        for said in each.get("_ldraw_", ())
        if "text" in said
    ]
    assert Counter(texts) == Counter(
        [*(node.label for node in nasty().nodes), *(f"{edge.rule.id} {NASTY}" for edge in nasty().edges)]
    )


def test_a_path_is_seen() -> None:
    """The edges that an application took are heavy, and so are the states that it was in."""
    told = season().history(APPLICATION.kind, "C-1")
    read = json.loads(dot(render(APPLICATION, "dot", path=told, full=True), "json0"))
    names = [each["name"] for each in read["objects"]]
    heavy = {(names[each["tail"]], each["label"].split()[1]) for each in read["edges"] if "penwidth" in each}
    assert heavy == {(entry.from_state or START, entry.rule) for entry in told}
    assert {each["name"] for each in read["objects"] if "penwidth" in each} == {e.event.state for e in told}


@LIFECYCLE
@LANG
@SHOW
def test_our_picture_crosses_no_more_than_its(lifecycle: Lifecycle, lang: str, show: tuple[str, ...]) -> None:
    """No more crossings than `dot` makes of the graph, nor of the statechart; in fact none."""
    ours = crossings(arcs_of_svg(render(lifecycle, "svg", lang=lang, show=show)))
    for grouped in (False, True):
        theirs = crossings(arcs_of_dot(render(lifecycle, "dot", lang=lang, show=show, grouped=grouped)))
        assert len(ours) <= len(theirs), ours
    assert ours == []


def test_crossings_are_counted() -> None:
    """The counter sees the crossings of a picture that has some: of Graphviz's flat one, and of two plain curves."""
    assert len(crossings(arcs_of_dot(render(APPLICATION, "dot", show=(), grouped=False)))) > 10
    up: list[tuple[float, float]] = [(0, 0), (3, 3), (6, 6), (9, 9)]
    down: list[tuple[float, float]] = [(0, 9), (3, 6), (6, 3), (9, 0)]
    assert crossings({"up": up, "down": down}) == [("up", "down")]
    assert crossings({"up": up, "beside": [(x + 5, y) for x, y in up]}) == []
    assert crossings({"up": up, "with the same start": [(0, 0), (0, 3), (0, 6), (0, 9)]}) == []


@pytest.mark.parametrize("text", ["digraph { a -> }", 'digraph { "a }'])
def test_a_fault_is_seen(text: str) -> None:
    """What is no DOT fails."""
    with pytest.raises(Exception, match=r"dot|syntax"):
        dot(text, "png")
