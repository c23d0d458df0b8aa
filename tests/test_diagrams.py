"""Diagrams: everything of the tables is drawn, the same every time, in a form that their readers can parse."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from poec_workflow import Settings, commands, locales
from poec_workflow.diagrams import FORMATS, graph, render
from poec_workflow.machines import APPLICATION, LIFECYCLES, SESSION, TRAINING_ACTION, Lifecycle

LIFECYCLE = pytest.mark.parametrize("lifecycle", LIFECYCLES.values(), ids=lambda each: each.name)
LANG = pytest.mark.parametrize("lang", ["fr", "en"])
FORMAT = pytest.mark.parametrize("as_", FORMATS)

_STATE = re.compile(r'    state "([^"]+)" as ([A-Za-z_]+)')
_ARC = re.compile(r"    (\[\*\]|[A-Za-z_]+) --> (\[\*\]|[A-Za-z_]+)(?: : ([^:]+))?")


def on_sunday(_subject: object, _facts: object) -> None:
    """A service's own policy."""


def _arcs(lifecycle: Lifecycle) -> list[tuple[str, str, str]]:
    found = map(_ARC.fullmatch, render(lifecycle, "mermaid").splitlines())
    return [(each[1], each[2], each[3] or "") for each in found if each]


@LIFECYCLE
@LANG
def test_mermaid_has_nothing_but_its_grammar(lifecycle: Lifecycle, lang: str) -> None:
    """Every line is the header, a state, or an arc; identifiers have no hyphen, and labels no bare colon."""
    text = render(lifecycle, "mermaid", lang=lang)
    header, *body = text.split("stateDiagram-v2\n")
    assert header == f"---\ntitle: {locales.label('words', lifecycle.name, lang)}\n---\n"
    lines = body[0].splitlines()
    assert text.endswith("\n")
    assert all(_STATE.fullmatch(line) or _ARC.fullmatch(line) for line in lines), lines


@LIFECYCLE
@LANG
def test_mermaid_declares_every_state_with_its_label(lifecycle: Lifecycle, lang: str) -> None:
    """Every state is declared once, in order, with its label."""
    declared = _STATE.findall(render(lifecycle, "mermaid", lang=lang))
    assert [name for _, name in declared] == [state.value.replace("-", "_") for state in lifecycle.states]
    labels = [re.sub(r"#(\d+);", lambda found: chr(int(found[1])), label) for label, _ in declared]
    assert labels == [locales.state(state, lang) for state in lifecycle.states]


@LIFECYCLE
def test_mermaid_draws_every_row_from_every_source(lifecycle: Lifecycle) -> None:
    """Each row is an arc from each of its sources, labelled with its number, and nothing else is."""
    expected = [
        (
            source.value.replace("-", "_") if source else "[*]",
            rule.target_from(source).value.replace("-", "_"),
            rule.id,
        )
        for rule in lifecycle.rules
        for source in rule.source or (None,)
    ]
    drawn = [(source, target, label.split()[0]) for source, target, label in _arcs(lifecycle) if label]
    assert drawn == expected


@LIFECYCLE
def test_mermaid_marks_what_is_final(lifecycle: Lifecycle) -> None:
    """The final states, and no others, lead to the end."""
    ends = {source for source, target, _ in _arcs(lifecycle) if target == "[*]"}
    assert ends == {state.value.replace("-", "_") for state in lifecycle.final}


@LIFECYCLE
@FORMAT
def test_every_code_is_drawn(lifecycle: Lifecycle, as_: str) -> None:
    """Each row shows the codes that may refuse it."""
    lines = render(lifecycle, as_).splitlines()
    for rule in lifecycle.rules:
        shown = [line for line in lines if re.search(rf"\b{rule.id}\b", line)]
        assert shown
        assert all(code in line for line in shown for code in rule.codes)


@pytest.mark.parametrize(
    ("lang", "label"), [("fr", "L13 refuser #58; session complète"), ("en", "L13 refuse#58; session full")]
)
def test_colons_are_escaped(lang: str, label: str) -> None:
    """A colon in a label is written as Mermaid's entity, for a bare one would end the label."""
    text = render(APPLICATION, "mermaid", lang=lang, show=())
    assert label in text
    assert "refuser : " not in text
    assert all(line.count(":") <= 1 for line in text.splitlines())


