"""`diagram`: a lifecycle, drawn from its rules."""

from __future__ import annotations

import click

from poec_workflow.cli import options
from poec_workflow.diagrams import FORMATS, render
from poec_workflow.machines import LIFECYCLES

_BY_NAME = {each.name: each for each in LIFECYCLES.values()}


@click.command()
@click.argument("lifecycle", type=click.Choice(list(_BY_NAME)), default="application")
@click.option("--as", "as_", type=click.Choice(list(FORMATS)), default="mermaid", show_default=True)
@click.option("--no-conditions", is_flag=True, help="Leave out the conditions that choose a row.")
@click.option("--no-codes", is_flag=True, help="Leave out the refusal codes.")
@options.settings
@options.lang
def diagram(lifecycle: str, as_: str, *, no_conditions: bool, no_codes: bool, place: str | None, lang: str) -> None:
    """Draw a lifecycle: application (the default), session or training-action."""
    show = [name for name, hidden in (("conditions", no_conditions), ("codes", no_codes)) if not hidden]
    settings = options.open_settings(place)
    click.echo(render(_BY_NAME[lifecycle], as_, lang=lang, settings=settings, show=show), nl=False)
