"""Whatever stands in a file, reading it as LHEO gives rows and faults, and never fails."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from hypothesis import given, settings
from hypothesis import strategies as st
from lheo_samples import NAMES, SAMPLES

from poec_workflow.importing import ImportRow, ReadOptions, RowFault, read_mapping
from poec_workflow.importing.lheo_reader import read_lheo
from poec_workflow.serialization import from_dict, to_dict

MAPPINGS = [read_mapping(""), *(read_mapping((SAMPLES / f"{name}.toml").read_bytes()) for name in NAMES)]
DOCUMENTS = [(SAMPLES / f"{name}.xml").read_bytes() for name in NAMES]
TOKENS = [
    *(
        each.encode()
        for each in [
            "<",
            ">",
            "&",
            "/",
            '"',
            "<!--",
            "-->",
            "<![CDATA[",
            "]]>",
            "&#0;",
            "&lt;",
            "99999999",
            "00000000",
            "</session>",
        ]
    ),
    *(b"<!DOCTYPE a>", b"<?a?>", b"\x00", b"\xff\xfe", b"\xe9", b"xmlns=''", b"numero=''", b"\xef\xbb\xbf"),
    b"<extras info='poec-workflow'><extra info='capacity'>x</extra></extras>",
]
_NAMES = """formation intitule-formation objectif-formation certification code-RNCP action session periode debut fin
    periode-inscription etat-recrutement extras extra lieu-de-formation coordonnees adresse ligne codepostal ville
    denomination nom organisme-financeur code-financeur nb-places-financees organisme-formateur SIRET-formateur SIRET
    organisme-formation-responsable SIRET-organisme-formation date-information date cycle capacite-simultanee
    conditions-specifiques duree-indicative modalites-enseignement"""
ELEMENTS = st.sampled_from(re.findall(r"\S+", _NAMES))
SAID = st.one_of(
    st.sampled_from(["", "20230301", "20230901", "00000000", "99999999", "20230000", "4", "POEC", "30159912300011"]),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20),
)
INFOS = st.sampled_from(["poec-workflow", "capacity", "coefficient", "information-dates", "state", "title", "trainer"])
STEPS = st.lists(st.tuples(st.sampled_from("oootcc"), ELEMENTS, SAID, INFOS), max_size=60)
"""What comes next: an element that opens, a text, or the end of the element that is open."""


def written(steps: list[tuple[str, str, str, str]]) -> str:
    """A formation with elements of LHEO that may stand elsewhere, and any text."""
    pieces, opened = ["<formation>"], ["formation"]
    for step, name, said, info in steps:
        if step == "o":
            opened.append(name)
            pieces.append(f"<{name} numero={quoteattr(_allowed(said))} info={quoteattr(info)}>")
        elif step == "t":
            pieces.append(escape(_allowed(said)))
        elif len(opened) > 1:
            pieces.append(f"</{opened.pop()}>")
    return "".join([*pieces, *(f"</{name}>" for name in reversed(opened))])


def _allowed(text: str) -> str:
    return "".join(each for each in text if each in "\t\n\r" or (each >= " " and each not in "\ufffe\uffff"))


@st.composite
def spoiled(draw: st.DrawFn) -> bytes:
    """A sample in which bytes were dropped, doubled, or put in."""
    data = draw(st.sampled_from(DOCUMENTS))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 60)))
        piece = draw(st.sampled_from([b"", data[start:end] * 2, *TOKENS]))
        data = data[:start] + piece + data[end:]
    return data


def read(data: bytes, mapping: int) -> Iterator[ImportRow | RowFault]:
    """What comes out of a document."""
    return read_lheo(io.BytesIO(data), ReadOptions(mapping=MAPPINGS[mapping]))


def assert_well(rows: Iterator[ImportRow | RowFault]) -> None:
    """Rows are commands of the wire format, and faults say something of a line in both languages."""
    for each in rows:
        assert each.line >= 0
        if isinstance(each, ImportRow):
            assert from_dict(to_dict(each.command), type(each.command)) == each.command
        else:
            assert each.message("en")
            assert each.message("fr")


WHICH = st.integers(0, len(MAPPINGS) - 1)


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.binary(max_size=200), spoiled()), WHICH)
def test_any_bytes_give_rows_and_faults(data: bytes, mapping: int) -> None:
    """Bytes of any kind, and samples that were spoiled anywhere."""
    assert_well(read(data, mapping))


@settings(max_examples=100, deadline=None)
@given(STEPS, WHICH)
def test_any_elements_give_rows_and_faults(steps: list[tuple[str, str, str, str]], mapping: int) -> None:
    """Elements of LHEO in any order, any of them missing, with any text."""
    assert_well(read(f"<lheo><offres>{written(steps)}</offres></lheo>".encode(), mapping))


@settings(max_examples=100, deadline=None)
@given(st.data(), WHICH)
def test_a_sample_with_any_text_gives_rows_and_faults(data: st.DataObject, mapping: int) -> None:
    """A document of the right structure, with any text in the place of any other."""
    pieces = DOCUMENTS[NAMES.index("carif-2.2")].decode("iso-8859-1").split(">")
    number = data.draw(st.integers(1, len(pieces) - 1))
    _, mark, tag = pieces[number].partition("<")
    pieces[number] = escape(_allowed(data.draw(SAID))) + mark + tag
    document = ">".join(pieces).replace("ISO-8859-1", "UTF-8").encode()
    assert_well(read(document, mapping))
