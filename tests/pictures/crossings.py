"""How often the arcs of a picture cross, whoever drew it: counted over the paths themselves."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, pairwise
from math import hypot
from xml.etree import ElementTree as ET

from browser import needs

Point = tuple[float, float]
_SVG = "{http://www.w3.org/2000/svg}"
_NUMBERS = re.compile(r"-?\d+(?:\.\d+)?")
_STEPS = 10
_TOUCH = 3.0
"""Arcs that meet within so many points of where both begin or end only share that end."""


def crossings(paths: Mapping[str, Sequence[Point]]) -> list[tuple[str, str]]:
    """The pairs of arcs that cross, as often as they do.

    Args:
        paths: each arc as cubic Bézier curves: a start, then three points for each.
    """
    lines = {name: list(polyline(path)) for name, path in paths.items()}
    return [(one, other) for one, other in combinations(lines, 2) for _ in _meetings(lines[one], lines[other])]


def polyline(path: Sequence[Point]) -> Iterator[Point]:
    """Points along a path, close enough together for a crossing to be found between them."""
    yield path[0]
    for start in range(0, len(path) - 3, 3):
        a, b, c, d = path[start : start + 4]
        for step in range(1, _STEPS + 1):
            t = step / _STEPS
            u = 1 - t
            w = (u**3, 3 * u * u * t, 3 * u * t * t, t**3)
            x, y = (sum(k * p[axis] for k, p in zip(w, (a, b, c, d), strict=True)) for axis in (0, 1))
            yield x, y


def _meetings(one: list[Point], other: list[Point]) -> Iterator[Point]:
    ends = [(p, q) for p in (one[0], one[-1]) for q in (other[0], other[-1])]
    for (a, b), (c, d) in ((first, second) for first in pairwise(one) for second in pairwise(other)):
        if max(a[0], b[0]) < min(c[0], d[0]) or max(c[0], d[0]) < min(a[0], b[0]):
            continue
        met = _crossing(a, b, c, d)
        if met and not any(_near(met, p) and _near(met, q) for p, q in ends):
            yield met


def _near(one: Point, other: Point) -> bool:
    return hypot(one[0] - other[0], one[1] - other[1]) < _TOUCH


def _crossing(a: Point, b: Point, c: Point, d: Point) -> Point | None:
    """Where two segments cross, each taken without its end, so that a joint is not met twice."""
    (ux, uy), (vx, vy) = (b[0] - a[0], b[1] - a[1]), (d[0] - c[0], d[1] - c[1])
    turn = ux * vy - uy * vx
    if abs(turn) < 1e-9:
        return None
    wx, wy = c[0] - a[0], c[1] - a[1]
    s, t = (wx * vy - wy * vx) / turn, (wx * uy - wy * ux) / turn
    return (a[0] + s * ux, a[1] + s * uy) if 0 <= s < 1 and 0 <= t < 1 else None


def arcs_of_svg(text: str) -> dict[str, list[Point]]:
    """The curves of our own picture, by the arcs' identifiers; the straight end under an arrow's head is left out."""
    found = {}
    for group in ET.fromstring(text).iter(f"{_SVG}g"):  # noqa: S314 - our own
        path = group.find(f"{_SVG}path")
        if path is not None:
            numbers = [float(each) for each in _NUMBERS.findall(path.attrib["d"].split("L", maxsplit=1)[0])]
            found[group.attrib["id"]] = list(zip(numbers[::2], numbers[1::2], strict=True))
    return found


def dot(text: str, format_: str) -> bytes:
    """What Graphviz's own program makes of a digraph; a fault or a warning fails the test."""
    needs("dot", there=shutil.which("dot") is not None)
    ran = subprocess.run(["dot", f"-T{format_}"], input=text.encode(), capture_output=True, timeout=30, check=True)
    said = [line for line in ran.stderr.decode().splitlines() if "Fontconfig" not in line and line]
    assert said == []
    return ran.stdout


def arcs_of_dot(text: str) -> dict[str, list[Point]]:
    """The curves that Graphviz's own program draws of a digraph."""
    found = {}
    for edge in json.loads(dot(text, "json0"))["edges"]:
        points = [each for each in edge["pos"].split() if not each.startswith(("e,", "s,"))]
        found[str(edge["_gvid"])] = [(float(x), float(y)) for x, y in (each.split(",") for each in points)]
    return found
