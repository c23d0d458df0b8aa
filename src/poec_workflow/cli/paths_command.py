"""The command `paths`: journals for acceptance tests, to each state, over each row, or along all simple paths."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path as File

import click

from poec_workflow import locales
from poec_workflow.bootstrap import OwnRules
from poec_workflow.cli import options
from poec_workflow.cli.terminal import print_json, print_table, say, table
from poec_workflow.machines import LIFECYCLES_BY_NAME, Lifecycle
from poec_workflow.machines.lifecycles import by_name
from poec_workflow.testing.exploration import Path, shortest_paths, simple_paths


@click.command()
@click.argument("lifecycle", type=click.Choice(list(LIFECYCLES_BY_NAME)), default="application")
@click.option("--simple", is_flag=True, help="All simple paths, rather than a shortest one to each state and row.")
@click.option("--to", "state", metavar="STATE", help="Print the journal to a state.")
@click.option("--over", "row", metavar="ROW", help="Print the journal over a row, as L4.")
@click.option("--into", type=click.Path(path_type=File, file_okay=False), help="Write each journal as a file there.")
@options.settings
@options.format_
@options.lang
def paths(
    *,
    lifecycle: str,
    simple: bool,
    state: str | None,
    row: str | None,
    into: File | None,
    places: tuple[str, ...],
    format_: str,
    lang: str,
) -> None:
    """List journals that lead to each state and over each row of a LIFECYCLE, as few lines as can be.

    Each can be executed by `run` on an empty store, and is accepted to its last line.
    """
    rules = options.open_rules(places)
    found = (_simple if simple else _shortest)(by_name(rules.lifecycles)[lifecycle], rules)
    selected = [f"to-{state}"] * bool(state) + [f"over-{row}"] * bool(row)
    if missing := [each for each in selected if each not in found]:
        raise click.UsageError(f"no path {missing[0]} of {lifecycle}: there are {', '.join(found)}")
    found = {name: path for name, path in found.items() if name in selected or not selected}
    if into is not None:
        _write(found, into, lang)
    elif format_ == "json":
        print_json([_as_data(name, path) for name, path in found.items()])
    elif selected:
        for path in found.values():
            for line in path.lines:
                say(line, whole=True)
    else:
        rows = [
            (name, len(path.journal), " ".join(path.rows), locales.shown(path.state, lang))
            for name, path in found.items()
        ]
        print_table(table([locales.label("check", each, lang) for each in ("path", "lines", "rows", "state")], rows))


def _shortest(lifecycle: Lifecycle, rules: OwnRules) -> dict[str, Path]:
    shortest = shortest_paths(rules.settings, rules.lifecycles)
    rows = {rule.id for rule in lifecycle.steps}
    return {
        **{f"to-{state}": path for (kind, state), path in shortest.to.items() if kind is lifecycle.kind},
        **{f"over-{row}": path for row, path in shortest.over.items() if row in rows},
    }


def _simple(lifecycle: Lifecycle, rules: OwnRules) -> dict[str, Path]:
    return {"-".join(path.rows): path for path in simple_paths(lifecycle, rules.settings)}


def _write(paths: Mapping[str, Path], into: File, lang: str) -> None:
    into.mkdir(parents=True, exist_ok=True)
    for name, path in paths.items():
        (into / f"{name}.jsonl").write_text("".join(f"{line}\n" for line in path.lines), encoding="utf-8")
    written = locales.filled(locales.label("check", "written", lang), {"count": len(paths), "folder": into}, lang)
    say(written, err=True)


def _as_data(name: str, path: Path) -> dict[str, object]:
    return {
        "path": name,
        "kind": path.kind.value,
        "reference": path.reference,
        "rows": list(path.rows),
        "state": path.state.value,
        "journal": path.lines,
    }
