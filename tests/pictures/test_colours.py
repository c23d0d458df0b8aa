"""Outcomes can be told apart by everybody, on a light page and on a dark one, and by their lines alone."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from math import dist

import pytest

from poec_workflow.diagrams.outcomes import OUTCOMES, PAINTS, Outcome
from poec_workflow.diagrams.svg_style import DARK, LIGHT
from poec_workflow.machines import LIFECYCLES

# Machado, Oliveira and Fernandes (2009), severity 1.0, on linear RGB.
SEEN_BY = {
    "everybody": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopes": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopes": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopes": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
_TO_XYZ = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
_WHITE = (0.9505, 1.0, 1.089)
PAGE = pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
Triple = tuple[float, float, float]


def _linear(colour: str) -> Triple:
    r, g, b = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return _each(lambda c: c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4, (r, g, b))


def _each(change: Callable[[float], float], of: Triple) -> Triple:
    a, b, c = of
    return (change(a), change(b), change(c))


def _times(matrix: tuple[Triple, ...], vector: Triple) -> Triple:
    a, b, c = (sum(k * v for k, v in zip(row, vector, strict=True)) for row in matrix)
    return (a, b, c)


def _lab(linear: Triple) -> Triple:
    x, y, z = (value / white for value, white in zip(_times(_TO_XYZ, linear), _WHITE, strict=True))
    fx, fy, fz = _each(lambda t: t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116, (x, y, z))
    return (116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz))


def _contrast(one: str, other: str) -> float:
    """WCAG's ratio."""
    light, dark = sorted((_times(_TO_XYZ, _linear(each))[1] for each in (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_every_ending_has_an_outcome() -> None:
    """Each final state is in the table, each outcome has its look, and no other state is in it."""
    final = {(type(state), state) for lifecycle in LIFECYCLES.values() for state in lifecycle.final}
    assert {state for _, state in final} == {*OUTCOMES}
    assert {*PAINTS} == {*Outcome}
    assert {*OUTCOMES.values()} == {*Outcome} - {Outcome.OPEN}


@PAGE
@pytest.mark.parametrize("seen_by", SEEN_BY)
def test_the_lines_are_told_apart(seen_by: str, *, dark: bool) -> None:
    """Any two outcomes' lines differ, to whoever looks: by 15 in CIELAB, where 2.3 is just noticed."""
    for one, other in combinations(PAINTS.values(), 2):
        colours = (one.dark_line, other.dark_line) if dark else (one.line, other.line)
        a, b = (
            _lab(_each(lambda c: min(1, max(0, c)), _times(SEEN_BY[seen_by], _linear(colour)))) for colour in colours
        )
        assert dist(a, b) > 15, colours


def test_the_lines_differ_without_colour() -> None:
    """An ending's line is full, dashed, dotted or both; what is open has a single one."""
    endings = [PAINTS[each].dashes for each in Outcome if each is not Outcome.OPEN]
    assert len({*endings}) == len(endings)


@PAGE
def test_texts_and_lines_are_readable(*, dark: bool) -> None:
    """Texts have WCAG's contrast of 4.5 on page and box, lines one of 3."""
    page = DARK if dark else LIGHT
    for outcome in PAINTS.values():
        line, tint = (outcome.dark_line, outcome.dark_tint) if dark else (outcome.line, outcome.tint)
        assert _contrast(page["ink"], tint) >= 4.5
        assert _contrast(page["quiet"], tint) >= 4.5
        assert _contrast(page["path"], tint) >= 4.5
        assert _contrast(line, page["page"]) >= 3
        assert _contrast(line, tint) >= 3
    assert _contrast(page["ink"], page["page"]) >= 4.5
    assert _contrast(page["quiet"], page["page"]) >= 4.5
    assert _contrast(page["path"], page["page"]) >= 4.5
    assert _contrast(page["frame"], page["page"]) >= 3


def test_the_measures_are_right() -> None:
    """Known values: black on white has a contrast of 21, white is (100, 0, 0) in CIELAB."""
    assert _contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert _lab(_linear("#FFFFFF")) == pytest.approx((100, 0, 0), abs=0.1)
