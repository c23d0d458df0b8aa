"""Marked blocks in a page: drawn anew, the rest untouched, and what is broken refused."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poec_workflow import Settings, commands
from poec_workflow.diagrams import FORMATS, render
from poec_workflow.diagrams.diagram_request import DiagramRequest, parse_request
from poec_workflow.diagrams.markdown_blocks import FENCED, PLAIN, update_blocks
from poec_workflow.machines import APPLICATION, SESSION

OPEN = "<!-- poec-lifecycle application -->\n"
CLOSE = "<!-- /poec-lifecycle -->\n"


def on_sunday(_subject: object, _facts: object) -> None:
    """A service's own policy."""


def test_a_block_is_what_the_rules_say() -> None:
    """What stands between the markers becomes a fence with the drawing; what is around it stays."""
    page = update_blocks(f"# Ours\n\n{OPEN}old\n{CLOSE}\nafter, without an end")
    drawing = render(APPLICATION, "mermaid")
    assert page == f"# Ours\n\n{OPEN}```mermaid\n{drawing}```\n{CLOSE}\nafter, without an end"


@pytest.mark.parametrize("format_", [each for each in FORMATS if each != "svg"])
def test_every_format_of_a_page_can_be_asked_for(format_: str) -> None:
    """Diagrams stand in a fence of their language, tables as they are, apart from the comments."""
    assert (format_ in FENCED) is not (format_ in PLAIN)
    page = update_blocks(f"<!-- poec-lifecycle session format={format_} lang=en show= -->\n{CLOSE}")
    drawing = render(SESSION, format_, lang="en", show=())
    lines = page.splitlines()[1:-1]
    assert lines[0] == (f"```{FENCED[format_]}" if format_ in FENCED else "")
    assert "\n".join(lines[1:-1]) + "\n" == drawing


def test_a_block_says_how_it_is_drawn() -> None:
    """Its options are `render`'s."""
    asked = "format=mermaid lang=en show=conditions,actors colours=no grouped=yes"
    page = update_blocks(f"<!--poec-lifecycle application {asked}-->\n{CLOSE}")
    drawing = render(APPLICATION, "mermaid", lang="en", show=("conditions", "actors"), colours=False, grouped=True)
    assert drawing in page


def test_a_services_own_settings_are_drawn() -> None:
    """Under a service's settings its codes stand in the page."""
    ours = Settings(refuse_also={commands.Convoke: (on_sunday,)})
    whole = OPEN.replace(" -->", " full=yes -->")
    assert "on-sunday" in update_blocks(whole + CLOSE, ours)
    assert "on-sunday" not in update_blocks(whole + CLOSE)


texts = st.text(st.sampled_from("ab \n`~-<!>"), max_size=60).filter(
    lambda text: "```" not in text and "~~~" not in text
)


@settings(max_examples=40)
@given(texts, texts, st.sampled_from(["\n", "\r\n"]))
def test_it_is_the_same_the_second_time(before: str, after: str, end: str) -> None:
    """Drawn twice is drawn once; what is outside of the blocks stays byte for byte, line ends too."""
    page = f"{before}\n{OPEN}stale\n{CLOSE}{after}\n{OPEN}{CLOSE}".replace("\n", end)
    drawn = update_blocks(page)
    assert update_blocks(drawn) == drawn
    assert drawn.startswith(f"{before}\n{OPEN}".replace("\n", end))
    assert f"{CLOSE}{after}\n{OPEN}".replace("\n", end) in drawn
    assert drawn.endswith(CLOSE.replace("\n", end))
    assert drawn.count("\n") == drawn.count(end)


@pytest.mark.parametrize("fence", ["```", "~~~~", "  ```"])
def test_markers_in_code_are_code(fence: str) -> None:
    """A page may show how it is done."""
    shown = f"{fence}markdown\n{OPEN}{CLOSE}``\n{fence}\n"
    page = f"{shown}{OPEN}{CLOSE}{shown}"
    drawn = update_blocks(page)
    assert drawn.startswith(shown)
    assert drawn.endswith(shown)
    assert drawn.count("stateDiagram-v2") == 1


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ("", "no block is marked"),
        (f"```\n{OPEN}{CLOSE}```\n", "no block is marked"),
        (f"\n{OPEN}", r"line 2: the block is not closed"),
        (f"{OPEN}\n{OPEN}{CLOSE}", r"line 1: the block is not closed before line 3"),
        (f"{OPEN}{CLOSE}{CLOSE}", r"line 3: no block is open here"),
        (f"<!-- poec-lifecycle -->\n{CLOSE}", r"line 1: unknown lifecycle '': one of application, session"),
        (f"<!-- poec-lifecycle horse -->\n{CLOSE}", r"line 1: unknown lifecycle 'horse'"),
        (f"<!-- poec-lifecycle session size=2 -->\n{CLOSE}", r"line 1: unknown option 'size': one of format, lang"),
        (f"<!-- poec-lifecycle session lang -->\n{CLOSE}", r"line 1: 'lang': expected NAME=VALUE"),
        (f"<!-- poec-lifecycle session lang=de -->\n{CLOSE}", r"line 1: unknown lang 'de': one of fr, en"),
        (f"<!-- poec-lifecycle session show=codes,x -->\n{CLOSE}", r"line 1: unknown show 'x'"),
        (f"<!-- poec-lifecycle session grouped=1 -->\n{CLOSE}", r"line 1: unknown grouped '1': one of yes, no"),
        (f"<!-- poec-lifecycle session format=crayon -->\n{CLOSE}", r"line 1: unknown format 'crayon'"),
        (f"<!-- poec-lifecycle session format=svg -->\n{CLOSE}", r"line 1: svg is not for the inside"),
    ],
)
def test_what_is_broken_is_refused(page: str, message: str) -> None:
    """The message names the line, and what there is."""
    with pytest.raises(ValueError, match=message):
        update_blocks(page)


def test_what_is_wanted_has_the_defaults_of_render() -> None:
    """Nothing said is what `render` draws when nothing is said."""
    assert parse_request("session", {}) == DiagramRequest(lifecycle="session")
    assert parse_request("session", {}).render() == render(SESSION, "mermaid")
