"""Diagrams: everything of the tables is drawn, the same every time, in a form that their readers can parse."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence

import pytest
from attrs import evolve
from every import season

from own_rules import EVERY
from poec_workflow import ActorKind, SessionState, Settings, commands, locales
from poec_workflow.diagrams import FORMATS, PICTURES, graph, render, steps
from poec_workflow.diagrams.outcomes import PAINTS
from poec_workflow.diagrams.statechart import statechart
from poec_workflow.diagrams.transition_counts import count_transitions
from poec_workflow.history import HistoryEntry
from poec_workflow.locales import DEFAULT_LANGUAGE
from poec_workflow.machines import APPLICATION, LIFECYCLES, SESSION, TRAINING_ACTION, Lifecycle
from poec_workflow.model import SubjectKind
from poec_workflow.policies.access import PERMISSIONS, Grant

LIFECYCLE = pytest.mark.parametrize("lifecycle", LIFECYCLES.values(), ids=lambda each: each.name)
LANG = pytest.mark.parametrize("lang", ["fr", "en"])
FORMAT = pytest.mark.parametrize("as_", FORMATS)
PICTURE = pytest.mark.parametrize("as_", ["mermaid", "dot", "svg", "plantuml", "table", "rows"])

_STATE = re.compile(r'    state "([^"]+)" as ([A-Za-z_]+)')
_KEPT = re.compile(r"    ([A-Za-z_]+) : ([^:]+)")
_ROW = {
    **dict.fromkeys(("mermaid", "plantuml", "dot"), r"(?:(?<=[ >\"])|(?<=\\[nl]))([LSAXI]\d+) "),
    "svg": r'data-rule="([LSAXI]\d+)"',
    "scxml": r'poec:rule="([LSAXI]\d+)"',
    "xstate": r'"rule": "([LSAXI]\d+)"',
    "table": r"([LSAXI]\d+) →",
    "rows": r"(?m)^\| ([LSAXI]\d+) ",
}
"""How each format writes a row's number."""
_WITH_IMPORTS = ("mermaid", "plantuml", "dot", "table")
"""The formats that write the number of a row that imports in the same way."""
_CLASS = re.compile(r"    (classDef [a-z]+ [^:;]+:.+|class [a-z_,]+ [a-z]+)")
_ARC = re.compile(r"    (\[\*\]|[A-Za-z_]+) --> (\[\*\]|[A-Za-z_]+)(?: : ([^:]+))?")


def on_sunday(_subject: object, _facts: object) -> None:
    """A service's own policy."""


def of_the_town(_subject: object, _facts: object) -> bool:
    """A service's own relation."""
    return True


def _arcs(lifecycle: Lifecycle) -> list[tuple[str, str, str]]:
    found = map(_ARC.fullmatch, render(lifecycle, "mermaid", full=True).splitlines())
    return [(each[1], each[2], each[3] or "") for each in found if each]


@LIFECYCLE
@LANG
def test_mermaid_has_nothing_but_its_grammar(lifecycle: Lifecycle, lang: str) -> None:
    """Every line is the header, a state, its rows, an arc or a class; identifiers have no hyphen, labels no colon."""
    text = render(lifecycle, "mermaid", lang=lang, full=True)
    header, *body = text.split("stateDiagram-v2\n")
    laid_out = "config:\n  flowchart:\n    curve: linear\n  state:\n    rankSpacing: 80\n"
    assert header == f"---\ntitle: {locales.label('words', lifecycle.name, lang)}\n{laid_out}---\n"
    comment, *lines = body[0].splitlines()
    assert comment == f"    %% {graph(lifecycle, lang=lang).imported[0]}"
    assert text.endswith("\n")
    assert all(any(each.fullmatch(line) for each in (_STATE, _KEPT, _ARC, _CLASS)) for line in lines), lines


@LIFECYCLE
@LANG
@pytest.mark.parametrize("as_", PICTURES)
def test_a_picture_can_be_read_by_default(lifecycle: Lifecycle, lang: str, as_: str) -> None:
    """Grouped and without codes; `full` is the whole, and what is asked for comes before either."""
    read = render(lifecycle, as_, lang=lang)
    assert read == render(lifecycle, as_, lang=lang, show=("conditions",), grouped=True)
    whole = render(lifecycle, as_, lang=lang, full=True)
    assert whole == render(lifecycle, as_, lang=lang, show=("conditions", "codes"), grouped=False) != read
    assert render(lifecycle, as_, lang=lang, full=True, grouped=True, show=("conditions",)) == read
    codes = {code for rule in lifecycle.steps for code in rule.codes}
    assert not [code for code in codes if code in read]
    assert [code for code in codes if code not in whole] == []


