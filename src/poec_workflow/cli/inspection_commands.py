"""The commands `show`, `history` and `explain`: one subject, its history, and which commands an actor may give."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime

import click

from poec_workflow import locales
from poec_workflow.cli import options
from poec_workflow.cli.day_options import DayOrInstant
from poec_workflow.cli.history_table import history_table
from poec_workflow.cli.subject_table import subject_table
from poec_workflow.cli.terminal import print_json, print_table, say, table
from poec_workflow.cli.text_table import TextTable
from poec_workflow.decider import unknown
from poec_workflow.errors import CommandRefused
from poec_workflow.explanation import Explanation
from poec_workflow.model import Actor, ActorKind, Subject, SubjectKind
from poec_workflow.presentation.cell_texts import coded
from poec_workflow.presentation.message_texts import delivery_lines
from poec_workflow.remedies import Remedy
from poec_workflow.serialization import to_dict
from poec_workflow.workflow import Workflow

_subject_option = click.option(
    "--subject",
    type=click.Choice([each.value for each in SubjectKind]),
    help="Which one, when a reference exists in several.",
)


@click.command()
@click.argument("reference")
@_subject_option
@options.store
@options.settings
@options.format_
@options.lang
def show(reference: str, subject: str | None, store: str, places: tuple[str, ...], format_: str, lang: str) -> None:
    """Show one application, session or training action, whole."""
    workflow = options.open_workflow(store, places, make=False)
    target = _find_subject(workflow, reference, subject)
    if format_ == "json":
        print_json({"subject_kind": target.subject_kind.value, **to_dict(target)})
        return
    print_table(subject_table(target, workflow, lang))


@click.command()
@click.argument("reference")
@_subject_option
@options.store
@options.settings
@options.format_
@options.lang
def history(reference: str, subject: str | None, store: str, places: tuple[str, ...], format_: str, lang: str) -> None:
    """Tell what happened to an application, a session or a training action, oldest first."""
    workflow = options.open_workflow(store, places, make=False)
    target = _find_subject(workflow, reference, subject)
    entries = workflow.history(target.subject_kind, reference)
    if format_ == "json":
        print_json([to_dict(each) for each in entries])
        return
    print_table(history_table(entries, workflow.settings, lang))
    for line in delivery_lines(workflow.deliveries(target.subject_kind, reference), workflow.settings.zone, lang):
        say(line)


@click.command()
@click.argument("application")
@click.option("--kind", required=True, type=click.Choice([each.value for each in ActorKind]), help="Of actor.")
@click.option("--organization", help="The one that the actor works for.")
@click.option("--candidate", help="The candidate's reference, for an actor who is one.")
@click.option("--at", type=DayOrInstant(), help="As of this instant, or of a day's beginning; now by default.")
@options.store
@options.settings
@options.format_
@options.lang
def explain(
    application: str,
    kind: str,
    organization: str | None,
    candidate: str | None,
    at: date | datetime | None,
    store: str,
    places: tuple[str, ...],
    format_: str,
    lang: str,
) -> None:
    """Say of each command to an application whether an actor may give it, or every reason why not."""
    workflow = options.open_workflow(store, places, make=False)
    actor = Actor(kind=ActorKind(kind), organization=organization, candidate=candidate)
    explanations = workflow.explain(application, actor, at=at)
    if format_ == "json":
        print_json([each.to_dict(lang) for each in explanations])
        return
    print_table(explanation_table(explanations, lang))


def explanation_table(explanations: Iterable[Explanation], lang: str) -> TextTable:
    """Each command, and whether it is allowed, or every reason why not."""
    columns = [locales.word("command", lang), locales.word("answer", lang)]
    rows = [
        (
            locales.label("commands", each.command.type, lang),
            "\n".join(_answer_lines(each, lang)) or locales.word("allowed", lang),
        )
        for each in explanations
    ]
    return table(columns, rows)


def _answer_lines(explanation: Explanation, lang: str) -> Iterator[str]:
    for refusal in explanation.refusals:
        yield coded(refusal, lang)
    if explanation.remedy:
        yield would_pass(explanation.remedy, lang)


def would_pass(remedy: Remedy, lang: str) -> str:
    """A line that says what would make a refused command pass."""
    return f"  → {locales.word('would-pass', lang, remedy=remedy.message(lang))}"


def _find_subject(workflow: Workflow, reference: str, kind: str | None) -> Subject:
    kinds = [SubjectKind(kind)] if kind else list(SubjectKind)
    found: list[Subject] = []
    for each in kinds:
        try:
            found.append(workflow.subject(each, reference))
        except CommandRefused:
            continue
    if not found:
        raise CommandRefused([unknown(kinds[0], reference)])
    if len(found) > 1:
        several = ", ".join(each.subject_kind for each in found)
        raise click.UsageError(f"{reference} names several ({several}): say which with --subject")
    return found[0]
