"""The command `schema`: the wire format as JSON Schema, OpenAPI or AsyncAPI."""

from __future__ import annotations

import click

from poec_workflow.cli import options
from poec_workflow.cli.terminal import print_json
from poec_workflow.schemas import DOCUMENTS, document


@click.command()
@click.argument("document_", type=click.Choice([*DOCUMENTS]), default=next(iter(DOCUMENTS)))
@click.option("--format", "format_", type=click.Choice(["json"]), default="json", help="JSON, always.")
@options.settings
@options.lang
def schema(document_: str, *, format_: str, places: tuple[str, ...], lang: str) -> None:  # noqa: ARG001 - JSON, always
    """Print the schema of commands (the default), events, messages or problems, or the openapi or asyncapi document.

    The first four are JSON Schema (draft 2020-12), the others OpenAPI 3.1 and AsyncAPI 3.0, all made from the classes
    that read the wire format. With --settings they name a service's own codes and numbers. Descriptions are in the
    language of --lang, and in the other beside it.
    """
    rules = options.open_rules(places)
    print_json(document(document_, lang, rules.settings, rules.lifecycles, rules.notices))
