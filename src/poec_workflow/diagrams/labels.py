"""The label of an arc: the same lines in every format."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from enum import StrEnum

from attrs import frozen

from poec_workflow.diagrams.graph import Edge, Import
from poec_workflow.model import State

SHOWN = ("conditions", "codes", "actors")
"""What `show` may name; counts and a path are shown where they are given."""


class Part(StrEnum):
    """What a line of a label says."""

    COMMAND = "command"
    CONDITION = "condition"
    ACTOR = "actor"
    CODE = "code"


@frozen
class Line:
    """One line of a label."""

    part: Part
    text: str


def lines(edges: Sequence[Edge], show: Collection[str]) -> tuple[Line, ...]:
    """The label of a row, which is drawn once for all of these edges."""
    first = edges[0]
    taken = "▸ " if any(edge.taken for edge in edges) else ""
    texts = [Line(Part.COMMAND, f"{taken}{first.rule.id} {first.command}{count_suffix(edges)}")]
    if "conditions" in show and first.conditions:
        texts.append(Line(Part.CONDITION, f"[{', '.join(first.conditions)}]"))
    if "actors" in show:
        texts.extend(Line(Part.ACTOR, f"+ {each}") for each in first.actors)
    if "codes" in show:
        texts.extend(Line(Part.CODE, f"− {code}") for code in first.codes)
    return tuple(texts)


def label_texts(rows: Iterable[Sequence[Edge]], show: Collection[str]) -> Iterator[str]:
    """The labels of several rows, as plain lines."""
    return (line.text for row in rows for line in lines(row, show))


def identifier(state: State | None) -> str:
    """A state's identifier in the languages of diagrams, without hyphens; None is their start."""
    return "[*]" if state is None else state.value.replace("-", "_")


def count_suffix(edges: Sequence[Edge | Import]) -> str:
    """How often a row was taken, where counts are given."""
    counts = [edge.count for edge in edges if edge.count is not None]
    return f" ({sum(counts)}×)" if counts else ""


def compact_lines(edges: Sequence[Edge], show: Collection[str]) -> tuple[str, ...]:
    """The label's lines with the conditions behind the command, for formats that wrap lines themselves."""
    first, *rest = lines(edges, show)
    if rest and rest[0].part is Part.CONDITION:
        first = Line(Part.COMMAND, f"{first.text} {rest.pop(0).text}")
    return (first.text, *(line.text for line in rest))
