"""Our SVG: well formed, every text inside its box, nothing on top of anything else, and readable colours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from attrs import frozen
from crossings import Point, arcs_of_svg, polyline
from every import LANG, LIFECYCLE, SHOW, season
from playwright.sync_api import Page

from browser import chromium
from own_rules import EVERY
from poec_workflow import locales
from poec_workflow.diagrams import SHOWN, Outcome, graph, render, steps
from poec_workflow.diagrams.statechart import Statechart, statechart
from poec_workflow.diagrams.transition_counts import count_transitions
from poec_workflow.machines import APPLICATION, LIFECYCLES, SESSION, Lifecycle
from poec_workflow.model import SubjectKind

_SVG = "{http://www.w3.org/2000/svg}"
_READ = """([text, font]) => {
    document.body.innerHTML = text;
    const svg = document.querySelector('svg');
    if (font) svg.insertAdjacentHTML('beforeend', `<style>#${svg.id} { font-family: "${font}" }</style>`);
    const box = each => { const b = each.getBBox(); return [b.x, b.y, b.x + b.width, b.y + b.height]; };
    const all = selector => [...svg.querySelectorAll(selector)];
    const view = svg.viewBox.baseVal;
    return {
        view: [view.x, view.y, view.x + view.width, view.y + view.height],
        texts: all('text').map(each => ({
            text: each.textContent, box: box(each),
            inside: box(each.closest('.state, .arc, .frame, .key').querySelector('.slot, .border')),
        })),
        states: Object.fromEntries(all('.state').map(each => [each.dataset.state, box(each.querySelector('.border'))])),
        slots: Object.fromEntries(all('.arc').map(each => [each.id, box(each.querySelector('.slot'))])),
        start: box(svg.querySelector('[id$="-start"]')), legend: all('.key .slot').map(box),
        frame: all('.frame .border').map(box), header: all('.frame .slot').map(box),
        paths: all('.arc path').map(box), heads: all('.head').map(box),
        font: getComputedStyle(svg.querySelector('text')).fontFamily,
    };
}"""
Box = tuple[float, float, float, float]


@frozen
class Seen:
    """What Chromium measured of a picture, and its text."""

    text: str
    chart: Statechart
    measured: Any


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """An empty page, without network."""
    with chromium() as browser:
        page = browser.new_context(offline=True).new_page()
        page.set_content("<body></body>")
        yield page


def _seen(page: Page, lifecycle: Lifecycle, lang: str, show: tuple[str, ...], font: str = "") -> Seen:
    text = render(lifecycle, "svg", lang=lang, show=show)
    return Seen(text, statechart(graph(lifecycle, lang=lang, grouped=True)), page.evaluate(_READ, [text, font]))


@LIFECYCLE
@LANG
@SHOW
@pytest.mark.parametrize("font", ["Liberation Sans", "DejaVu Sans"])
def test_texts_stand_in_their_boxes(
    page: Page, lifecycle: Lifecycle, lang: str, show: tuple[str, ...], font: str
) -> None:
    """Every text is inside its state, its arc's place or the frame's header, in a narrow font and in a wide one."""
    seen = _seen(page, lifecycle, lang, show, font).measured
    assert seen["font"] == f'"{font}"'
    assert seen["texts"]
    for each in seen["texts"]:
        assert _contains(each["inside"], each["box"]), each
        assert _contains(seen["view"], each["box"]), each


@LIFECYCLE
@LANG
@SHOW
def test_nothing_stands_on_anything_else(page: Page, lifecycle: Lifecycle, lang: str, show: tuple[str, ...]) -> None:
    """States, labels and the frame's header are apart, arcs run through none of them, and all is inside the picture."""
    _assert_apart(_seen(page, lifecycle, lang, show), lifecycle)


@pytest.mark.parametrize("kind", LIFECYCLES)
@LANG
@pytest.mark.parametrize("show", [("conditions",), SHOWN], ids=["usual", "everything"])
def test_a_services_own_rows_are_apart(page: Page, kind: SubjectKind, lang: str, show: tuple[str, ...]) -> None:
    """Also with a way back into the frame, with one between final states, and with rows that keep one."""
    found = _seen(page, EVERY[kind], lang, show)
    _assert_apart(found, EVERY[kind])
    for each in found.measured["texts"]:
        assert _contains(each["inside"], each["box"]), each
    _assert_frame_cuts_nothing(found.measured)


@pytest.mark.parametrize("lifecycle", [*LIFECYCLES.values(), *EVERY.values()], ids=lambda each: each.fingerprint)
@LANG
def test_final_states_stand_in_order(page: Page, lifecycle: Lifecycle, lang: str) -> None:
    """Those that nothing leaves: side by side, in the table's order, and below all others but their sources."""
    seen = _seen(page, lifecycle, lang, ("conditions",)).measured["states"]
    drawn = graph(lifecycle)
    ends = [seen[node.state.value] for node in drawn.nodes if drawn.ends(node)]
    assert ends == sorted(ends)
    assert len({round((top + low) / 2) for _, top, _, low in ends}) <= 1


