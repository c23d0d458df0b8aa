"""The width of a text in DejaVu Sans, one of the widest fonts.

A box of that width holds the text in any usual sans-serif font, and the layout does not depend on the reader's.
"""

from __future__ import annotations

from collections.abc import Iterator
from unicodedata import combining, normalize

# Thousandths of the font's size.
_WIDTHS = {
    "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}": 337,
    "'ijlIJ": 295, " ,.’·/:;\\|": 337, "f-()[]tr!": 411, '"*_–°“”sz?': 531, "cLFkvxy": 592, "PTo«»aeE": 632,
    "hnuSbdgpq0123456789${}": 636, "KAVXZBRC": 698, "UNHDGOQ&": 787, "w#+<=>^~×−M": 863, "mWæ%œ": 1023,
}  # fmt: skip
_WIDTH = {character: width for characters, width in _WIDTHS.items() for character in characters}
_WIDEST = 1023


def width(text: str, size: float) -> float:
    """The width of a line, in the unit of the font's size; an upper bound."""
    bare = (character for character in normalize("NFD", text) if not combining(character))  # a letter, without accent
    return sum(_WIDTH.get(character, _WIDEST) for character in bare) * size / 1000


def wrapped(text: str, size: float, most: float) -> Iterator[str]:
    """A text in lines that are at most so wide, broken between words."""
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if line and width(longer, size) > most:
            yield line
            longer = word
        line = longer
    yield line
