"""Debian's PlantUML reads what we draw as what the graph says: it is asked for its own SCXML, and for a picture."""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from itertools import product
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from every import LANG, LIFECYCLE, NASTY, nasty

from browser import needs
from own_rules import EVERY
from poec_workflow.diagrams import SHOWN, graph, plantuml, render
from poec_workflow.diagrams.statechart import statechart
from poec_workflow.machines import LIFECYCLES, Lifecycle
from poec_workflow.model import SubjectKind

_SCXML = "{http://www.w3.org/2005/07/scxml}"
_SVG = "{http://www.w3.org/2000/svg}"


def _plantuml(format_: str, files: list[Path]) -> subprocess.CompletedProcess[str]:
    needs("plantuml", there=shutil.which("plantuml") is not None)
    command = ["plantuml", f"-t{format_}", "-charset", "UTF-8", "-failfast2", *map(str, files)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every flat diagram as PlantUML's SCXML, every grouped one as its SVG: two runs, for each starts a JVM."""
    folder = tmp_path_factory.mktemp("plantuml")
    for format_, grouped in (("scxml", False), ("svg", True)):
        files = []
        for lifecycle, lang in product(LIFECYCLES.values(), ("fr", "en")):
            files.append(folder / f"{lifecycle.name}-{lang}-{format_}.puml")
            text = render(lifecycle, "plantuml", lang=lang, show=SHOWN, grouped=grouped)
            files[-1].write_text(text, encoding="utf-8")
        if format_ == "svg":
            for own in EVERY.values():
                files.append(folder / f"own-{own.name}.puml")
                files[-1].write_text(render(own, "plantuml", show=()), encoding="utf-8")
            files.append(folder / "nasty.puml")
            files[-1].write_text(plantuml.render(nasty(), ()), encoding="utf-8")
        ran = _plantuml(format_, files)
        assert ran.returncode == 0, ran.stderr
    return folder


@LIFECYCLE
@LANG
def test_it_reads_the_graph(folder: Path, lifecycle: Lifecycle, lang: str) -> None:
    """Its states are ours and the two ends, its transitions the graph's edges and what ends, and nothing else."""
    expected = graph(lifecycle, lang=lang)
    labels = {node.state: node.label for node in expected.nodes}
    root = ET.parse(folder / f"{lifecycle.name}-{lang}-scxml.scxml").getroot()  # noqa: S314 - of a program of ours
    states = root.findall(f"{_SCXML}state")
    assert {each.attrib["id"] for each in states} == {*labels.values(), "start", "end"}
    arcs = Counter(
        (state.attrib["id"], arc.attrib["target"], arc.attrib.get("event", ""))
        for state in states
        for arc in state.findall(f"{_SCXML}transition")
    )
    # It takes the first line of a label for the event.
    edges = Counter(
        (labels[edge.source] if edge.source else "start", labels[edge.target], f"{edge.rule.id} {edge.command}")
        for edge in expected.edges
    )
    assert arcs == edges + Counter((node.label, "end", "") for node in expected.nodes if node.final)


@LIFECYCLE
@LANG
def test_it_draws_the_statechart(folder: Path, lifecycle: Lifecycle, lang: str) -> None:
    """Grouped, its picture has a box for each state and the frame, a path for each arc, and every word."""
    drawn = statechart(graph(lifecycle, lang=lang, grouped=True))
    root = ET.parse(folder / f"{lifecycle.name}-{lang}-svg.svg").getroot()  # noqa: S314 - as above
    words = " ".join("".join(text.itertext()) for text in root.iter(f"{_SVG}text")).replace("\xa0", " ")
    final = sum(node.final for node in drawn.graph.nodes)
    assert len(list(root.iter(f"{_SVG}polygon"))) == len(drawn.arcs) + final
    for node in drawn.graph.nodes:
        assert node.label.replace("\xa0", " ") in words
    for edge in drawn.graph.edges:
        assert f"{edge.rule.id} {edge.command}".replace("\xa0", " ") in words
        assert all(condition in words for condition in edge.conditions)
        assert all(f"− {code}" in words for code in edge.codes)
        assert all(actor in words for actor in edge.actors)


@pytest.mark.parametrize("kind", EVERY)
def test_it_draws_a_services_own_rows(folder: Path, kind: SubjectKind) -> None:
    """A path for each arc, a way back into the frame too, every row as often as it is drawn, and no more boxes."""
    drawn = statechart(graph(EVERY[kind], grouped=True))
    root = ET.parse(folder / f"own-{EVERY[kind].name}.svg").getroot()  # noqa: S314 - as above
    words = ["".join(text.itertext()).replace("\xa0", " ") for text in root.iter(f"{_SVG}text")]
    assert len(list(root.iter(f"{_SVG}polygon"))) == len(drawn.arcs) + sum(node.final for node in drawn.graph.nodes)
    rows = [row for arc in drawn.arcs for row in arc.rows] + [*drawn.frame_internal]
    rows += [row for kept in drawn.internal.values() for row in kept]
    labels = [node.label.replace("\xa0", " ") for node in drawn.graph.nodes]
    said = [f"{row[0].rule.id} {row[0].command}".replace("\xa0", " ") for row in rows]
    assert Counter(word for word in words if word in {*labels, *said}) == Counter([*labels, *said])


def test_it_draws_any_label(folder: Path) -> None:
    """What PlantUML would take for markup in a label is drawn as it stands."""
    root = ET.parse(folder / "nasty.svg").getroot()  # noqa: S314 - as above
    words = ["".join(text.itertext()).replace("\xa0", " ") for text in root.iter(f"{_SVG}text")]
    assert sorted(word for word in words if word != nasty().title) == sorted(
        [
            *nasty().imported,
            *(node.label for node in nasty().nodes),
            *(f"{edge.rule.id} {NASTY}" for edge in nasty().edges),
        ]
    )


def test_a_fault_is_seen(tmp_path: Path) -> None:
    """What is no PlantUML fails."""
    wrong = tmp_path / "wrong.puml"
    wrong.write_text("@startuml\nstate a as as b\n@enduml\n", encoding="utf-8")
    assert _plantuml("svg", [wrong]).returncode != 0
