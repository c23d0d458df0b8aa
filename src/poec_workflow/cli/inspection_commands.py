"""The commands `show`, `history` and `explain`: one subject, its history, and which commands an actor may give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

import click

from poec_workflow import locales
from poec_workflow.catalogue import Catalogue
from poec_workflow.cli import options
from poec_workflow.cli.cell_texts import convocation_text
from poec_workflow.cli.day_options import DayOrInstant
from poec_workflow.cli.message_tables import delivery_lines
from poec_workflow.cli.terminal import print_json, print_table, say, table
from poec_workflow.decider import unknown
from poec_workflow.errors import CommandRefused
from poec_workflow.explanation import Explanation
from poec_workflow.history import HistoryEntry
from poec_workflow.model import Actor, ActorKind, Application, Subject, SubjectKind
from poec_workflow.policies.calendar import in_zone
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
    data = {"subject_kind": target.subject_kind.value, **to_dict(target)}
    if format_ == "json":
        print_json(data)
        return
    shown = {**data, "state": locales.state(target.state, lang)}
    if isinstance(target, Application):
        shown |= _words_of(target, workflow.settings.catalogue, lang)
    rows = [(name, _cell(value)) for name, value in shown.items() if value not in (None, "", [])]
    print_table(table(["", reference], rows))


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
    columns = [options.word(name, lang) for name in ("effective", "recorded", "rule", "command", "who", "state")]
    print_table(table(["#", *columns], [_history_row(each, workflow, lang) for each in entries]))
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
    columns = [options.word("command", lang), options.word("answer", lang)]
    rows = [
        (each.command.type, "\n".join(_answer_lines(each, lang)) or options.word("allowed", lang))
        for each in explanations
    ]
    print_table(table(columns, rows))


def _answer_lines(explanation: Explanation, lang: str) -> Iterator[str]:
    for refusal in explanation.refusals:
        yield f"{refusal.code}: {refusal.message(lang)}"
    if explanation.remedy:
        yield would_pass(explanation.remedy, lang)


def would_pass(remedy: Remedy, lang: str) -> str:
    """A line that says what would make a refused command pass."""
    return f"  → {options.word('would-pass', lang, remedy=remedy.message(lang))}"


def _find_subject(workflow: Workflow, reference: str, kind: str | None) -> Subject:
    kinds = [SubjectKind(kind)] if kind else list(SubjectKind)
    readers: Mapping[SubjectKind, Any] = {
        SubjectKind.APPLICATION: workflow.application,
        SubjectKind.SESSION: workflow.session,
        SubjectKind.ACTION: workflow.action,
    }
    found: list[Subject] = []
    for each in kinds:
        try:
            found.append(readers[each](reference))
        except CommandRefused:
            continue
    if not found:
        raise CommandRefused([unknown(kinds[0], reference)])
    if len(found) > 1:
        several = ", ".join(each.subject_kind for each in found)
        raise click.UsageError(f"{reference} names several ({several}): say which with --subject")
    return found[0]


def _history_row(entry: HistoryEntry, workflow: Workflow, lang: str) -> tuple[object, ...]:
    zone = workflow.settings.zone
    who = entry.actor.name or entry.actor.organization or entry.actor.candidate
    kind = locales.label("words", entry.actor.kind, lang)
    return (
        entry.event.version,
        locales.shown(in_zone(entry.event.effective_at, zone), lang),
        locales.shown(in_zone(entry.recorded_at, zone), lang),
        entry.rule,
        entry.command,
        f"{who} ({kind})" if who else kind,
        "\n".join([locales.state(entry.event.state, lang), *(f"! {each.code}" for each in entry.advisories)]),
    )


def _words_of(application: Application, catalogue: Catalogue, lang: str) -> dict[str, object]:
    """What people read of an application's convocations and of its ending."""
    labels = {"motive": catalogue.label(lang, application.motive)} if application.motive else {}
    if application.motive and application.reason:
        labels["reason"] = catalogue.label(lang, application.motive, application.reason)
    return {"convocations": [convocation_text(each, lang) for each in application.convocations], **labels}


def _cell(value: object) -> str:
    if isinstance(value, dict):
        return "\n".join(f"{name}: {each}" for name, each in value.items() if each is not None)
    return "\n".join(map(_cell, value)) if isinstance(value, list) else str(value)
