"""Files of other platforms: what comes out of each, in both languages; of any bytes words, and no traceback."""

from __future__ import annotations

import io
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from import_cases import CASES, FILES, ImportCase

from poec_workflow.errors import Malformed
from poec_workflow.importing import ImportRow, ReadOptions, RowFault, read_mapping
from poec_workflow.importing.csv_reader import read_csv
from poec_workflow.importing.json_lines import read_json_lines
from poec_workflow.model import SubjectKind
from poec_workflow.presentation.import_texts import fault_text

OPTIONS = st.builds(
    ReadOptions,
    kind=st.none() | st.sampled_from(SubjectKind),
    encoding=st.none() | st.sampled_from(["utf-8", "utf-16", "windows-1252", "mac-roman", "utf-7", "x"]),
    separator=st.none() | st.sampled_from(";,\t|"),
    header=st.none() | st.integers(1, 4),
)
HEADERS = (
    (
        "Référence", "Candidat", "Référence du candidat", "Session", "Prescripteur", "Date de préinscription", "État",
        "Convocation 1", "Présent 1", "Heures par semaine", "Issue",
    ),
    ("session", "action", "Date", "Lieu", "Responsable", "Positionneur", "Formateur", "Inscrits", "Coefficient", "État",
     "registration_deadline", "late_entry_deadline", "Informations collectives"),
    ("Référence", "Intitulé", "Financement", "Responsable", "État"),
)  # fmt: skip
WORDS = (
    "2021-11-03", "31/12/2025", "44561", "=1", '="1"', "'", '"', "Retenue", "du 1/1/2021 au 2/2/2021", "[{}]", "[1]",
    "{}", "3 / 2", "é", "\0", "9h", "35h30", "1E+9", "\ufeff", "Ã©", "A · B", "oui", "99/99/9999", "Total", "Active",
    "Publiée", "a · 2021-01-01T · b", "[[[", "1e999999", "٣", "９", "31/12/2025 99:99", "autre", '{"a": {}}',
)  # fmt: skip
CELLS = st.sampled_from(WORDS) | st.text(max_size=8)
FILES_OF_CELLS = st.builds(
    lambda header, rows, separator, end, encoding: end.join(
        separator.join(row) for row in ([header] if header else []) + rows
    ).encode(encoding, "replace"),
    st.none() | st.sampled_from(HEADERS),
    st.lists(st.lists(CELLS, max_size=13), max_size=4),
    st.sampled_from(";,\t|"),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "windows-1252"]),
)


@pytest.mark.parametrize("case", CASES, ids=lambda each: each.name)
def test_what_comes_out_of_a_file(case: ImportCase) -> None:
    """Each row as the command that it means, and each fault at its line and column."""
    found = case.as_data()
    assert found["rows"] == list(case.rows)
    assert found["faults"] == list(case.faults)


def test_every_file_is_a_case() -> None:
    """Of what lies there nothing is forgotten."""
    used = {name for each in CASES for name in (each.file, each.mapping) if name}
    assert used == {each.name for each in FILES.iterdir() if each.is_file()} - {"cases.json"}


def test_every_fault_is_told_in_french() -> None:
    """In other words than in English, and in one line that names its own."""
    faults = [each for case in CASES for each in case.read() if isinstance(each, RowFault)]
    assert len(faults) > 40
    for each in faults:
        assert each.message("fr") != each.message("en"), each
        assert fault_text(each, "fr").startswith(f"ligne {each.line}") or not each.line


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"PK\x03\x04\x14\0\x06\0\x08\0\xe9", r"a workbook \(\.xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0", r"a workbook \(\.xls\)"),
        (b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", "a PDF"),
        (b"\x1f\x8b\x08\0\0abc", "a compressed file"),
        ("Référence;État\nC-1;En \0attente, et encore".encode(), "a NUL stands here"),
        (f"Référence;Intitulé;Financement\n{'x' * 200_000};S;F".encode(), "more than 131072 characters"),
        (b"\n\n \n", "the file is empty"),
    ],
)
def test_what_is_no_text_is_not_asked_for_its_encoding(data: bytes, problem: str) -> None:
    """Nor is a cell without a quote said to have one, or a file of blanks asked for its separator."""
    options = ReadOptions(mapping=read_mapping('[actions.defaults]\nresponsible = "R"\nstate = "published"'))
    [fault] = read_csv(io.BytesIO(data), options)
    assert isinstance(fault, RowFault)
    assert re.search(problem, fault.message("en"))
    assert "encoding" not in fault.message("en")
    assert fault.message("fr") != fault.message("en")


@settings(deadline=None, max_examples=150)
@given(data=st.binary(max_size=300) | FILES_OF_CELLS, options=OPTIONS)
@example(data=b"\xff\xfe\x00", options=ReadOptions())
@example(data="Référence;Entrée\nC-1;30/02/2021".encode(), options=ReadOptions(encoding="punycode"))
def test_any_bytes_are_answered_with_words(data: bytes, options: ReadOptions) -> None:
    """Rows, or faults that can be told in both languages, and never an exception."""
    answered_with_words(data, options)


def answered_with_words(data: bytes, options: ReadOptions) -> None:
    """Each reader gives rows and faults."""
    for read in (read_csv, read_json_lines):
        for each in read(io.BytesIO(data), options):
            assert isinstance(each, ImportRow | RowFault)
            if isinstance(each, RowFault):
                assert fault_text(each, "fr")
                assert fault_text(each, "en")


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=80))
@example("[applications.rows.a]\nstate = [[1]]")
@example("[dates]\norder = true\ntwo_digit_years = 1")
@example("[sessions]\nignore = 3\n[sessions.values]\nstate = 1")
def test_any_mapping_is_a_mapping_or_faulty(text: str) -> None:
    """`Malformed` says what is wrong; nothing else is raised."""
    read: object
    try:
        read = read_mapping(text)
    except Malformed as error:
        read = str(error)
    assert read
