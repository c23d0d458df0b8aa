"""Mermaid 10, 11 and 12 draw every row where it can be read: rendered in Chromium, and counted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import combinations, product
from typing import Any

import pytest
from every import NASTY, nasty, season
from playwright.sync_api import Page

from browser import chromium, npm
from own_rules import EVERY
from poec_workflow import Settings
from poec_workflow.diagrams import SHOWN, Graph, graph, mermaid, render
from poec_workflow.diagrams.transition_counts import count_transitions
from poec_workflow.locales import LANGUAGES
from poec_workflow.machines import APPLICATION, LIFECYCLES, SESSION, Lifecycle
from poec_workflow.model import SubjectKind
from poec_workflow.policies.optional_rules import OPTIONAL_RULES

VERSIONS = ("10", "11", "12")
DRAWN_WELL = {("10", False), ("12", False), ("12", True)}
"""What each version makes of many loops of one state (False), and of a title of many lines (True)."""
Box = tuple[float, float, float, float]

_DRAW = """async text => {
    const {svg} = await mermaid.render('drawn', text);
    document.body.innerHTML = svg;
    const drawn = document.querySelector('svg');
    const {width, height} = drawn.viewBox.baseVal;
    Object.assign(drawn.style, {maxWidth: 'none', width: `${width}px`, height: `${height}px`});
    const box = each => { const b = each.getBoundingClientRect(); return [b.left, b.top, b.right, b.bottom]; };
    const words = each => { const all = document.createRange(); all.selectNodeContents(each); return all; };
    const nodes = [...drawn.querySelectorAll('g.node')];
    const texts = [...drawn.querySelectorAll('foreignObject, text')].filter(each =>
        each.textContent.trim() && each.checkVisibility({opacityProperty: true, visibilityProperty: true}));
    return {
        view: box(drawn), nodes: nodes.map(box),
        texts: texts.map(each => ({
            text: each.firstElementChild?.innerText ?? each.textContent,
            box: box(each.localName === 'text' ? each : words(each)),
            room: each.localName === 'text' ? null : box(each),
            node: nodes.findIndex(node => node.contains(each)),
        })),
    };
}"""


@pytest.fixture(scope="module")
def pages() -> Iterator[Mapping[str, Page]]:
    """A page for each version, with its program and no network."""
    with chromium() as browser:
        pages = {version: browser.new_context(offline=True).new_page() for version in VERSIONS}
        for version, page in pages.items():
            page.add_script_tag(content=npm(f"mermaid{version}/dist/mermaid.min.js"))
            page.evaluate("mermaid.initialize({startOnLoad: false})")
            assert page.evaluate("mermaid.version?.split('.')[0] ?? null") in {version, None}
        yield pages


def _rows(drawn: Graph) -> Counter[str]:
    """How often each row has to be read: in each state that it keeps; else by its sources, or once from the frame."""
    keeping = Counter(f"{e.rule.id} {e.command}" for e in drawn.edges if e.source == e.target)
    others = [row for row in drawn.by_rule if row[0].source != row[0].target]
    opened = {node.state for node in drawn.nodes if node.outcome == "open"}
    moving = {
        f"{row[0].rule.id} {row[0].command}": 1 if drawn.grouped and {e.source for e in row} == opened else len(row)
        for row in others
    }
    return keeping + Counter(moving)


def _assert_readable(seen: Any, drawn: Graph) -> None:
    """Every state and row is there as often as it has to be, whole, and under nothing else."""
    read = " | ".join(re.sub(r"\s+", " ", each["text"]).strip() for each in seen["texts"])
    # A browser shows a non-breaking space as one.
    rows = {row.replace("\xa0", " "): many for row, many in _rows(drawn).items()}
    # The longer of two rows that begin alike is counted, and taken out, first.
    for row in sorted(rows, key=len, reverse=True):
        found = len(re.findall(rf"(?<!\w){re.escape(row)}", read))
        assert found == rows[row], (row, found, read)
        read = re.sub(rf"(?<!\w){re.escape(row)}", "", read)
    for node in drawn.nodes:
        assert node.label.replace("\xa0", " ") in read
    for each in seen["texts"]:
        assert _contains(seen["view"], each["box"]), each
        assert each["room"] is None or _contains(each["room"], each["box"]), each
        for number, node in enumerate(seen["nodes"]):
            assert number == each["node"] or not _overlap(node, each["box"]), each
    for one, other in combinations(seen["texts"], 2):
        assert not _overlap(one["box"], other["box"]), (one, other)


def _contains(outer: Box, inner: Box, slack: float = 2) -> bool:
    return (
        outer[0] - slack <= inner[0]
        and outer[1] - slack <= inner[1]
        and inner[2] <= outer[2] + slack
        and inner[3] <= outer[3] + slack
    )


def _overlap(one: Box, other: Box, slack: float = 1) -> bool:
    """Whether they share more than an edge."""
    return (
        one[0] < other[2] - slack
        and other[0] < one[2] - slack
        and one[1] < other[3] - slack
        and other[1] < one[3] - slack
    )


ASKED: tuple[Mapping[str, Any], ...] = ({}, {"full": True}, {"show": SHOWN, "grouped": True})


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("lifecycle", LIFECYCLES.values(), ids=lambda each: each.name)
def test_every_row_can_be_read(pages: Mapping[str, Page], version: str, lifecycle: Lifecycle) -> None:
    """By default, in full, and with less or more shown, in both languages."""
    for lang, asked in product(LANGUAGES, ASKED):
        drawn = graph(lifecycle, lang=lang, grouped="full" not in asked)
        _assert_readable(pages[version].evaluate(_DRAW, render(lifecycle, "mermaid", lang=lang, **asked)), drawn)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("kind", LIFECYCLES)
def test_a_services_own_can_be_read(pages: Mapping[str, Page], version: str, kind: SubjectKind) -> None:
    """With its own rows, from and within final states too, without the rules that it leaves out."""
    ours = Settings(leave_out={command: sorted(codes) for command, codes in OPTIONAL_RULES.items()})
    for full in (False, True):
        drawn = graph(EVERY[kind], settings=ours, grouped=not full)
        text = render(EVERY[kind], "mermaid", settings=ours, full=full)
        _assert_readable(pages[version].evaluate(_DRAW, text), drawn)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_path_and_counts_can_be_read(pages: Mapping[str, Page], version: str) -> None:
    """Counts stand with their rows, and those that a candidate's application took are marked."""
    told = season().history(APPLICATION.kind, "C-1")
    counts = count_transitions(season().storage.queries, APPLICATION)
    seen = pages[version].evaluate(_DRAW, render(APPLICATION, "mermaid", path=told, counts=counts))
    _assert_readable(seen, graph(APPLICATION, grouped=True))
    read = " ".join(each["text"] for each in seen["texts"])
    assert {*re.findall(r"▸ (\w+)", read)} == {entry.rule for entry in told}
    assert sum(int(each) for each in re.findall(r"\((\d+)×\)", read)) == counts.total()