@LIFECYCLE
@pytest.mark.parametrize("as_", [each for each in FORMATS if each not in PICTURES])
def test_what_is_no_picture_is_whole_by_default(lifecycle: Lifecycle, as_: str) -> None:
    """A table, and what a program reads, has the codes."""
    assert render(lifecycle, as_) == render(lifecycle, as_, full=True) != render(lifecycle, as_, show=("conditions",))


@LIFECYCLE
@LANG
def test_mermaid_declares_every_state_with_its_label(lifecycle: Lifecycle, lang: str) -> None:
    """Every state is declared once, in order, with its label."""
    declared = _STATE.findall(render(lifecycle, "mermaid", lang=lang, full=True))
    assert [name for _, name in declared] == [state.value.replace("-", "_") for state in lifecycle.states]
    labels = [re.sub(r"#(\d+);", lambda found: chr(int(found[1])), label) for label, _ in declared]
    assert labels == [locales.state(state, lang) for state in lifecycle.states]


@LIFECYCLE
def test_mermaid_draws_every_row_from_every_source(lifecycle: Lifecycle) -> None:
    """In full, each row is an arc from each of its sources, or stands in the state that it keeps, and nothing else."""
    expected = [
        (
            source.value.replace("-", "_") if source else "[*]",
            rule.targets[source].value.replace("-", "_"),
            rule.id,
        )
        for rule in lifecycle.steps
        for source in rule.source or (None,)
    ]
    drawn = [(source, target, label.split()[0]) for source, target, label in _arcs(lifecycle) if label]
    kept = filter(None, map(_KEPT.fullmatch, render(lifecycle, "mermaid", full=True, show=()).splitlines()))
    drawn += [(found[1], found[1], row.split()[0]) for found in kept for row in found[2].split("<br/>")]
    assert sorted(drawn) == sorted(expected)


@LIFECYCLE
def test_mermaid_marks_what_is_final(lifecycle: Lifecycle) -> None:
    """The final states, and no others, lead to the end."""
    ends = {source for source, target, _ in _arcs(lifecycle) if target == "[*]"}
    assert ends == {state.value.replace("-", "_") for state in lifecycle.final}


@pytest.mark.parametrize("lifecycle", [*LIFECYCLES.values(), *EVERY.values()], ids=lambda each: each.fingerprint)
@LANG
@pytest.mark.parametrize("full", [False, True])
@FORMAT
def test_every_row_is_there_as_often_as_it_is_drawn(lifecycle: Lifecycle, lang: str, as_: str, *, full: bool) -> None:
    """From each of its sources; once where rows are listed, and where it starts from a frame or keeps its states."""
    text = render(lifecycle, as_, lang=lang, full=full, show=())
    drawn = statechart(graph(lifecycle, lang=lang, grouped=as_ == "svg" or (as_ in PICTURES and not full)))
    rows = [row for arc in drawn.arcs for row in arc.rows]
    rows += [row for kept in drawn.internal.values() for row in kept]
    # Mermaid writes what keeps the framed states into each of them.
    rows += [(edge,) for row in drawn.frame_internal for edge in row] if as_ == "mermaid" else drawn.frame_internal
    # In pictures a row that imports is words, which say where it leads.
    imported = [each.rule.id for each in drawn.graph.imports if as_ in _WITH_IMPORTS]
    expected = (
        [rule.id for rule in lifecycle.rules] if as_ == "rows" else [*(row[0].rule.id for row in rows), *imported]
    )
    assert Counter(re.findall(_ROW[as_], text)) == Counter(expected)


@LIFECYCLE
@FORMAT
def test_every_code_is_drawn(lifecycle: Lifecycle, as_: str) -> None:
    """Each row shows the codes that may refuse it."""
    lines = [line for line in render(lifecycle, as_, full=True).splitlines() if not line.startswith("<desc ")]
    for rule in lifecycle.steps:
        shown = [line for line in lines if re.search(rf"\b{rule.id}\b", line)]
        assert shown
        assert all(code in line for line in shown for code in rule.codes)


@pytest.mark.parametrize(
    ("lang", "label"), [("fr", "L13 refuser\u00a0#58; session complète"), ("en", "L13 refuse#58; session full")]
)
def test_colons_are_escaped(lang: str, label: str) -> None:
    """A colon in a label is written as Mermaid's entity, for a bare one would end the label."""
    text = render(APPLICATION, "mermaid", lang=lang, show=(), colours=False)
    assert label in text
    assert "refuser\u00a0: " not in text
    assert all(line.count(":") <= 1 for line in text.splitlines())


