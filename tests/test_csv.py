"""CSV: its cells are no formulas to any program that reads it, its bytes the same on every stream."""

from __future__ import annotations

import csv
import io
import os
import re
import subprocess
import sys
import unicodedata

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from poec_workflow.presentation.spreadsheet_cells import for_people, for_programs, guarded
from poec_workflow.presentation.spreadsheet_files import CSV
from test_cli import process

SEPARATORS = ";,|\t"
HIDDEN = {"Cc", "Cf", "Zs", "Zl", "Zp"}
HOSTILE = st.text(
    st.sampled_from("=+-@＝＋﹣;,|\t\r\n\v\f \u00a0\u200b\ufeff\u3000\u2028\x00\"'Zé1") | st.characters(codec="utf-8"),
    max_size=12,
)


def as_csv(format_: str, cells: list[str]) -> str:
    """One row of cells, as the format writes it."""
    lines = io.StringIO(newline="")
    csv.writer(lines, delimiter=CSV[format_].delimiter).writerow([CSV[format_].cell(each) for each in cells])
    return lines.getvalue()


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet that forgives blanks, quotes and widths begins to calculate."""
    shown = "".join(each for each in cell if unicodedata.category(each) not in HIDDEN and each != '"')
    return unicodedata.normalize("NFKC", shown[:1]).startswith(tuple("=+-@"))


@pytest.mark.parametrize("format_", CSV)
@given(cells=st.lists(HOSTILE, min_size=1, max_size=3))
@example(cells=["Zoé;=1+1"])
@example(cells=["\n=1"])
@example(cells=["\u00a0\u200b =1"])
@example(cells=["＝1＋1"])
@example(cells=['Zoé;"=1+1'])
@example(cells=["C-1", "Agen, -1"])
def test_no_reader_sees_a_formula(format_: str, cells: list[str]) -> None:
    """Whatever it splits at, and whether it knows quotes or not; `="00301234"`, which is one, has its own test."""
    assume(not any(str(for_people(each)).startswith("=") for each in cells))
    line = as_csv(format_, cells)
    for separator in SEPARATORS:
        knowing = [cell for row in csv.reader(io.StringIO(line, newline=""), delimiter=separator) for cell in row]
        simple = [cell for row in line.splitlines() for cell in row.split(separator)]
        for cell in (*knowing, *simple):
            assert not is_formula(cell), (separator, cell)


@given(text=HOSTILE)
def test_a_guard_adds_apostrophes_and_nothing_else(text: str) -> None:
    """Without them the text is what it was; a text without a sign is left alone."""
    assert guarded(text).replace("'", "") == text.replace("'", "")
    if not re.search(r"[=+\-@＝＋﹣]|^[\t\r\n]", unicodedata.normalize("NFKC", text)):
        assert guarded(text) == text


@pytest.mark.parametrize(
    "text", ["=1+1", "+33 5", "-2", "@SUM", "\tx", "\rx", "\nx", " =1", "\xa0=1", "\ufeff=1", "＝1"]
)
def test_a_formula_gets_its_apostrophe_first(text: str) -> None:
    """Before any blank, which a spreadsheet may take off."""
    assert guarded(text) == f"'{text}"


def test_names_and_numbers_are_left_alone() -> None:
    """A hyphen within a name, an address, a title in brackets."""
    for text in ("[POEC] =x", "Jean-Luc", "47 - AGEN", "zoe@example.org", "a;b", ""):
        assert guarded(text) == text
    assert for_programs(-2) == for_people(-2) == -2


def test_what_people_open_reads_as_they_know_it() -> None:
    """Leading zeros, long references, and what would become a day of the year are kept; nothing reads as JSON."""
    assert for_people("00301234") == '="00301234"'
    assert for_people("202111020001234") == '="202111020001234"'
    assert (for_people("3-4"), for_people("1e5")) == ('="3-4"', '="1e5"')
    assert (for_people("2022-03-28"), for_people("C-1"), for_people("301234")) == ("2022-03-28", "C-1", "301234")
    assert for_people({"origin": "self", "organization": None, "name": "Zoé"}) == "self · Zoé"
    days = [{"on": "2022-03-28", "time": "09:30"}, {"on": "2022-03-29"}]
    assert for_people(days) == "2022-03-28 · 09:30 / 2022-03-29"
    assert for_people({"name": "=1"}) == "'=1"


def test_json_in_a_cell_stays_json() -> None:
    """Its texts are guarded one by one, its numbers are not touched."""
    assert for_programs([1, -2, "é", {"name": "Zoé;=1"}]) == '[1, -2, "é", {"name": "Zoé;\'=1"}]'


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a store with nine applications."""
    folder = tmp_path_factory.mktemp("kept")
    assert process("demo", "--keep", "demo.db", folder=folder).returncode == 0
    return f"sqlite:///{folder}/demo.db"


@pytest.mark.parametrize(("format_", "encoding"), [("csv", "ascii"), ("csv", "utf-16"), ("csv-excel", "cp1252")])
def test_bytes_do_not_depend_on_the_terminal(kept: str, format_: str, encoding: str) -> None:
    """UTF-8 and one CRLF a line, whatever the terminal's encoding; a mark only for people's spreadsheets."""
    words = [sys.executable, "-m", "poec_workflow", "applications", "--store", kept, "--format", format_]
    environment = {**os.environ, "PYTHONUTF8": "0", "PYTHONIOENCODING": encoding}
    said = subprocess.run(words, env=environment, capture_output=True, check=True).stdout
    text = said.decode("utf-8-sig")
    assert said.startswith(b"\xef\xbb\xbf") is (format_ == "csv-excel")
    assert "Zoé Nabil" in text
    assert text.count("\r\n") == text.count("\n") == 10
    assert "\r\r" not in text
