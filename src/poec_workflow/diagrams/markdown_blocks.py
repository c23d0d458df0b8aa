"""Diagrams in a Markdown page: the text between two comments is replaced by the current diagram.

    <!-- poec-lifecycle application format=mermaid lang=en show=conditions grouped=yes -->
    … the diagram …
    <!-- /poec-lifecycle -->

Markers in a fenced code block are code. The page outside of the blocks keeps its bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from attrs import frozen

from poec_workflow.diagrams.diagram_request import DiagramRequest, parse_request
from poec_workflow.machines import LIFECYCLES, Lifecycles
from poec_workflow.policies.settings import Settings

FENCED = {"mermaid": "mermaid", "dot": "dot", "plantuml": "plantuml", "xstate": "json", "scxml": "xml"}
"""Formats that are written in a fence, and the fence's language."""
PLAIN = ("table", "rows")
"""Formats that are Markdown already."""

_OPENING = re.compile(r"<!--\s*poec-lifecycle\b(.*?)-->\s*")
_CLOSING = re.compile(r"<!--\s*/poec-lifecycle\s*-->\s*")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")


@frozen
class _Block:
    """A block: the lines of its markers, counted from 0, and its request."""

    first: int
    last: int
    request: DiagramRequest


def update_blocks(page: str, settings: Settings | None = None, lifecycles: Lifecycles = LIFECYCLES) -> str:
    """The page with the current diagram in every block, under a service's settings and with its own rows.

    Raises:
        ValueError: an unpaired marker, an invalid request, or no marker at all; the message names the line.
    """
    lines = page.splitlines(keepends=True)
    end = "\r\n" if "\r\n" in page else "\n"
    done, kept = [], 0
    for block in _blocks(lines):
        done += lines[kept : block.first + 1]
        done += [f"{line}{end}" for line in _rendered(block.request, settings, lifecycles)]
        kept = block.last
    if not kept:
        raise ValueError("no block is marked: <!-- poec-lifecycle application --> … <!-- /poec-lifecycle -->")
    return "".join((*done, *lines[kept:]))


def _rendered(request: DiagramRequest, settings: Settings | None, lifecycles: Lifecycles) -> Sequence[str]:
    lines = request.render(settings, lifecycles).splitlines()
    if request.format in PLAIN:
        return ["", *lines, ""]  # else Markdown takes the table for a part of the comment
    return [f"```{FENCED[request.format]}", *lines, "```"]


def _blocks(lines: Sequence[str]) -> Iterator[_Block]:
    opened: tuple[int, DiagramRequest] | None = None
    fence = ""
    for number, line in enumerate(lines):
        if opened is None and (fence or _FENCE.match(line)):
            fence = _fence_after(fence, line)
        elif found := _OPENING.fullmatch(line):
            if opened:
                raise ValueError(f"line {opened[0] + 1}: the block is not closed before line {number + 1}")
            opened = number, _request_at(found[1], number)
        elif _CLOSING.fullmatch(line):
            if not opened:
                raise ValueError(f"line {number + 1}: no block is open here")
            yield _Block(opened[0], number, opened[1])
            opened = None
    if opened:
        raise ValueError(f"line {opened[0] + 1}: the block is not closed")


def _fence_after(fence: str, line: str) -> str:
    """The fence that is open after a line; the closing one is as long or longer, and alone on its line."""
    if not fence:
        found = _FENCE.match(line)
        return found[1] if found else ""
    bare = line.strip()
    return "" if bare.startswith(fence) and not bare.strip(fence[0]) else fence


def _request_at(text: str, number: int) -> DiagramRequest:
    try:
        return _parsed(text)
    except ValueError as error:
        raise ValueError(f"line {number + 1}: {error}") from error


def _parsed(text: str) -> DiagramRequest:
    lifecycle, *words = text.split() or [""]
    for word in words:
        if "=" not in word:
            raise ValueError(f"{word!r}: expected NAME=VALUE")
    request = parse_request(lifecycle, dict(word.split("=", 1) for word in words))
    if request.format not in FENCED and request.format not in PLAIN:
        raise ValueError(f"{request.format} is not for the inside of a Markdown page: write it to a file")
    return request