@LANG
def test_conditions_are_in_words(lang: str) -> None:
    """The conditions that choose a row stand in brackets, in words, and a condition and its contrary differ."""
    text = render(APPLICATION, "mermaid", lang=lang)
    conditions = {edge.rule.id: edge.conditions for edge in graph(APPLICATION, lang=lang).edges if edge.conditions}
    assert set(conditions) == {"L4", "L5", "L6"}
    assert len({*conditions["L4"], *conditions["L5"], *conditions["L6"]}) == 4
    assert conditions["L4"][0] == {"fr": "a prévenu", "en": "gave notice"}[lang]
    for rule, shown in conditions.items():
        (line,) = (line for line in text.splitlines() if f" : {rule} " in line)
        assert f"[{', '.join(shown)}]".replace(":", "#58;") in line
        assert not any("-" in each for each in shown)


@FORMAT
def test_what_is_not_to_be_shown_is_left_out(as_: str) -> None:
    """`show` chooses whether conditions and codes are drawn."""
    assert "gave notice" in render(APPLICATION, as_, lang="en", show=("conditions",))
    assert "no-seat-left" not in render(APPLICATION, as_, lang="en", show=("conditions",))
    assert "gave notice" not in render(APPLICATION, as_, lang="en", show=("codes",))
    assert "no-seat-left" in render(APPLICATION, as_, lang="en", show=("codes",))
    bare = render(APPLICATION, as_, lang="en", show=())
    assert "gave notice" not in bare
    assert "no-seat-left" not in bare


@LIFECYCLE
@LANG
def test_the_table_has_a_line_for_every_row(lifecycle: Lifecycle, lang: str) -> None:
    """The table's lines are the rows in order, with number, command and as many cells as the head."""
    head, rule_line, *lines = render(lifecycle, "table", lang=lang).splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    assert [each[0] for each in cells] == [rule.id for rule in lifecycle.rules]
    for row, rule in zip(cells, lifecycle.rules, strict=True):
        assert f"(`{rule.command.type}`)" in row[2]
        assert len(row) == len(head.strip("|").split(" | ")) == rule_line.count("---")


def test_the_table_names_states_and_what_stays() -> None:
    """A creation comes from nothing, one state that stays is named, and several are said to be unchanged."""
    session = render(SESSION, "table", lang="en").splitlines()
    assert "| S1 | (nothing) | create session (`create-session`) |" in session[2]
    assert "Active, Complete" in session[3]
    assert "(unchanged)" in session[3]
    assert "| Convoked | move convocation (`move-convocation`) |  | Convoked |" in render(
        APPLICATION, "table", lang="en"
    )


@FORMAT
@LANG
def test_a_services_own_policies_are_drawn(as_: str, lang: str) -> None:
    """The codes of a service's own policies stand with those of the command's rows."""
    settings = Settings(refuse_also={commands.Convoke: (on_sunday,)})
    own = render(APPLICATION, as_, lang=lang, settings=settings)
    drawn = [line for line in own.splitlines() if "on-sunday" in line]
    assert drawn
    assert all("L2" in line for line in drawn)
    assert "on-sunday" not in render(APPLICATION, as_, lang=lang)


@LIFECYCLE
@FORMAT
def test_a_diagram_is_french_by_default(lifecycle: Lifecycle, as_: str) -> None:
    """Without a language a diagram is French, and the two languages differ."""
    assert render(lifecycle, as_) == render(lifecycle, as_, lang="fr") != render(lifecycle, as_, lang="en")


def test_unknown_formats_and_languages_are_value_errors() -> None:
    """An unknown format or language is a `ValueError` that says what there is."""
    with pytest.raises(ValueError, match=r"'crayon'.*mermaid"):
        render(APPLICATION, "crayon")
    with pytest.raises(ValueError, match=r"'de'.*fr, en"):
        render(APPLICATION, "mermaid", lang="de")


def test_the_graph_is_the_table() -> None:
    """The graph has the states as nodes and each row, from each source, as an edge."""
    drawn = graph(TRAINING_ACTION, lang="en")
    assert [(node.state, node.final) for node in drawn.nodes] == [
        (state, state in TRAINING_ACTION.final) for state in TRAINING_ACTION.states
    ]
    assert [edge.rule.id for edge in drawn.edges].count("A8") == 3
    assert (drawn.name, drawn.title, drawn.lang) == ("training-action", "Training action", "en")


_EVERYTHING = """
import hashlib
from poec_workflow.diagrams import FORMATS, render
from poec_workflow.machines import LIFECYCLES
text = "".join(render(each, as_, lang=lang) for each in LIFECYCLES.values() for as_ in FORMATS for lang in ("fr", "en"))
print(hashlib.sha256(text.encode()).hexdigest())
"""


def test_the_same_rules_give_the_same_bytes() -> None:
    """Whatever seed a process hashes with, every diagram has the same bytes."""
    printed = {
        subprocess.run(
            [sys.executable, "-c", _EVERYTHING],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            timeout=30,
        ).stdout
        for seed in ("0", "1", "4711")
    }
    assert len(printed) == 1