@LIFECYCLE
@LANG
def test_the_frame_names_its_states(lifecycle: Lifecycle, lang: str) -> None:
    """Its title is one with the names of the states that it stands for, all of them and in order."""
    root = ET.fromstring(render(lifecycle, "svg", lang=lang))  # noqa: S314 - our own
    (frame,) = _marked(root, "frame")
    title = " ".join(each.text or "" for each in frame.findall(f"{_SVG}text")).replace("\xa0", " ")
    states = ", ".join(locales.state(state, lang) for state in lifecycle.states if state not in lifecycle.final)
    assert title == locales.label("words", "in-each-of", lang).format(states=states).replace("\xa0", " ")


@LANG
def test_the_legend_says_what_is_there_and_nothing_else(lang: str) -> None:
    """Each outcome that a state has, each sign that a label has, and what is imported, in the picture's language."""
    everything = _legend(render(APPLICATION, "svg", lang=lang, show=SHOWN))
    shown = ("start", *Outcome, "final", "conditions", "actors", "codes")
    assert everything == [*(_word(lang, each) for each in shown), _imported(APPLICATION, lang)]
    few, imported = [_word(lang, each) for each in ("start", "open", "closed", "final")], _imported(SESSION, lang)
    assert _legend(render(SESSION, "svg", lang=lang)) == [*few, imported]
    assert _legend(render(SESSION, "svg", lang=lang, colours=False)) == [few[0], few[3], imported]
    assert _legend(render(EVERY[SubjectKind.SESSION], "svg", lang=lang)) == [*few[:3], imported]
    told = season().history(APPLICATION.kind, "C-1")
    marked = _legend(render(APPLICATION, "svg", lang=lang, path=told, counts=steps(told)))
    assert [_word(lang, each) for each in ("current", "taken", "count")] == [
        each for each in marked if each not in everything
    ]


def _imported(lifecycle: Lifecycle, lang: str) -> str:
    [row] = graph(lifecycle, lang=lang).imported
    return row.removeprefix("I1 ")


def _legend(text: str) -> list[str]:
    root = ET.fromstring(text)  # noqa: S314 - our own
    return [each.findall(f"{_SVG}text")[-1].text or "" for each in _marked(root, "key")]


def _word(lang: str, key: str) -> str:
    return locales.label("words", f"legend-{key}", lang)


def _assert_frame_cuts_nothing(seen: Any) -> None:
    """Every label and state is wholly in the frame, or wholly outside."""
    (frame,) = seen["frame"]
    for name, each in (*seen["slots"].items(), *seen["states"].items()):
        assert _contains(frame, each) or not _overlap(frame, each), name


def _assert_apart(found: Seen, lifecycle: Lifecycle) -> None:
    seen = found.measured
    boxes = seen["states"] | seen["slots"] | {"the start": seen["start"]}
    boxes |= {f"{name} {n}": each for name in ("header", "legend") for n, each in enumerate(seen[name])}
    for (one, a), (other, b) in combinations(boxes.items(), 2):
        assert not _overlap(a, b), (one, other)
    for each in (*boxes.values(), *seen["frame"], *seen["paths"], *seen["heads"]):
        assert _contains(seen["view"], each)
    for arc in found.chart.arcs:
        ends = {*(state.value for state in arc.sources), arc.target.value}
        name = f"{lifecycle.name}-arc-{arc.name}"
        path = list(polyline(arcs_of_svg(found.text)[name]))
        for other, box in boxes.items():
            if other not in ends and (arc.sources or other != "the start"):
                assert not any(_within(box, point) for point in path), (name, other)


@LIFECYCLE
@LANG
@SHOW
def test_the_frame_holds_its_states(page: Page, lifecycle: Lifecycle, lang: str, show: tuple[str, ...]) -> None:
    """What is not final is in the frame with its arcs and labels, the title on top; the rest is outside."""
    found = _seen(page, lifecycle, lang, show)
    (frame,) = found.measured["frame"]
    for state, box in found.measured["states"].items():
        assert _contains(frame, box) is (state not in lifecycle.final)
        assert _overlap(frame, box) is (state not in lifecycle.final)
    paths = arcs_of_svg(found.text)
    assert not _overlap(frame, found.measured["start"])
    assert not any(_overlap(frame, each) for each in found.measured["legend"])
    (header,) = found.measured["header"]
    assert _contains(frame, header)
    assert header[1] - frame[1] < 10
    _assert_frame_cuts_nothing(found.measured)
    for arc in found.chart.arcs:
        if arc.target in found.chart.framed and arc.sources:
            name = f"{lifecycle.name}-arc-{arc.name}"
            assert _contains(frame, found.measured["slots"][name])
            assert all(_within(frame, point) for point in paths[name]), name


