"""The outcome of each final state, and its colour and line style.

Colour-blind readers can tell the colours apart; the line styles show the same without colours.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from attrs import frozen

from poec_workflow.model import ActionState, ApplicationState, SessionState, State


class Outcome(StrEnum):
    """How a state's box is drawn."""

    OPEN = "open"
    FAVOURABLE = "favourable"
    UNFAVOURABLE = "unfavourable"
    LAPSED = "lapsed"
    CLOSED = "closed"


OUTCOMES: Mapping[State, Outcome] = {
    ApplicationState.RETAINED: Outcome.FAVOURABLE,
    ApplicationState.REJECTED: Outcome.UNFAVOURABLE,
    ApplicationState.NO_ADVICE: Outcome.LAPSED,
    ApplicationState.SESSION_FULL: Outcome.CLOSED,
    ApplicationState.CANCELLED: Outcome.CLOSED,
    SessionState.CANCELLED: Outcome.CLOSED,
    ActionState.DELETED: Outcome.CLOSED,
}
"""The outcome of each state that ends, also where a service's own row leads out of it; the others are open."""


@frozen(kw_only=True)
class Paint:
    """An outcome's look, on a light page and on a dark one.

    Attributes:
        line: of the border on a light page.
        tint: of the box on a light page; black text is readable on it.
        dark_line: of the border on a dark page.
        dark_tint: of the box on a dark page; white text is readable on it.
        dashes: of the border: lengths drawn and left out, in pixels; none is a full line.
    """

    line: str
    tint: str
    dark_line: str
    dark_tint: str
    dashes: tuple[int, ...] = ()


PAINTS: Mapping[Outcome, Paint] = {
    Outcome.OPEN: Paint(line="#0064A8", tint="#E5F1F8", dark_line="#6BC1F2", dark_tint="#10293A"),
    Outcome.FAVOURABLE: Paint(line="#008F68", tint="#E0F4EE", dark_line="#00A87A", dark_tint="#08261E"),
    Outcome.UNFAVOURABLE: Paint(
        line="#D55E00", tint="#FDF0E8", dark_line="#E8701A", dark_tint="#3A1D08", dashes=(8, 3)
    ),
    Outcome.LAPSED: Paint(line="#24292F", tint="#FBF6CC", dark_line="#F0E442", dark_tint="#2B2800", dashes=(2, 3)),
    Outcome.CLOSED: Paint(
        line="#A8487F", tint="#F8E8F1", dark_line="#CC79A7", dark_tint="#331A28", dashes=(8, 3, 2, 3)
    ),
}
"""Okabe and Ito's colours, adjusted to a contrast of 3 with the box; black replaces their yellow."""
