"""How much a diagram shows where nobody says: a picture what can be read at a glance, everything else the whole."""

from __future__ import annotations

from collections.abc import Collection

from attrs import frozen

PICTURES = ("mermaid", "dot", "svg", "plantuml")
"""Formats that are looked at; the others are read by programs, or line by line."""


@frozen
class Detail:
    """What is shown of each row, and whether rows share arcs.

    Attributes:
        show: some of `labels.SHOWN`.
        grouped: rows that share their ends share an arc, and a frame stands for all states that are not final.
    """

    show: tuple[str, ...]
    grouped: bool


def detail(as_: str, show: Collection[str] | None = None, *, grouped: bool | None = None, full: bool = False) -> Detail:
    """What is asked for, and for the rest what suits the format.

    Args:
        as_: one of `FORMATS`.
        show: what is asked for; None leaves it to the format: conditions, with the codes where it is no picture.
        grouped: what is asked for; None leaves it to the format: pictures are.
        full: a picture is not spared either: each row has an arc of its own, with its codes.
    """
    whole = full or as_ not in PICTURES
    return Detail(
        show=(("conditions", "codes") if whole else ("conditions",)) if show is None else tuple(show),
        grouped=not whole if grouped is None else grouped,
    )
