"""Folding: a text is found by each of its words, however they are written."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Sequence
from typing import Literal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from poec_workflow.adapters.search_text import words
from poec_workflow.views.folded_text import folded

Form = Literal["NFC", "NFD", "NFKC", "NFKD"]
EVERY_CHARACTER = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000]
SPACING_ACCENTS = "\u00b4\u1fbd\u1fbf\u1fcd\u1fce\u1fcf\u1ffd"
"""Written as apostrophes; their compatibility forms are a space and an accent."""
TEXTS = st.text(st.characters(exclude_categories=["Cs"])) | st.text(
    "aéÉßſıİœÆæøØðÞΐᾳσςΣ-‐–−'’ʼ´`\u00ad\u200b\u200d\u0301\u0345\u0338 \u00a0"
)


@given(TEXTS)
@example("´")
def test_folding_again_changes_nothing(text: str) -> None:
    """What is stored is folded as what is asked for."""
    assert folded(folded(text)) == folded(text)


def test_no_character_is_folded_twice_or_told_apart_by_case_or_form() -> None:
    """Every character of Unicode, by itself."""
    for each in EVERY_CHARACTER:
        plain = folded(each)
        forms: Sequence[Form] = ("NFC", "NFD") if each in SPACING_ACCENTS else ("NFC", "NFD", "NFKC", "NFKD")
        cases = (each.upper(), each.lower(), each.casefold(), each.title())
        written = {plain, *cases, *(unicodedata.normalize(form, each) for form in forms)} - {each}
        assert all(folded(other) == plain for other in written), ascii(each)


@given(TEXTS, st.sampled_from([str, str.upper, str.lower, str.casefold]), st.sampled_from(["", "NFC", "NFD"]))
def test_a_text_is_found_by_its_own_words(text: str, case: type[str], form: str) -> None:
    """In any case and normal form."""
    for word in text.split():
        written = case(word)
        for each in words(unicodedata.normalize(form, written) if form else written):  # type: ignore[arg-type]
            assert each in folded(text)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Zoé NABIL", "zoe nabil"),
        ("Łukasz", "lukasz"),
        ("Đặng", "dang"),
        ("YILDIZ Yıldız İnci", "yildiz yildiz inci"),
        ("Søren Ørsted", "soren orsted"),
        ("ħ ð œ ß þ æ Æ ẞ", "h d oe ss th ae ae ss"),
        ("D’Angelo D‘Angelo D´Angelo D`Angelo DʼAngelo D′Angelo D'ANGELO", " ".join(["d'angelo"] * 7)),
        ("Jean‐Luc Jean‑Luc Jean–Luc Jean—Luc Jean−Luc JEAN-LUC", " ".join(["jean-luc"] * 6)),
        ("co\u00adeur na\u200bbil na\u200dbil \ufeffnabil na\u2060bil", "coeur nabil nabil nabil nabil"),
        ("so\u0338ren e\u0301te", "soren ete"),
        ("ﬁn Ⅳ ①", "fin iv 1"),
        ("王芳 Ольга", "王芳 ольга"),
    ],
)
def test_examples(text: str, plain: str) -> None:
    """Letters of the languages that candidates write their names in."""
    assert folded(text) == plain
