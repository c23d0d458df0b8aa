"""Mermaid's own parser and renderer, in Chromium, read what we draw as what the graph says."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from every import LANG, LIFECYCLE, NASTY, SHOW, nasty
from playwright.sync_api import Page

from browser import chromium, npm
from poec_workflow.diagrams import Outcome, graph, mermaid, render
from poec_workflow.diagrams.labels import compact_lines
from poec_workflow.diagrams.statechart import FRAME, statechart
from poec_workflow.machines import APPLICATION, Lifecycle
from poec_workflow.model import State
from poec_workflow.notices import NOTICES

_PARSE = """async text => {
    await mermaid.parse(text);
    const data = (await mermaid.mermaidAPI.getDiagramFromText(text)).db.getData();
    return {
        states: data.nodes.filter(each => !/_(start|end)$/.test(each.id))
            .map(each => [each.id, [each.label, ...each.description ?? []]]),
        arcs: data.edges.map(each => [each.start, each.end, each.label]),
        classes: Object.fromEntries(data.nodes.map(each => [each.id, each.cssClasses])),
    };
}"""
_DRAW = """async text => {
    const {svg} = await mermaid.render('drawn', text);
    document.body.innerHTML = svg;
    const texts = [...document.querySelectorAll('foreignObject')].filter(each => each.textContent.trim());
    const cut = texts.filter(each => each.firstElementChild.scrollWidth > each.width.baseVal.value + 1
        || each.firstElementChild.scrollHeight > each.height.baseVal.value + 1);
    return {cut: cut.map(each => each.textContent), text: document.body.innerText};
}"""


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """A page with Mermaid in it, and no network."""
    program = npm("mermaid12/dist/mermaid.min.js")
    with chromium() as browser:
        page = browser.new_context(offline=True).new_page()
        page.add_script_tag(content=program)
        page.evaluate("mermaid.initialize({startOnLoad: false})")
        yield page


def _parsed(page: Page, text: str) -> Any:
    return page.evaluate(_PARSE, text)


def _plain(label: object) -> str:
    """A label as read: Mermaid's own escapes decoded, and a list of lines as lines."""
    lines = label if isinstance(label, list) else [label]
    text = "<br/>".join(str(each) for each in lines).replace("<br>", "<br/>").replace("&nbsp;", "\xa0")
    return re.sub(r"ﬂ°°(\d+)¶ß", lambda found: chr(int(found[1])), text)


def _id(state: State) -> str:
    return state.value.replace("-", "_")


@LIFECYCLE
@LANG
@SHOW
def test_its_parser_finds_the_graph(page: Page, lifecycle: Lifecycle, lang: str, show: tuple[str, ...]) -> None:
    """States with their labels, and an arc for each edge with its label, and nothing else."""
    expected = graph(lifecycle, lang=lang)
    found = _parsed(page, render(lifecycle, "mermaid", lang=lang, show=show, grouped=False))
    kept = {
        node.state: [
            line for e in expected.edges if e.source == e.target == node.state for line in compact_lines([e], show)
        ]
        for node in expected.nodes
    }
    labels = {id_: _plain(label) for id_, label in found["states"]}
    assert labels == {_id(n.state): "<br/>".join([n.label, *kept[n.state]]) for n in expected.nodes}
    arcs = Counter((start, end, _plain(label)) for start, end, label in found["arcs"])
    edges = Counter(
        (_id(e.source) if e.source else "root_start", _id(e.target), "<br/>".join(compact_lines([e], show)))
        for e in expected.edges
        if e.source != e.target
    )
    ends = Counter((_id(node.state), "root_end", "") for node in expected.nodes if node.final)
    assert arcs == edges + ends


@LIFECYCLE
@LANG
def test_its_parser_finds_the_statechart(page: Page, lifecycle: Lifecycle, lang: str) -> None:
    """Grouped, every row is found at its ends: on an arc, in a state, or in the frame's title."""
    drawn = statechart(graph(lifecycle, lang=lang, grouped=True))
    found = _parsed(page, render(lifecycle, "mermaid", lang=lang, show=(), grouped=True))
    labels = {id_: _plain(label).split("<br/>") for id_, label in found["states"]}
    assert set(labels) == {FRAME, *(_id(node.state) for node in drawn.graph.nodes)}
    said = [
        (start, end, row.split()[0])
        for start, end, label in found["arcs"]
        for row in _plain(label).split("<br/>")
        if row
    ]
    said += [(id_, id_, row.split()[0]) for id_, (_, *rows) in labels.items() for row in rows]
    every: dict[str, set[str | None]] = {_id(state): {_id(state)} for state in lifecycle.states}
    every |= {
        FRAME: {_id(state) for state in lifecycle.states if state not in lifecycle.final},
        f"{FRAME}_start": {None},
    }
    spread = {(source, source if start == end else end, rule) for start, end, rule in said for source in every[start]}
    assert spread == {(_id(e.source) if e.source else None, _id(e.target), e.rule.id) for e in drawn.graph.edges}


def test_it_reads_any_label(page: Page) -> None:
    """What Mermaid would take for its own language in a label is read, and drawn, as it stands."""
    text = mermaid.render(nasty(), ())
    found = _parsed(page, text)
    said = [line for _, lines in found["states"] for line in _plain(lines).split("<br/>")]
    said += [_plain(label) for _, _, label in found["arcs"] if label]
    assert Counter(said) == Counter(
        [*(node.label for node in nasty().nodes), *(f"{edge.rule.id} {NASTY}" for edge in nasty().edges)]
    )
    read = re.sub(r"\s+", " ", page.evaluate(_DRAW, text)["text"])
    assert read.count(NASTY) == len(nasty().nodes) + len(nasty().edges)


def test_its_parser_accepts_what_it_should_not(page: Page) -> None:
    """Why states and arcs are compared, and parsing is not enough: a hyphen breaks an identifier in silence."""
    text = render(APPLICATION, "mermaid").replace("no_advice", "no-advice")
    try:
        found = _parsed(page, text)
    except Exception:  # noqa: BLE001 - either way it is not the graph
        return
    assert {id_ for id_, _ in found["states"]} != {_id(state) for state in APPLICATION.states}


def test_its_classes_are_the_outcomes(page: Page) -> None:
    """Each state has the class of its outcome; drawn without colours, none."""
    found = _parsed(page, render(APPLICATION, "mermaid"))["classes"]
    for node in graph(APPLICATION).nodes:
        assert {*found[_id(node.state)].split()} & {*Outcome} == {node.outcome.value}
    bare = _parsed(page, render(APPLICATION, "mermaid", colours=False))["classes"]
    assert not {name for classes in bare.values() for name in classes.split()} & {*Outcome}


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_notices_flowchart_is_drawn_whole(page: Page, lang: str) -> None:
    """Mermaid reads a box for each notice, what happened and those told, and cuts no label."""
    data = page.evaluate(
        """async text => {
            const data = (await mermaid.mermaidAPI.getDiagramFromText(text)).db.getData();
            return {nodes: data.nodes.map(each => each.label)};
        }""",
        render(NOTICES, "mermaid", lang=lang),
    )
    groups = sum(len(row.applications) for row in NOTICES.rows)
    assert [row.id for row in NOTICES.rows if row.id not in data["nodes"]] == []
    assert len(data["nodes"]) == 3 * len(NOTICES.rows) + groups
    drawn = page.evaluate(_DRAW, render(NOTICES, "mermaid", lang=lang))
    assert drawn["cut"] == []
    assert ("KAIROS (entrée" if lang == "fr" else "KAIROS (entry") in re.sub(r"\s+", " ", drawn["text"])
