"""Marked blocks of a Markdown page, drawn anew: what stands between two comments is what the rules say now.

    <!-- poec-lifecycle application format=mermaid lang=en show=conditions grouped=yes -->
    … drawn here …
    <!-- /poec-lifecycle -->

Markers in a fenced code block are part of that code. Everything outside of the blocks stays as it is, byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from attrs import frozen

from poec_workflow.diagrams.diagram_request import DiagramRequest, wanted
from poec_workflow.policies.settings import Settings

FENCED = {"mermaid": "mermaid", "dot": "dot", "plantuml": "plantuml", "xstate": "json", "scxml": "xml"}
"""Formats that stand in a fence, and the fence's language."""
PLAIN = ("table", "rows")
"""Formats that are Markdown already."""

_OPENING = re.compile(r"<!--\s*poec-lifecycle\b(.*?)-->\s*")
_CLOSING = re.compile(r"<!--\s*/poec-lifecycle\s*-->\s*")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")


@frozen
class _Block:
    """A block that was found: the lines of its markers, counted from 0, and what it asks for."""

    first: int
    last: int
    wanted: DiagramRequest


def redrawn(page: str, settings: Settings | None = None) -> str:
    """The page with every marked block drawn anew.

    Raises:
        ValueError: a marker without its other half, one that asks for what there is not, or no marker at all; the
            message names the line.
    """
    lines = page.splitlines(keepends=True)
    end = "\r\n" if "\r\n" in page else "\n"
    done, kept = [], 0
    for block in _blocks(lines):
        done += lines[kept : block.first + 1]
        done += [f"{line}{end}" for line in _drawn(block.wanted, settings)]
        kept = block.last
    if not kept:
        raise ValueError("no block is marked: <!-- poec-lifecycle application --> … <!-- /poec-lifecycle -->")
    return "".join((*done, *lines[kept:]))


def _drawn(asked: DiagramRequest, settings: Settings | None) -> Sequence[str]:
    lines = asked.drawn(settings).splitlines()
    if asked.format in PLAIN:
        return ["", *lines, ""]  # else Markdown takes the table for a part of the comment
    return [f"```{FENCED[asked.format]}", *lines, "```"]


def _blocks(lines: Sequence[str]) -> Iterator[_Block]:
    opened: tuple[int, DiagramRequest] | None = None
    fence = ""
    for number, line in enumerate(lines):
        if opened is None and (fence or _FENCE.match(line)):
            fence = _fence_after(fence, line)
        elif found := _OPENING.fullmatch(line):
            if opened:
                raise ValueError(f"line {opened[0] + 1}: the block is not closed before line {number + 1}")
            opened = number, _asked(found[1], number)
        elif _CLOSING.fullmatch(line):
            if not opened:
                raise ValueError(f"line {number + 1}: no block is open here")
            yield _Block(opened[0], number, opened[1])
            opened = None
    if opened:
        raise ValueError(f"line {opened[0] + 1}: the block is not closed")


def _fence_after(fence: str, line: str) -> str:
    """The fence that is open after a line: one closes what it opened, with as many signs or more, alone."""
    if not fence:
        found = _FENCE.match(line)
        return found[1] if found else ""
    bare = line.strip()
    return "" if bare.startswith(fence) and not bare.strip(fence[0]) else fence


def _asked(text: str, number: int) -> DiagramRequest:
    try:
        return _of_a_page(text)
    except ValueError as error:
        raise ValueError(f"line {number + 1}: {error}") from error


def _of_a_page(text: str) -> DiagramRequest:
    lifecycle, *words = text.split() or [""]
    for word in words:
        if "=" not in word:
            raise ValueError(f"{word!r}: expected NAME=VALUE")
    found = wanted(lifecycle, dict(word.split("=", 1) for word in words))
    if found.format not in FENCED and found.format not in PLAIN:
        raise ValueError(f"{found.format} is not for the inside of a Markdown page: write it to a file")
    return found
