"""Texts in lines of so many cells: broken at blanks, never at a non-breaking space; what is longer is cut anywhere.

A *cell* is the width of a Latin letter in a terminal: a Chinese character takes two, a combining accent none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

HANG = 2
"""By how much a line is indented that goes on."""
_NARROW = re.compile("[ -~\u00a0-\u00ac\u00ae-\u02ff\u1e00-\u1eff‐-…←-↓─-╿]*")
"""Texts whose characters take a cell each; to measure others rich is loaded, which takes longer than most commands."""


def cells(text: str) -> int:
    """How many cells a line takes."""
    if _NARROW.fullmatch(text):
        return len(text)
    from rich.cells import cell_len  # noqa: PLC0415

    return cell_len(text)


def padded(text: str, width: int, *, right: bool = False) -> str:
    """A line with blanks up to a width."""
    blanks = " " * (width - cells(text))
    return blanks + text if right else text + blanks


def longest_word(text: str) -> int:
    """How many cells the longest word takes."""
    return max(map(cells, re.split("[ \n]", text)))


def wrap(text: str, width: int, hang: int = 0) -> list[str]:
    """The lines of a text, each at most `width` cells wide.

    Args:
        text: each of its lines begins a new one.
        width: 1 or more; a character of two cells goes beyond 1.
        hang: by how much lines are indented that go on.
    """
    return [line for each in text.split("\n") for line in _wrapped(each, width, hang)]


def _wrapped(text: str, width: int, hang: int) -> Iterator[str]:
    if cells(text) <= width:
        yield text
        return
    indent = min(len(text) - len(text.lstrip(" ")), width // 2)
    margin = " " * min(indent + hang, width // 2)
    line, between = " " * indent, ""
    for word in text.strip(" ").split(" "):
        if between and cells(line + between + word) > width:
            yield line
            line, between = margin, ""
        *full, rest = _pieces(word, width - cells(line), width - len(margin)) if not between else (between + word,)
        for piece in full:
            yield line + piece
            line = margin
        line, between = line + rest, " "
    yield line


def _pieces(word: str, first: int, others: int) -> list[str]:
    """A word in pieces that fit, whose characters keep their accents."""
    if cells(word) <= first:
        return [word]
    from rich.cells import chop_cells  # noqa: PLC0415

    head = chop_cells(word, max(first, 2))[0]
    return [head, *chop_cells(word[len(head) :], max(others, 2))]