@pytest.mark.parametrize("version", VERSIONS)
def test_any_label_is_drawn_as_it_stands(pages: Mapping[str, Page], version: str) -> None:
    """What Mermaid would take for its own language."""
    seen = pages[version].evaluate(_DRAW, mermaid.render(nasty(), ()))
    read = re.sub(r"\s+", " ", " ".join(each["text"] for each in seen["texts"]))
    assert read.count(NASTY) == len(nasty().nodes) + len(nasty().edges)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_row_that_is_not_drawn_is_missed(pages: Mapping[str, Page], version: str) -> None:
    """Why this counts: a loop that a version drops, or a title's second line over the start, is seen."""
    text = render(SESSION, "mermaid", full=True, show=())
    loops = re.sub(r"^( +\w+) : (.+)", _as_loops, text, flags=re.MULTILINE)
    assert loops.count(" --> ") > text.count(" --> ") + 10
    titled = render(SESSION, "mermaid").replace('ces états"', 'ces états<br/>S2 fixer<br/>S3 fixer"')
    for wrong, grouped in ((loops, False), (titled, True)):
        if (version, grouped) in DRAWN_WELL:
            continue
        with pytest.raises(AssertionError):
            _assert_readable(pages[version].evaluate(_DRAW, wrong), graph(SESSION, grouped=grouped))


def _as_loops(kept: re.Match[str]) -> str:
    return "\n".join(f"{kept[1]} --> {kept[1].strip()} : {each}" for each in kept[2].split("<br/>"))
