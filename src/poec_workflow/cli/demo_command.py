"""The command `demo`: run a season on a fresh SQLite file, and print each step, the dashboard and the diagrams."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from rich.console import Console

from poec_workflow import locales
from poec_workflow.cli import demo_scenario, options
from poec_workflow.cli.terminal import console, dashboard_note, dashboard_table, print_table, table
from poec_workflow.commands import Request
from poec_workflow.decider import Refused
from poec_workflow.diagrams import render
from poec_workflow.machines import LIFECYCLES
from poec_workflow.model import SubjectKind
from poec_workflow.ports import FixedClock
from poec_workflow.workflow import Answer, Workflow

TEXTS = {
    "fr": {
        "season": "1. Une saison, commande par commande",
        "before": "2. Le lendemain du délai de trois semaines : personne n'a donné d'avis pour C-4",
        "explain": "3. Ce que l'organisme peut encore faire de C-4, et pourquoi pas",
        "sweep": "4. Le balayage passe en « avis non transmis » : {expired}",
        "history": "5. L'historique de C-1",
        "diagrams": "6. Les cycles de vie, dessinés à partir des règles",
        "next": "Pour regarder vous-même : poec-workflow demo --keep demo.db, puis poec-workflow applications "
        "--store sqlite:///demo.db",
    },
    "en": {
        "season": "1. A season, command by command",
        "before": "2. The day after the three weeks: nobody gave an advice on C-4",
        "explain": "3. What the organisation can still do with C-4, and why not",
        "sweep": "4. The sweep expires: {expired}",
        "history": "5. The history of C-1",
        "diagrams": "6. The lifecycles, drawn from the rules",
        "next": "To look around yourself: poec-workflow demo --keep demo.db, then poec-workflow applications "
        "--store sqlite:///demo.db",
    },
}


@click.command()
@click.option("--keep", type=click.Path(path_type=Path), metavar="FILE", help="Keep the store in a new file.")
@options.lang
def demo(keep: Path | None, lang: str) -> None:
    """Tell a season from registration to sweep: the tour."""
    if keep is not None and keep.exists():
        raise click.UsageError(f"{keep} is there already; --keep makes a new file")
    texts, out = TEXTS[lang], console()
    with _store_url(keep) as url:
        clock = FixedClock(demo_scenario.AFTER_THE_DEADLINE)
        workflow = options.open_workflow(url, (), clock)
        _run_season(out, workflow, lang)
        _show_end(out, workflow, lang)
        options.close(workflow)
    out.rule(texts["diagrams"], align="left")
    for lifecycle in LIFECYCLES.values():
        out.print(
            render(lifecycle, "mermaid", lang=lang, show=("conditions",), colours=False), markup=False, soft_wrap=True
        )
    out.print(texts["next"], markup=False, soft_wrap=True)


@contextmanager
def _store_url(keep: Path | None) -> Iterator[str]:
    if keep is not None:
        yield f"sqlite:///{keep}"
        return
    with TemporaryDirectory() as place:
        yield f"sqlite:///{place}/demo.db"


def _run_season(out: Console, workflow: Workflow, lang: str) -> None:
    out.rule(TEXTS[lang]["season"], align="left")
    for step in demo_scenario.steps():
        request = Request(command=step.command, actor=step.actor, at=step.at)
        _print_answer(out, step, workflow.submit(request), lang)


def _print_dashboard(out: Console, workflow: Workflow, organization: str, lang: str) -> None:
    print_table(dashboard_table(workflow.dashboard(organization), lang, workflow.settings.warning_days), out)
    out.print(dashboard_note(None, lang))


def _show_end(out: Console, workflow: Workflow, lang: str) -> None:
    texts, organization = TEXTS[lang], demo_scenario.TRAINER.organization or ""
    out.rule(texts["before"], align="left")
    _print_dashboard(out, workflow, organization, lang)
    out.rule(texts["explain"], align="left")
    _print_explanation(out, workflow, lang)
    out.rule(texts["sweep"].format(expired=", ".join(workflow.sweep().expired)), align="left")
    _print_dashboard(out, workflow, organization, lang)
    out.rule(texts["history"], align="left")
    _print_history(out, workflow, lang)


def _print_answer(out: Console, step: demo_scenario.Step, answer: Answer, lang: str) -> None:
    sentence = step.fr if lang == "fr" else step.en
    out.print(f"{locales.shown(step.at, lang)}  {sentence}", markup=False)
    if isinstance(answer, Refused):
        for refusal in answer.refusals:
            out.print(f"    ✗ {refusal.code}: {refusal.message(lang)}", markup=False, style="red")
        return
    for change in answer.changes:
        state = locales.state(change.subject.state, lang)
        out.print(f"    ✓ {change.subject.reference} ▸ {state}", markup=False, style="green")


def _print_explanation(out: Console, workflow: Workflow, lang: str) -> None:
    columns = [options.word("command", lang), options.word("answer", lang)]
    rows = [
        (
            each.command.type,
            " ".join(f"{refusal.code}: {refusal.message(lang)}" for refusal in each.refusals)
            or options.word("allowed", lang),
        )
        for each in workflow.explain("C-4", demo_scenario.TRAINER)
    ]
    print_table(table(columns, rows), out)


def _print_history(out: Console, workflow: Workflow, lang: str) -> None:
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
    print_table(table(columns, rows), out)
