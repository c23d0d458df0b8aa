"""`exec`: one journal line, executed now or at its own instant."""

from __future__ import annotations

import sys

import click
from attrs import evolve

from poec_workflow import locales
from poec_workflow.cli import options
from poec_workflow.cli.inspection_commands import would_pass
from poec_workflow.cli.terminal import print_json, say
from poec_workflow.commands import Request
from poec_workflow.decider import Change, Refused
from poec_workflow.journal_run import without_mark
from poec_workflow.notices.wording import told_sentence
from poec_workflow.ports import FixedClock
from poec_workflow.presentation.cell_texts import coded
from poec_workflow.remedies import Remedy
from poec_workflow.serialization import LONGEST_LINE, journal_line
from poec_workflow.serialization.answers import accepted_document, refused_document
from poec_workflow.workflow import Answer, Workflow


@click.command("exec")
@click.argument("line")
@click.option("--dry-run", is_flag=True, help="Say what would happen and who would be told, and store nothing.")
@options.store
@options.settings
@options.format_
@options.lang
@click.pass_context
def execute(
    ctx: click.Context, *, line: str, dry_run: bool, store: str, places: tuple[str, ...], format_: str, lang: str
) -> None:
    """Execute one journal LINE (- reads it from standard input), now when it has no "at".

    Exits 1 when the rules refuse it.
    """
    text = without_mark(sys.stdin.buffer.read(LONGEST_LINE + 1)) if line == "-" else line
    request = journal_line(text, dated=False)
    workflow = options.open_workflow(store, places, make=not dry_run)
    answer, remedy = _previewed(workflow, request) if dry_run else workflow.submit_or_remedy(request)
    if format_ == "json":
        print_json(
            refused_document(answer, lang, remedy) if isinstance(answer, Refused) else accepted_document(answer, lang)
        )
    elif isinstance(answer, Refused):
        for refusal in answer.refusals:
            say(coded(refusal, lang))
        if remedy:
            say(would_pass(remedy, lang))
    else:
        for change in answer.changes:
            say(_happened(change, lang))
        if answer.notices:
            say(told_sentence(answer.notices, lang))
        for advisory in answer.advisories:
            say(coded(advisory, lang), err=True)
    ctx.exit(1 if isinstance(answer, Refused) else 0)


def _previewed(workflow: Workflow, request: Request) -> tuple[Answer, Remedy | None]:
    """The decision that would be taken at the request's own instant, with nothing stored."""
    at = workflow if request.at is None else evolve(workflow, clock=FixedClock(request.at))
    answer = at.preview(request.command, request.actor)
    return answer, at.remedy(request) if isinstance(answer, Refused) else None


def _happened(change: Change, lang: str) -> str:
    state, event = locales.state(change.subject.state, lang), locales.label("events", change.event.type, lang)
    return locales.word("happened", lang, reference=change.subject.reference, state=state, event=event)
