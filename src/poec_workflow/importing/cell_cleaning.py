"""Cells as programs write them, taken for what they mean: blanks, guards, formulas, traces of a lost encoding."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_BLANKS = " \t\r\n\v\f\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\u200b\u2060\ufeff"
_AROUND = re.compile(f"^[{_BLANKS}]+|[{_BLANKS}]+$")
BLANK = re.compile(f"[{_BLANKS}]+")
"""A run of what looks like a blank: no-break and thin spaces too, which stand in French numbers and before colons."""
_QUOTED = re.compile(r'="((?:[^"]|"")*)"')
_GUARDED = re.compile(r"'(?=[0-9=+\-@＝＋－＠\t\r\n])")
_ERROR = re.compile(r"#(?:REF|N/A|NAME\?|NOM\?|VALUE|VALEUR|DIV/0|NUM|NOMBRE|NULL|NUL|N/D)!?|#{3,}")
_REPLACEMENT = "\ufffd"
_WESTERN = "cp1252"


def cleaned(cell: str) -> str:
    """A cell's text without what stands around it.

    Blanks of every width at both ends, the apostrophe that keeps a spreadsheet from calculating, and `="00123"`, by
    which a text keeps its zeros there.

    Raises:
        ValueError: it is a formula or an error of a spreadsheet, or letters were lost before this file was made.
    """
    text = _AROUND.sub("", cell)
    if not text:
        return ""
    if quoted := _QUOTED.fullmatch(text):
        return _AROUND.sub("", quoted[1].replace('""', '"'))
    if text[0] == "=":
        raise ValueError("a formula stands here: export its value")
    if _ERROR.fullmatch(text):
        raise ValueError(f"a spreadsheet's error stands here ({text:.20}): mend it there")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.isascii():
        _expect_letters(text)
    return _GUARDED.sub("", text, count=1)


def _expect_letters(text: str) -> None:
    if _REPLACEMENT in text:
        raise ValueError("letters were lost before this file was made (\ufffd): export it again, in UTF-8")
    if (meant := twice_encoded(text)) is not None:
        raise ValueError(f"its letters were encoded twice, it reads {meant:.40} when that is undone: export it again")


def twice_encoded(text: str) -> str | None:
    """What a text was before UTF-8 was read as Windows-1252, as `Ã©` of an é; None where it was not."""
    try:
        meant = text.encode(_WESTERN).decode("utf-8")
    except UnicodeError:
        return None
    return meant if meant != text else None


def folded(text: str) -> str:
    """A text to be compared: no accents, case, blanks' width, marks; `Absent (prévenu)` is `absent prevenu`."""
    plain = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "oe").replace("’", "'"))
    letters = "".join(each for each in plain if not unicodedata.combining(each)).casefold()
    return " ".join(re.findall(r"[^\W_]+", letters))


@lru_cache(maxsize=4096)
def stemmed(text: str) -> str:
    """A label to be compared, whatever its gender and number: `Retenues`, `retenue` and `Retenu(e)` are one."""
    words = folded(text.replace("(e)", "").replace("(s)", "").replace("(es)", "")).split()
    return " ".join(re.sub(r"e*s?$", "", each) or each for each in words)
