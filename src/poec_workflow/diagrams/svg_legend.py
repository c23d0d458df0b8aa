"""The legend under a picture: what its dots, borders and signs mean, and only those that it has."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from attrs import frozen

from poec_workflow.diagrams.boxes import Box, Size
from poec_workflow.diagrams.graph import Graph
from poec_workflow.diagrams.label_boxes import TINY
from poec_workflow.diagrams.outcomes import Outcome
from poec_workflow.diagrams.svg_elements import circle, rectangle, text
from poec_workflow.diagrams.text_metrics import width

_SWATCH: Size = (22.0, 13.0)
_SPACE = 5.0
"""Between a sign and its words."""
_BETWEEN = 16.0
_LINE = 20.0
_SIGNS = {"conditions": "[…]", "actors": "+", "codes": "−"}
"""What a label's lines begin with, by what is shown."""


@frozen(kw_only=True)
class Key:
    """One sign and its meaning.

    Attributes:
        kind: its class: an outcome, or another word of the locale's `legend-…`.
        words: its meaning.
        sign: a text that is explained; without it something is drawn.
    """

    kind: str
    words: str
    sign: str = ""

    @property
    def width(self) -> float:
        """Of the sign and the words, in pixels."""
        return self.words_at + width(self.words, TINY)

    @property
    def words_at(self) -> float:
        """Where the words begin."""
        return (width(self.sign, TINY) if self.sign else _SWATCH[0]) + _SPACE


def keys(graph: Graph, show: Collection[str]) -> Iterator[Key]:
    """What there is to explain in a graph's picture."""
    used = {
        "conditions": any(edge.conditions for edge in graph.edges),
        "actors": any(edge.actors for edge in graph.edges),
        "codes": any(edge.codes for edge in graph.edges),
    }
    yield _key(graph, "start")
    if graph.coloured:
        outcomes = {node.outcome for node in graph.nodes}
        yield from (_key(graph, each) for each in Outcome if each in outcomes)
    if any(node.final for node in graph.nodes):
        yield _key(graph, "final")
    if any(node.current for node in graph.nodes):
        yield _key(graph, "current")
    if any(edge.taken for edge in graph.edges):
        yield _key(graph, "taken", "▸")
    yield from (_key(graph, name, sign) for name, sign in _SIGNS.items() if name in show and used[name])
    if any(edge.count is not None for edge in graph.edges):
        yield _key(graph, "count", "(3×)")
    for each in graph.imports:
        yield Key(kind="imports", words=f"{each.command} → {graph.word('as-given')}", sign=each.rule.id)


def _key(graph: Graph, kind: str, sign: str = "") -> Key:
    return Key(kind=kind, words=graph.word(f"legend-{kind}"), sign=sign)


def placed(legend: Sequence[Key], x: float, y: float, widest: float) -> tuple[tuple[Key, Box], ...]:
    """Each key's box, in lines that begin at a point and are broken where they would be wider."""
    found, left = [], x
    for key in legend:
        if left > x and left + key.width > x + widest:
            left, y = x, y + _LINE
        found.append((key, Box(x=left, y=y, width=key.width, height=_SWATCH[1])))
        left += key.width + _BETWEEN
    return tuple(found)


def drawn(legend: Sequence[tuple[Key, Box]]) -> Iterator[str]:
    """The legend's elements."""
    for key, box in legend:
        looks = key.kind if key.kind in {*Outcome} else f"key-{key.kind}"
        yield f'<g class="key {looks}">{"".join(_key_elements(key, box))}</g>'


def _key_elements(key: Key, box: Box) -> Iterator[str]:
    wide, high = _SWATCH
    swatch = Box(x=box.x, y=box.y, width=wide, height=high)
    yield rectangle(box, "slot")
    if key.sign:
        yield text(key.sign, box.x, box.y + TINY, TINY, "sign")
    elif key.kind == "start":
        yield circle(box.x + wide / 2, box.y + high / 2, high / 2 - 1, "start")
    else:
        yield rectangle(swatch, "border")
        if key.kind == "final":
            yield rectangle(Box(x=box.x + 3, y=box.y + 3, width=wide - 6, height=high - 6), "inner", 2)
    yield text(key.words, box.x + key.words_at, box.y + TINY, TINY, "words")