@LANG
def test_conditions_are_in_words(lang: str) -> None:
    """The conditions that choose a row stand in brackets, in words, and a condition and its contrary differ."""
    text = render(APPLICATION, "mermaid", lang=lang, full=True)
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


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.removeprefix("|").removesuffix("|").split(" | ")]


@LIFECYCLE
@LANG
def test_the_rows_have_a_line_each(lifecycle: Lifecycle, lang: str) -> None:
    """The lines of `rows` are the rows in order, with number, command and as many cells as the head."""
    head, rule_line, *lines = render(lifecycle, "rows", lang=lang).splitlines()
    assert [_cells(line)[0] for line in lines] == [rule.id for rule in lifecycle.rules]
    for line, rule in zip(lines, lifecycle.rules, strict=True):
        assert f"(`{rule.command.type}`)" in _cells(line)[2]
        assert len(_cells(line)) == len(_cells(head)) == rule_line.count("---")


def test_the_rows_name_states_and_what_stays() -> None:
    """A creation comes from nothing, one state that stays is named, and several are said to be unchanged."""
    session = render(SESSION, "rows", lang="en").splitlines()
    assert "| S1 | (nothing) | create session (`create-session`) |" in session[2]
    assert "Active, Complete" in session[3]
    assert "(unchanged)" in session[3]
    assert "| Convoked | move convocation (`move-convocation`) |  | Convoked |" in render(
        APPLICATION, "rows", lang="en"
    )


@LIFECYCLE
@LANG
def test_the_table_has_a_cell_for_every_state_and_command(lifecycle: Lifecycle, lang: str) -> None:
    """Each cell has exactly the rows of its state and command, if any; a final state has no column."""
    head, _, *lines, blank, note = render(lifecycle, "table", lang=lang, show=()).splitlines()
    states = [None, *(state for state in lifecycle.states if state not in lifecycle.final)]
    assert _cells(head)[2:] == [locales.state(state, lang) for state in states if state]
    assert len(lines) == len(lifecycle.by_command)
    for line, command in zip(lines, lifecycle.by_command, strict=True):
        named, *cells = _cells(line)
        assert f"(`{command.type}`)" in named
        for state, cell in zip(states, cells, strict=True):
            rows = [rule.id for rule in lifecycle.rows(state, command)]
            assert re.findall(r"\b[LSAI]\d+\b", cell) == rows
            assert (cell == "—") is not bool(rows)
    assert blank == ""
    assert all(locales.state(state, lang) in note for state in lifecycle.final)


def test_the_tables_empty_cells_are_explained() -> None:
    """With the codes, the note under the table says what an empty cell is refused with."""
    note = render(TRAINING_ACTION, "table", lang="en").splitlines()[-1]
    assert "`no-transition`" in note
    assert "`unknown-action`" in note
    assert "`duplicate-reference`" in note


@PICTURE
def test_actors_are_shown_when_asked_for(as_: str) -> None:
    """`actors` shows who may give each command, under the service's own permissions."""
    assert "of the prescriber" not in render(APPLICATION, as_, lang="en")
    shown = render(APPLICATION, as_, lang="en", show=("actors",))
    assert "adviser" in shown
    assert "platform" in shown
    ours = Settings(permissions={**PERMISSIONS, commands.Preregister: (Grant(ActorKind.FUNDER, of_the_town),)})
    assert "funder (of-the-town)" in render(APPLICATION, as_, lang="en", show=("actors",), settings=ours)


@PICTURE
def test_a_path_and_counts_are_shown(as_: str) -> None:
    """A history's rows are marked, and counts stand with their rows, those that were never taken too."""
    told = _told()
    plain = render(APPLICATION, as_, lang="en")
    marked = render(APPLICATION, as_, lang="en", path=told)
    assert marked != plain
    counted = render(APPLICATION, as_, lang="en", counts=steps([*told, *told]), show=())
    assert {"(2×)", "(0×)"} <= {*re.findall(r"\(\d+×\)", counted)}
    assert "×)" not in plain


def test_the_graph_knows_path_and_counts() -> None:
    """What was taken, how often, where the subject was and where it is."""
    told = _told()
    drawn = graph(APPLICATION, path=told, counts=steps(told))
    walked = Counter((entry.rule, entry.from_state) for entry in told)
    assert {edge.step: edge.count for edge in drawn.edges if edge.taken} == walked
    assert {edge.count for edge in drawn.edges if not edge.taken} == {0}
    assert [node.state.value for node in drawn.nodes if node.visited] == ["pending", "convoked", "absent", "rejected"]
    assert [node.state.value for node in drawn.nodes if node.current] == ["rejected"]
    assert not any(edge.taken or edge.count is not None for edge in graph(APPLICATION).edges)


