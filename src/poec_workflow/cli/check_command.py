"""The command `check`: explore the rules exhaustively; print counts, dead rows, overlaps and violations."""

from __future__ import annotations

from itertools import product
from typing import Any

import click

from poec_workflow import bootstrap
from poec_workflow.cli import options
from poec_workflow.cli.terminal import print_json, print_table, say, table
from poec_workflow.errors import Malformed
from poec_workflow.machines import Lifecycle
from poec_workflow.policies.settings import Settings
from poec_workflow.testing.exploration import Bounds, Exploration, RowSeen, explore
from poec_workflow.testing.journals import to_line
from poec_workflow.testing.reference import PROMISES, Promise
from poec_workflow.testing.reference.asked_promises import checked_promises


@click.command()
@click.option(
    "--applications",
    type=click.IntRange(min=1),
    default=Bounds().applications,
    show_default=True,
    help="Explore with at most so many applications; each more takes about six times as long.",
)
@options.settings
@click.option(
    "--properties",
    "own",
    metavar="MODULE:NAME",
    help="A service's own properties: a function of the step, or several of them.",
)
@options.format_
@click.pass_context
def check(ctx: click.Context, applications: int, places: tuple[str, ...], own: str | None, format_: str) -> None:
    """Show that every lifecycle is whole, and that its rules hold wherever they can lead.

    A wrong table does not even load: for every state and command the rows are exclusive and complete, no row leaves a
    final state, every state is reachable, and a final state from every other. Then every combination of a few
    applications, seats and days is walked through, under the settings, and each held against the invariants.

    Exits 1 when one does not hold, and prints a shortest journal to where it does not; so it does when a property of
    the service's own raises, and says that it did.
    """
    rules = options.open_rules(places)
    settings = rules.settings
    explored = explore(
        lifecycles=rules.lifecycles,
        bounds=Bounds(applications=applications),
        settings=settings,
        properties=_properties(own) if own else (),
    )
    lifecycles = [_counts(each, settings) for each in rules.lifecycles.values()]
    if format_ == "json":
        print_json({"settings": settings.fingerprint, "lifecycles": lifecycles, "exploration": explored.to_dict()})
    else:
        print_table(table(list(lifecycles[0]), [list(each.values()) for each in lifecycles]))
        _print_exploration(explored)
    ctx.exit(0 if explored.ok else 1)


def _properties(place: str) -> tuple[Promise, ...]:
    """The properties that the option names; a usage error where it names something else."""
    try:
        found = bootstrap.named("--properties", place)
        return checked_promises((found,) if callable(found) else found, "$", taken=PROMISES)
    except bootstrap.InvalidOption as error:
        raise click.UsageError(str(error)) from error
    except Malformed as error:
        raise click.UsageError(f"--properties {place}: {error}") from error


def _counts(lifecycle: Lifecycle, settings: Settings) -> dict[str, Any]:
    cells = [
        lifecycle.rows(state, command) for state, command in product((None, *lifecycle.states), lifecycle.by_command)
    ]
    own = {check.code for command in lifecycle.by_command for check in settings.checks.get(command, ())}
    return {
        "lifecycle": lifecycle.name,
        "rows": len(lifecycle.rules),
        "states": len(lifecycle.states),
        "final": len(lifecycle.final),
        "commands": len(lifecycle.by_command),
        "cells": len(cells),
        "accepting": sum(bool(rows) for rows in cells),
        "choices": sum(2 ** len({atom.name for rule in rows for atom in rule.given}) for rows in cells if rows),
        "codes": len({code for rule in lifecycle.rules for code in rule.codes} | own),
        "fingerprint": lifecycle.fingerprint,
    }


def _print_exploration(explored: Exploration) -> None:
    bounds = explored.bounds
    click.echo(
        f"explored: applications up to {bounds.applications}, convocations up to {bounds.attempts}, "
        f"capacity {_alternatives(bounds.capacities)}, coefficient {_alternatives(bounds.coefficients or ())}"
    )
    click.echo(
        f"{explored.states} worlds{'' if explored.complete else ' (not all of them)'}, {explored.decisions} decisions, "
        f"{explored.accepted} accepted, {len(explored.rows) - len(explored.dead)} of {len(explored.rows)} rows taken"
    )
    for each in explored.dead:
        say(_never_taken(each, explored))
    for kind, state in explored.unreached:
        click.echo(f"never reached: {kind} {state}")
    for kind, state in explored.unleft:
        click.echo(f"never left: {kind} {state}")
    for rows, where in explored.overlaps.items():
        click.echo(f"overlap: {rows} are both chosen by {where}")
    for violation in explored.violations:
        what = "not judged" if violation.raised else "violation"
        say(f"{what}: {violation.invariant}: {violation.found}; a shortest journal to it:")
        for line in map(to_line, violation.journal):
            say(line)
    click.echo(f"settings {explored.settings.fingerprint}: {'ok' if explored.ok else 'not ok'}")


def _never_taken(row: RowSeen, explored: Exploration) -> str:
    own = explored.own_codes(row.rule.command)
    reasons = [f"{code}{' (own policy)' if code in own else ''} {count}×" for code, count in row.refused.items()]
    refused = f"; refused by {', '.join(reasons)}" if reasons else "; no world chose it"
    return f"never taken: {row.id} {row.rule.command.type}{refused}"


def _alternatives(numbers: tuple[int, ...]) -> str:
    return " or ".join(map(str, numbers))
