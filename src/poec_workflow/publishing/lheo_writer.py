"""Elements of LHEO as text: escaped, indented, and never longer than the schema lets them be."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape, quoteattr

TITLE, TEXT, DURATION, NAME, LINE = 255, 3000, 150, 250, 50
"""The longest texts of the schema."""
_REFUSED = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML document can have."""
_REPLACEMENT = "\ufffd"
_INDENT = "  "
_CUT = "…"

Lines = Iterator[str]


def leaf(name: str, text: str, **attributes: str) -> Lines:
    """An element with a text."""
    yield f"<{name}{_attributes(attributes)}>{escape(_allowed(text), {chr(13): '&#13;'})}</{name}>"


def branch(name: str, *children: Iterable[str], **attributes: str) -> Lines:
    """An element with elements."""
    yield f"<{name}{_attributes(attributes)}>"
    for child in children:
        for line in child:
            yield _INDENT + line
    yield f"</{name}>"


def empty(name: str) -> Lines:
    """An element without content."""
    yield f"<{name}/>"


def cut(text: str, most: int) -> str:
    """A text, shortened to what the schema allows."""
    return text if len(text) <= most else text[: most - 1] + _CUT


def _attributes(attributes: dict[str, str]) -> str:
    return "".join(f" {name}={quoteattr(_allowed(value))}" for name, value in attributes.items())


def _allowed(text: str) -> str:
    return _REFUSED.sub(_REPLACEMENT, text)