@LIFECYCLE
def test_counting_reads_every_history(lifecycle: Lifecycle) -> None:
    """`taken` adds up what the store holds of one lifecycle: as many steps as its subjects have versions."""
    workflow = season()
    queries = workflow.storage.queries
    counts = count_transitions(queries, lifecycle)
    subjects = [queries.subject(lifecycle.kind, reference) for reference in queries.states(lifecycle.kind)]
    assert counts.total() == sum(subject.version for subject in subjects if subject)
    assert set(counts) <= {edge.step for edge in graph(lifecycle).edges}
    if lifecycle is APPLICATION:
        assert counts["L1", None] == len(subjects) > 1


def _told() -> Sequence[HistoryEntry]:
    return season().history(SubjectKind.APPLICATION, "C-1")


@PICTURE
@pytest.mark.parametrize("grouped", [False, True])
def test_without_colours_no_outcome_is_shown(as_: str, *, grouped: bool) -> None:
    """Plain, no picture names a colour of an outcome; colours change nothing else of the tables."""
    plain = render(APPLICATION, as_, colours=False, grouped=grouped)
    coloured = render(APPLICATION, as_, grouped=grouped)
    colours = {colour for paint in PAINTS.values() for colour in (paint.line, paint.dark_line)}
    assert not [colour for colour in colours if colour in plain]
    assert (plain == coloured) is (as_ in {"table", "rows"})


def _one_by_one() -> Lifecycle:
    """A lifecycle where no row starts from all the states that are not final: there is nothing to frame."""
    rules = {rule.id: rule for rule in SESSION.steps}
    return Lifecycle(
        "session",
        SubjectKind.SESSION,
        (rules["S1"], rules["S8"], evolve(rules["S10"], source=SessionState.COMPLETE)),
        states=SESSION.states,
        final=SESSION.final,
        parent=SESSION.parent,
    )


@PICTURE
def test_without_anything_to_frame_there_is_no_frame(as_: str) -> None:
    """Grouped, such a lifecycle is drawn as it is."""
    lifecycle = _one_by_one()
    drawn = render(lifecycle, as_, lang="en", grouped=True)
    assert "In each of these states" not in drawn
    assert all(rule.id in drawn for rule in lifecycle.steps)
    if as_ != "svg":
        assert drawn == render(lifecycle, as_, lang="en")


def test_grouped_nothing_is_lost() -> None:
    """Of each lifecycle, every edge is in the statechart once: on an arc, in a state or in the frame."""
    for lifecycle in LIFECYCLES.values():
        drawn = statechart(graph(lifecycle, grouped=True))
        found = [edge for arc in drawn.arcs for row in arc.rows for edge in row]
        found += [edge for rows in drawn.internal.values() for row in rows for edge in row]
        found += [edge for row in drawn.frame_internal for edge in row]
        assert sorted(map(str, found)) == sorted(map(str, drawn.graph.edges))
        assert len(drawn.arcs) < len(drawn.graph.edges)


@FORMAT
@LANG
def test_a_services_own_policies_are_drawn(as_: str, lang: str) -> None:
    """The codes of a service's own policies stand with those of the command's rows."""
    settings = Settings(refuse_also={commands.Convoke: (on_sunday,)})
    own = render(APPLICATION, as_, lang=lang, settings=settings, full=True)
    drawn = [line for line in own.splitlines() if "on-sunday" in line]
    assert drawn
    assert all("L2" in line for line in drawn)
    assert "on-sunday" not in render(APPLICATION, as_, lang=lang, full=True)


@LIFECYCLE
@FORMAT
def test_a_diagram_has_the_command_lines_default_language(lifecycle: Lifecycle, as_: str) -> None:
    """Without a language it is that of the command line where nothing says one; and the two languages differ."""
    assert render(lifecycle, as_) == render(lifecycle, as_, lang=DEFAULT_LANGUAGE)
    assert render(lifecycle, as_, lang="fr") != render(lifecycle, as_, lang="en")


def test_unknown_formats_and_languages_are_value_errors() -> None:
    """An unknown format or language is a `ValueError` that says what there is."""
    with pytest.raises(ValueError, match=r"'crayon'.*mermaid"):
        render(APPLICATION, "crayon")
    with pytest.raises(ValueError, match=r"'de'.*fr, en"):
        render(APPLICATION, "mermaid", lang="de")
    with pytest.raises(ValueError, match=r"horses: any of conditions, codes, actors"):
        render(APPLICATION, "mermaid", show=("conditions", "horses"))


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