@LIFECYCLE
@LANG
@SHOW
def test_it_is_the_graph(lifecycle: Lifecycle, lang: str, show: tuple[str, ...]) -> None:
    """Well formed, with identifiers that are unique; each state and row is there, from each source, in words."""
    drawn = graph(lifecycle, lang=lang)
    root = ET.fromstring(render(lifecycle, "svg", lang=lang, show=show))  # noqa: S314 - our own
    ids = [each.attrib["id"] for each in root.iter() if "id" in each.attrib]
    assert len(ids) == len({*ids})
    states = {each.attrib["data-state"]: each for each in root.iter() if "data-state" in each.attrib}
    assert list(states) == list(lifecycle.states)
    for node in drawn.nodes:
        name = " ".join(text.text or "" for text in states[node.state].findall(f"{_SVG}text"))
        assert name == node.label
        assert {node.outcome.value, "state"} <= {*states[node.state].attrib["class"].split()}
    rows = list(_rows(root))
    assert sorted(row[:3] for row in rows) == sorted(
        (edge.rule.id, edge.source or "", edge.target) for edge in drawn.edges
    )
    for edge in drawn.edges:
        (said,) = (words for rule, source, _, words in rows if (rule, source) == (edge.rule.id, edge.source or ""))
        assert said.startswith(f"{edge.rule.id} {edge.command}")
        for option, words in (("conditions", edge.conditions), ("codes", edge.codes), ("actors", edge.actors)):
            assert all((word in said) is (option in show) for word in words)


def _rows(root: ET.Element) -> Iterator[tuple[str, str, str, str]]:
    """Each row that is drawn, once for each of its sources: number, source, target, words."""
    for holder in root.findall(f"{_SVG}g"):
        for row in holder.findall(f"{_SVG}g"):
            words = " ".join(text.text or "" for text in row)
            for source in row.attrib["data-sources"].split(" "):
                yield row.attrib["data-rule"], source, holder.attrib.get("data-target", source), words


@pytest.mark.parametrize("reference", ["C-1", "C-2", "C-4"])
def test_a_path_is_seen(page: Page, reference: str) -> None:
    """The arcs and rows that an application took are marked, and no others; its last state is; all texts fit."""
    told = season().history(APPLICATION.kind, reference)
    counts = count_transitions(season().storage.queries, APPLICATION)
    text = render(APPLICATION, "svg", path=told, counts=counts)
    for each in page.evaluate(_READ, [text, "DejaVu Sans"])["texts"]:
        assert _contains(each["inside"], each["box"]), each
    root = ET.fromstring(text)  # noqa: S314 - our own
    walked = {(entry.rule, entry.from_state or "") for entry in told}
    marked = {id_.attrib["data-rule"] for id_ in _marked(root, "row", "taken")}
    assert marked == {rule for rule, _ in walked}
    assert {each.attrib["data-target"] for each in _marked(root, "arc", "taken")} == {e.event.state for e in told}
    assert {each.attrib["data-state"] for each in _marked(root, "visited")} == {e.event.state for e in told}
    assert [each.attrib["data-state"] for each in _marked(root, "current")] == [told[-1].event.state]


def _marked(root: ET.Element, *classes: str) -> list[ET.Element]:
    return [each for each in root.iter(f"{_SVG}g") if {*classes} <= {*each.attrib["class"].split()}]


def test_it_is_told_to_who_does_not_see_it() -> None:
    """It is an image with a title and a description that names every row with its ends, in its language."""
    root = ET.fromstring(render(APPLICATION, "svg", lang="en"))  # noqa: S314 - our own
    assert (root.attrib["role"], root.attrib["lang"]) == ("img", "en")
    title, told = (root.find(f"{_SVG}{name}") for name in ("title", "desc"))
    assert title is not None
    assert told is not None
    assert root.attrib["aria-labelledby"] == f"{title.attrib['id']} {told.attrib['id']}"
    assert title.text == "Application"
    drawn = graph(APPLICATION)
    assert (told.text or "").count("→") == len(drawn.edges) + len(drawn.imports)
    assert "I1 import the application → the state that it had elsewhere." in (told.text or "")
    assert "L9 retain: Present → Retained." in (told.text or "")


@LIFECYCLE
@LANG
def test_it_fits_into_a_readme(lifecycle: Lifecycle, lang: str) -> None:
    """With its conditions it is no wider than a README's column (a tenth less than its size, at worst)."""
    found = re.search(r'width="(\d+)"', render(lifecycle, "svg", lang=lang, show=("conditions",)))
    assert found
    assert int(found[1]) <= 830 * 1.1


def _contains(outer: Box, inner: Box, slack: float = 0.5) -> bool:
    return (
        outer[0] - slack <= inner[0]
        and outer[1] - slack <= inner[1]
        and inner[2] <= outer[2] + slack
        and inner[3] <= outer[3] + slack
    )


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _within(box: Box, point: Point) -> bool:
    return box[0] < point[0] < box[2] and box[1] < point[1] < box[3]
