"""`demo`: a season from registration to sweep, told step by step; it asks for nothing, and keeps nothing."""

from __future__ import annotations

import click
from rich.console import Console

from poec_workflow import locales
from poec_workflow.cli import options, story
from poec_workflow.cli.text import console, dashboard_table, table
from poec_workflow.commands import Request
from poec_workflow.decider import Refused
from poec_workflow.diagrams import render
from poec_workflow.machines import LIFECYCLES
from poec_workflow.model import SubjectKind
from poec_workflow.testing.clock import SettableClock
from poec_workflow.workflow import Answer, Workflow

TEXTS = {
    "fr": {
        "season": "1. Une saison, commande par commande",
        "before": "2. Le lendemain du délai de trois semaines : personne n'a donné d'avis pour C-4",
        "explain": "3. Ce que l'organisme peut encore faire de C-4, et pourquoi pas",
        "sweep": "4. Le balayage passe en « avis non transmis » : {expired}",
        "history": "5. L'historique de C-1",
        "diagrams": "6. Les cycles de vie, dessinés à partir des règles",
    },
    "en": {
        "season": "1. A season, command by command",
        "before": "2. The day after the three weeks: nobody gave an advice on C-4",
        "explain": "3. What the organisation can still do with C-4, and why not",
        "sweep": "4. The sweep expires: {expired}",
        "history": "5. The history of C-1",
        "diagrams": "6. The lifecycles, drawn from the rules",
    },
}


@click.command()
@options.lang
def demo(lang: str) -> None:
    """Tell a season from registration to sweep: the tour."""
    texts, out = TEXTS[lang], console()
    clock = SettableClock(story.AFTER_THE_DEADLINE)
    workflow = Workflow(options.open_workflow("memory:", None).storage, clock=clock)
    out.rule(texts["season"], align="left")
    for step in story.steps():
        request = Request(command=step.command, actor=step.actor, at=step.at)
        _tell(out, step, workflow.execute_many([request])[0], lang)
    organization = story.TRAINER.organization or ""
    out.rule(texts["before"], align="left")
    out.print(dashboard_table(workflow.dashboard(organization), lang))
    out.rule(texts["explain"], align="left")
    _explain(out, workflow, lang)
    out.rule(texts["sweep"].format(expired=", ".join(workflow.sweep().expired)), align="left")
    out.print(dashboard_table(workflow.dashboard(organization), lang))
    out.rule(texts["history"], align="left")
    _history(out, workflow, lang)
    out.rule(texts["diagrams"], align="left")
    for lifecycle in LIFECYCLES.values():
        out.print(render(lifecycle, "mermaid", lang=lang, show=("conditions",)), markup=False, soft_wrap=True)


def _tell(out: Console, step: story.Step, answer: Answer, lang: str) -> None:
    sentence = step.fr if lang == "fr" else step.en
    out.print(f"{locales.shown(step.at, lang)}  {sentence}", markup=False)
    if isinstance(answer, Refused):
        for refusal in answer.refusals:
            out.print(f"    ✗ {refusal.code}: {refusal.message(lang)}", markup=False, style="red")
        return
    for change in answer.changes:
        state = locales.state(change.subject.state, lang)
        out.print(f"    ✓ {change.subject.reference} ▸ {state}", markup=False, style="green")


def _explain(out: Console, workflow: Workflow, lang: str) -> None:
    columns = [options.word("command", lang), options.word("answer", lang)]
    rows = [
        (
            each.command.type,
            " ".join(f"{refusal.code}: {refusal.message(lang)}" for refusal in each.refusals)
            or options.word("allowed", lang),
        )
        for each in workflow.explain("C-4", story.TRAINER)
    ]
    out.print(table(columns, rows))


def _history(out: Console, workflow: Workflow, lang: str) -> None:
    columns = [
        "#",
        "",
        options.word("rule", lang),
        options.word("command", lang),
        options.word("state", lang),
    ]
    rows = [
        (
            entry.event.version,
            locales.shown(entry.event.effective_at, lang),
            entry.rule,
            entry.command,
            locales.state(entry.event.state, lang),
        )
        for entry in workflow.history(SubjectKind.APPLICATION, "C-1")
    ]
    out.print(table(columns, rows))
