"""What other engines are given: the whole table, in documents that any parser of their language reads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from attrs import evolve

from poec_workflow import locales
from poec_workflow.diagrams import graph, render, scxml, xstate
from poec_workflow.machines import LIFECYCLES, Lifecycle

LIFECYCLE = pytest.mark.parametrize("lifecycle", LIFECYCLES.values(), ids=lambda each: each.name)
W3C = "{http://www.w3.org/2005/07/scxml}"
OURS = f"{{{scxml.NAMESPACE}}}"
AWKWARD = "« \"a\" & 'b' » <c>\n]]> -- \\ é"

Row = tuple[str, str, str, str, tuple[tuple[str, bool], ...], tuple[str, ...]]


def of_the_table(lifecycle: Lifecycle) -> set[Row]:
    """Source, command, row, target, conditions and codes of each way of the table."""
    return {
        (
            source.value if source else "nothing",
            rule.command.type,
            rule.id,
            rule.targets[source].value,
            tuple((atom.name, atom.expected) for atom in rule.given),
            rule.codes,
        )
        for rule in lifecycle.steps
        for source in rule.source or (None,)
    }


def of_json(document: dict[str, Any]) -> Iterator[Row]:
    for name, state in document["states"].items():
        for command, rows in state.get("on", {}).items():
            for row in rows:
                given = tuple(row["guard"]["params"].items()) if "guard" in row else ()
                yield name, command, row["meta"]["rule"], row["target"], given, tuple(row["meta"]["codes"])


def of_xml(document: ET.Element) -> Iterator[Row]:
    for state in document:
        for row in state:
            read = row.attrib
            terms = [term.split(" === ") for term in read["cond"].split(" && ")] if "cond" in read else []
            given = tuple(
                (name.removeprefix("_event.data.").replace("_", "-"), {"true": True, "false": False}[value])
                for name, value in terms
            )
            codes = tuple(read.get(f"{OURS}codes", "").split())
            yield state.attrib["id"], read["event"], read[f"{OURS}rule"], read["target"], given, codes


@LIFECYCLE
def test_the_configuration_is_the_table(lifecycle: Lifecycle) -> None:
    """XState's JSON has each row from each source once, with its conditions as data, and nothing else."""
    document = json.loads(render(lifecycle, "xstate"))
    rows = list(of_json(document))
    assert set(rows) == of_the_table(lifecycle)
    assert len(rows) == len(set(rows))


@LIFECYCLE
def test_the_state_chart_is_the_table(lifecycle: Lifecycle) -> None:
    """SCXML has each row from each source once, with its conditions as data, and nothing else."""
    document = ET.fromstring(render(lifecycle, "scxml"))  # noqa: S314 - ours
    rows = list(of_xml(document))
    assert set(rows) == of_the_table(lifecycle)
    assert len(rows) == len(set(rows))
    assert {each.tag for each in document.iter()} == {
        f"{W3C}{tag}" for tag in ("scxml", "state", "final", "transition")
    }


@LIFECYCLE
def test_both_begin_with_nothing_and_end_where_the_table_does(lifecycle: Lifecycle) -> None:
    """Both start where there is no subject yet; the states, and which are final, are the table's, in its order."""
    configuration = json.loads(render(lifecycle, "xstate"))
    chart = ET.fromstring(render(lifecycle, "scxml"))  # noqa: S314 - ours
    names = ["nothing", *lifecycle.states]
    assert configuration["initial"] == chart.attrib["initial"] == "nothing"
    assert list(configuration["states"]) == [each.attrib["id"] for each in chart] == names
    finals = [name for name, each in configuration["states"].items() if each.get("type") == "final"]
    assert finals == [each.attrib["id"] for each in chart if each.tag == f"{W3C}final"]
    assert set(finals) == lifecycle.final


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_labels_are_kept_beside(lang: str) -> None:
    """Labels of the machine, its states and its commands stand where no engine acts on them."""
    lifecycle = LIFECYCLES["session"]  # type: ignore[index]
    configuration = json.loads(render(lifecycle, "xstate", lang=lang))
    chart = ET.fromstring(render(lifecycle, "scxml", lang=lang))  # noqa: S314 - ours
    assert configuration["description"] == chart.attrib[f"{OURS}label"] == locales.label("words", "session", lang)
    for state in lifecycle.states:
        label = configuration["states"][state.value]["description"]
        assert label == chart.find(f"*[@id='{state.value}']").attrib[f"{OURS}label"] == locales.state(state, lang)  # type: ignore[union-attr]
    command = locales.label("commands", "reopen-session", lang)
    (row,) = configuration["states"]["complete"]["on"]["reopen-session"]
    assert row["description"] == f"S9 {command}"
    assert row["meta"]["event"] == "session-reopened"
    assert (
        chart.find(f".//*[@event='reopen-session'][@{OURS}label='{command}'][@{OURS}outcome='session-reopened']")
        is not None
    )


def test_whatever_a_label_holds_is_escaped() -> None:
    """Quotes, ampersands, brackets and line ends come back from either parser as they went in."""
    drawn = graph(LIFECYCLES["action"])  # type: ignore[index]
    awkward = evolve(
        drawn,
        title=AWKWARD,
        nodes=tuple(evolve(node, label=AWKWARD) for node in drawn.nodes),
        edges=tuple(evolve(edge, command=AWKWARD) for edge in drawn.edges),
    )
    configuration = json.loads(xstate.render(awkward, ()))
    assert configuration["description"] == configuration["states"]["deleted"]["description"] == AWKWARD
    assert configuration["states"]["archived"]["on"]["restore-action"][0]["description"] == f"A7 {AWKWARD}"
    chart = ET.fromstring(scxml.render(awkward, ()))  # noqa: S314 - ours
    assert {each.attrib.get(f"{OURS}label", AWKWARD) for each in chart.iter()} == {AWKWARD}


def test_what_is_ours_has_no_name_of_theirs() -> None:
    """A reader that throws namespaces away still finds SCXML's own attributes."""
    names = [name for each in ET.fromstring(render(LIFECYCLES["application"], "scxml")).iter() for name in each.attrib]  # type: ignore[index] # noqa: S314 - ours
    ours = {name.removeprefix(OURS) for name in names if name.startswith(OURS)}
    assert ours
    assert not ours & {name for name in names if not name.startswith("{")}
