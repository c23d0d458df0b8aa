"""`check`: what the tables' own checks proved when they were built, printed."""

from __future__ import annotations

from itertools import product
from typing import Any

import click

from poec_workflow.cli import options
from poec_workflow.cli.text import print_json, print_table, table
from poec_workflow.machines import LIFECYCLES, Lifecycle
from poec_workflow.policies.settings import Settings


@click.command()
@options.settings
@options.format_
def check(place: str | None, format_: str) -> None:
    """Show that every lifecycle is whole: a wrong table does not even load.

    For every state and command the rows are exclusive and complete, no row leaves a final state, every state is
    reachable, and a final state is reachable from every other.
    """
    settings = options.open_settings(place)
    found = [_counts(each, settings) for each in LIFECYCLES.values()]
    if format_ == "json":
        print_json({"settings": settings.fingerprint, "lifecycles": found})
        return
    print_table(table(list(found[0]), [list(each.values()) for each in found]))
    click.echo(f"settings {settings.fingerprint}: ok")


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
