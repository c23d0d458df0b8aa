"""The SVG's style sheet: colours by outcome, for a light page and a dark one, and line styles that show the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from poec_workflow.diagrams.outcomes import PAINTS, Outcome, Paint

LIGHT = {"page": "#FFFFFF", "ink": "#1F2328", "quiet": "#57606A", "frame": "#8C959F", "path": "#9A3C00"}
DARK = {"page": "#0D1117", "ink": "#F0F6FC", "quiet": "#9EA7B3", "frame": "#768390", "path": "#FFFFFF"}
"""The page, its texts, its lines, and a path that is shown; on each page texts have a contrast of 4.5 or more."""

_PLAIN = Paint(line="#57606A", tint="#FFFFFF", dark_line="#9EA7B3", dark_tint="#0D1117")


def sheet(scope: str, *, coloured: bool) -> str:
    """The style sheet of one picture.

    Args:
        scope: a selector that only the picture has, for it may stand in a page with others.
        coloured: whether outcomes are shown.
    """
    paints = PAINTS if coloured else dict.fromkeys(Outcome, _PLAIN)
    by_dark = {each: (paint.dark_line, paint.dark_tint) for each, paint in paints.items()}
    by_light = {each: (paint.line, paint.tint) for each, paint in paints.items()}
    dark = "".join(f"  {rule}\n" for rule in _colours(scope, DARK, by_dark))
    light = "".join(f"{rule}\n" for rule in _colours(scope, LIGHT, by_light))
    dashes = "".join(f"{rule}\n" for rule in _dashes(scope, paints))
    return f"{_fixed(scope)}{light}{dashes}@media (prefers-color-scheme: dark) {{\n{dark}}}\n"


def _fixed(scope: str) -> str:
    return f"""\
{scope} {{ font-family: Helvetica, Arial, "Liberation Sans", sans-serif; }}
{scope} path {{ fill: none; stroke-width: 1.2; }}
{scope} .state rect {{ stroke-width: 1.6; }}
{scope} .frame .border {{ fill: none; stroke-width: 1; stroke-dasharray: 1 3; }}
{scope} .key .border, {scope} .key .inner {{ stroke-width: 1.4; }}
{scope} .slot {{ fill: none; stroke: none; }}
{scope} .taken path {{ stroke-width: 3; }}
{scope} .visited rect {{ stroke-width: 3; }}
{scope} .current .border {{ stroke-width: 5; }}
{scope} .key-current .border {{ stroke-width: 3; }}
"""


def _colours(scope: str, page: Mapping[str, str], outcomes: Mapping[Outcome, tuple[str, str]]) -> Iterator[str]:
    yield f"{scope} .page {{ fill: {page['page']}; }}"
    yield f"{scope} text {{ fill: {page['ink']}; }}"
    yield f"{scope} .code, {scope} .actor, {scope} .frame > text, {scope} .key text {{ fill: {page['quiet']}; }}"
    yield f"{scope} path {{ stroke: {page['quiet']}; }}"
    yield f"{scope} .head, {scope} .start {{ fill: {page['quiet']}; stroke: none; }}"
    yield f"{scope} .frame .border {{ stroke: {page['frame']}; }}"
    yield f"{scope} .key .border, {scope} .key .inner {{ fill: {page['page']}; stroke: {page['quiet']}; }}"
    for outcome, (line, tint) in outcomes.items():
        yield f"{scope} .{outcome} .border, {scope} .{outcome} .inner {{ fill: {tint}; stroke: {line}; }}"
    yield f"{scope} .taken path {{ stroke: {page['path']}; }}"
    yield f"{scope} .arc.taken .head {{ fill: {page['path']}; stroke: {page['path']}; stroke-width: 3; }}"
    yield f"{scope} .row.taken .command {{ fill: {page['path']}; }}"


def _dashes(scope: str, paints: Mapping[Outcome, Paint]) -> Iterator[str]:
    for outcome, paint in paints.items():
        if paint.dashes:
            yield f"{scope} .{outcome} .border {{ stroke-dasharray: {' '.join(map(str, paint.dashes))}; }}"
