"""Tables and texts on a terminal of any width: no line is wider, no word is lost."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from poec_workflow.cli.line_wrapping import wrap
from poec_workflow.cli.terminal import table

AWKWARD = "aé 日本語\u00a0:e\u0301\u200b👩\u200d🔧-_ﾊﾟ"
TEXTS = st.text(st.sampled_from(AWKWARD), max_size=40) | st.sampled_from(["x" * 70, "日" * 64, "e\u0301" * 90])
CELLS = TEXTS | st.lists(TEXTS, min_size=2, max_size=3).map("\n".join) | st.integers(-5, 10**6)
ROWS = st.integers(1, 9).flatmap(
    lambda columns: st.tuples(
        st.lists(TEXTS, min_size=columns, max_size=columns),
        st.lists(st.lists(CELLS, min_size=columns, max_size=columns), max_size=3),
    )
)
WIDTHS = st.sampled_from([20, 40, 60, 80, 200])


@settings(deadline=None)
@given(ROWS, WIDTHS, st.integers(0, 1))
def test_no_line_is_wider_than_the_terminal(
    drawn: tuple[list[str], list[list[object]]], width: int, turns: int
) -> None:
    """Whatever stands in the cells, of whatever script."""
    columns, rows = drawn
    together = (len(columns) - 1, 1) if len(columns) > 1 else ()
    made = table(columns, rows, title="日" * 70, together=together, turns=bool(turns))
    assert max(map(cell_len, [*made.heading(width), *made.lines(width)])) <= width


@settings(deadline=None)
@given(ROWS, WIDTHS)
def test_nothing_of_a_cell_is_lost(drawn: tuple[list[str], list[list[object]]], width: int) -> None:
    """Every character of every cell stands somewhere in the table."""
    columns, rows = drawn
    made = table(columns, rows)
    left = list("".join(made.lines(width)))
    for character in "".join(cell for row in made.rows for cell in row if width > 0):
        if not character.isspace():
            left.remove(character)


@example("une session\u00a0: complète", 12)
@settings(deadline=None)
@given(TEXTS, st.integers(4, 90))
def test_a_text_keeps_its_characters_in_their_order(text: str, width: int) -> None:
    """Lines fit, and say the same; a non-breaking space ends no line that could be broken elsewhere."""
    lines = wrap(text, width, 2)
    assert max(map(cell_len, lines)) <= width
    assert "".join("".join(lines).split(" ")) == "".join(text.split(" "))


def test_a_line_is_not_broken_before_a_colon() -> None:
    """French punctuation stays with its word."""
    assert wrap("une session\u00a0: complète", 12) == ["une", "session\u00a0:", "complète"]


def test_what_fits_stands_in_a_line_for_each_row() -> None:
    """Headings, a rule, a row a line; numbers stand to the right."""
    made = table(["état", "Nombre"], [["reçu", 3], ["", 40]], title="États")
    assert made.heading(None) == ["États"]
    for width in (None, 80):
        assert made.lines(width) == ["", " état   Nombre", " ─────────────", " reçu        3", "            40", ""]


def test_columns_fold_into_each_other_where_there_is_no_room() -> None:
    """Columns that belong together stand below each other, their headings too."""
    made = table(["reference", "organisation", "place"], [["C-1", "AFEC", "Agen"]], together=(1, 2))
    assert made.lines(25) == [
        "",
        "reference  organisation",
        "           place",
        "─" * 23,
        "C-1        AFEC",
        "           Agen",
        "",
    ]


def test_where_nothing_fits_each_cell_has_its_line() -> None:
    """Behind its heading, and what goes on is indented below it."""
    made = table(["reference", "organisation", "place"], [["C-1", "AFEC", "Villeneuve-sur-Lot"], ["C-2", "", "Agen"]])
    assert made.lines(26) == [
        "", "reference     C-1", "organisation  AFEC", "place         Villeneuve-s", "              ur-Lot", "",
        "reference     C-2", "place         Agen", "",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["Candidature retenue\u00a0: « Zoé »", "Łukasz Đặng … ─"])
def test_most_commands_need_no_rich(text: str) -> None:
    """To measure Latin texts it is not loaded: that would take longer than the command."""
    made = f"print_table(table(['a'], [[{text!r}]]))"
    code = f"import sys; from poec_workflow.cli.terminal import *; {made}; sys.exit('rich' in sys.modules)"
    ran = subprocess.run([sys.executable, "-X", "utf8", "-c", code], check=False, capture_output=True)
    assert ran.returncode == 0, ran
