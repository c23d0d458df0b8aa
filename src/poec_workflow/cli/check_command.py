"""The command `check`: explore the rules exhaustively; print counts, dead rows, overlaps and violations."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import click

from poec_workflow import bootstrap, locales
from poec_workflow.cli import options
from poec_workflow.cli.terminal import print_json, print_table, say, table
from poec_workflow.errors import Malformed
from poec_workflow.machines import Lifecycle
from poec_workflow.policies.settings import Settings
from poec_workflow.testing.exploration import Bounds, Exploration, RowSeen, Violation, explore
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
@options.lang
@click.pass_context
def check(
    ctx: click.Context, applications: int, places: tuple[str, ...], own: str | None, format_: str, lang: str
) -> None:
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
        columns = [locales.label("check", name, lang) for name in lifecycles[0]]
        named = [{**each, "lifecycle": _word(each["lifecycle"], lang)} for each in lifecycles]
        print_table(table(columns, [list(each.values()) for each in named], turns=True))
        for line in exploration_lines(explored, lang):
            say(line)
        for violation in explored.violations:
            _print_violation(violation, lang)
        say(_verdict(explored, lang))
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


def _print_violation(violation: Violation, lang: str) -> None:
    """Print what does not hold, and a journal that leads there, whose lines are to be copied."""
    name = "not-judged" if violation.raised else "violation"
    say(_word(name, lang, invariant=violation.invariant, found=violation.found))
    for line in map(to_line, violation.journal):
        say(line, whole=True)


def _verdict(explored: Exploration, lang: str) -> str:
    return _word("ok" if explored.ok else "not-ok", lang, settings=explored.settings.fingerprint)


def exploration_lines(explored: Exploration, lang: str) -> Iterator[str]:
    """What was explored, and what nothing leads to, leads out of, or decides."""
    bounds = explored.bounds
    yield _word(
        "explored",
        lang,
        applications=bounds.applications,
        attempts=bounds.attempts,
        capacity=_alternatives(bounds.capacities, lang),
        coefficient=_alternatives(bounds.coefficients or (), lang),
    )
    yield _word(
        "worlds" if explored.complete else "some-worlds",
        lang,
        states=explored.states,
        decisions=explored.decisions,
        accepted=explored.accepted,
        taken=len(explored.rows) - len(explored.dead),
        rows=len(explored.rows),
    )
    for each in explored.dead:
        yield _never_taken(each, explored, lang)
    for name, subjects in (("never-reached", explored.unreached), ("never-left", explored.unleft)):
        for kind, state in subjects:
            yield _word(name, lang, kind=locales.word(kind, lang), state=locales.shown(state, lang))
    for rows, where in explored.overlaps.items():
        yield _word("overlap", lang, rows=rows, where=where)


def _never_taken(row: RowSeen, explored: Exploration, lang: str) -> str:
    own = explored.own_codes(row.rule.command)
    reasons = [
        f"{code}{_word('own-policy', lang) if code in own else ''} {count}×" for code, count in row.refused.items()
    ]
    command = locales.label("commands", row.rule.command.type, lang)
    why = _word("refused-by", lang, reasons=", ".join(reasons)) if reasons else _word("no-world", lang)
    return _word("never-taken", lang, row=row.id, command=command, why=why)


def _alternatives(numbers: tuple[int, ...], lang: str) -> str:
    return _word("or", lang).join(map(str, numbers))


def _word(name: str, lang: str, **values: object) -> str:
    return locales.filled(locales.label("check", name, lang), values, lang)
