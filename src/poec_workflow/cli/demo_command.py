"""The command `demo`: run three sessions on a fresh SQLite file up to today, and show what there is to do."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

import click
from attrs import frozen
from rich.cells import cell_len
from rich.console import Console

from poec_workflow import locales
from poec_workflow.cli import demo_scenario, options
from poec_workflow.cli.dashboard_commands import queue_tables
from poec_workflow.cli.day_options import DayOrInstant, day_of
from poec_workflow.cli.demo_scenario import Scenario, Step
from poec_workflow.cli.history_table import history_table
from poec_workflow.cli.inspection_commands import explanation_table
from poec_workflow.cli.lifecycle_tree import lifecycle_tree
from poec_workflow.cli.line_wrapping import HANG, wrap
from poec_workflow.cli.terminal import console, dashboard_note, dashboard_table, print_table
from poec_workflow.commands import Request
from poec_workflow.decider import Refused
from poec_workflow.diagrams import render
from poec_workflow.machines import LIFECYCLES, Lifecycle
from poec_workflow.model import SubjectKind
from poec_workflow.policies.settings import default_settings
from poec_workflow.ports import FixedClock, SystemClock
from poec_workflow.presentation.cell_texts import coded
from poec_workflow.workflow import Answer, Workflow

TEXTS = {
    "fr": {
        "season": "1. Une saison, commande par commande",
        "before": "2. Le délai de trois semaines est passé\u00a0: personne n'a donné d'avis pour Noël Müller (C-4)",
        "sweep": "3. Le balayage passe en «\u00a0Avis non transmis\u00a0»\u00a0: {expired}",
        "queue": "4. Ce que l'organisme a à faire aujourd'hui",
        "explain": "5. Ce qu'il peut faire pour Karim Haddad (C-9), et pourquoi pas le reste",
        "history": "6. L'historique de Zoé Nabil (C-1)",
        "diagram": "7. Le cycle de vie d'une candidature, d'après les règles",
        "kept": "Gardé dans {store}, et dessiné dans {drawings}. Pour regarder vous-même\u00a0:",
        "look": "Pour garder cette saison et la regarder vous-même\u00a0: poec-workflow demo --keep demo.db",
    },
    "en": {
        "season": "1. A season, command by command",
        "before": "2. The three weeks are over: nobody gave an advice on Noël Müller (C-4)",
        "sweep": "3. The sweep expires: {expired}",
        "queue": "4. What the organisation has to do today",
        "explain": "5. What it can do for Karim Haddad (C-9), and why not the rest",
        "history": "6. The history of Zoé Nabil (C-1)",
        "diagram": "7. The lifecycle of an application, read from the rules",
        "kept": "Kept in {store}, and drawn in {drawings}. To look around yourself:",
        "look": "To keep this season and look around yourself: poec-workflow demo --keep demo.db",
    },
}
_MORNING = time(6)
_LOOKS = (
    "queue AFEC",
    "applications --state present",
    "explain C-9 --kind organization --organization AFEC",
    "diagram --application C-1 --counts --as svg",
)
"""What a kept season is good to look at with."""


@frozen
class _Tour:
    """Where the tour is told, and in which language."""

    out: Console
    workflow: Workflow
    lang: str

    def heading(self, name: str, **values: str) -> None:
        heading = TEXTS[self.lang][name].format(**values)
        self.out.print(f"\n{heading}", style="bold", markup=False)
        self.out.print("─" * min(cell_len(heading), self.out.width))


@click.command()
@click.option(
    "--keep",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Keep the store in a new file, and pictures beside it.",
)
@click.option("--at", type=DayOrInstant(), help="Tell it as of this day; today by default.")
@options.lang
def demo(keep: Path | None, at: date | datetime | None, lang: str) -> None:
    """Tell a season from registration to sweep: the tour."""
    zone = default_settings().zone
    today = day_of(at or SystemClock().now(), zone)
    drawings = _free(keep) if keep else {}
    with _store_url(keep) as url:
        clock = FixedClock(datetime.combine(today, _MORNING, zone))
        tour = _Tour(console(), options.open_workflow(url, (), clock), lang)
        tour.heading("season")
        for step in Scenario(today, zone).steps():
            _print_answer(tour, step)
        _show_end(tour)
        options.close(tour.workflow)
        for path, lifecycle in drawings.items():
            path.write_text(render(lifecycle, "svg", lang=lang), encoding="utf-8")
    tour.out.print()
    if keep:
        told = TEXTS[lang]["kept"].format(store=keep, drawings=", ".join(each.name for each in drawings))
        tour.out.print(told, markup=False)
        for each in _LOOKS:
            tour.out.print(f"  poec-workflow {each} --store {shlex.quote(url)}", markup=False, soft_wrap=True)
    else:
        _print_hanging(tour.out, TEXTS[lang]["look"], HANG)


def _free(keep: Path) -> Mapping[Path, Lifecycle]:
    """Where each picture goes; a usage error where something stands there or at the store's place."""
    drawings = {keep.with_name(f"{keep.stem}-{each.name}.svg"): each for each in LIFECYCLES.values()}
    for each in (keep, *drawings):
        if each.exists():
            raise click.UsageError(f"{each} is there already; --keep makes new files")
    if not keep.parent.is_dir():
        raise click.UsageError(f"there is no folder {keep.parent}")
    return drawings


@contextmanager
def _store_url(keep: Path | None) -> Iterator[str]:
    if keep is not None:
        yield _sqlite_url(keep)
        return
    with TemporaryDirectory() as place:
        yield f"sqlite:///{place}/demo.db"


def _sqlite_url(file: Path) -> str:
    """The URL of a file of any name; what means something in a URL is escaped."""
    plain = file.as_posix()
    return f"sqlite:///{quote(plain) if set(plain) & set('?#%') else plain}"


def _print_hanging(out: Console, text: str, hang: int, style: str = "") -> None:
    """Print a sentence whose further lines are indented."""
    out.print("\n".join(wrap(text, out.width, hang)), markup=False, soft_wrap=True, style=style)


def _print_answer(tour: _Tour, step: Step) -> None:
    answer: Answer = tour.workflow.submit(Request(command=step.command, actor=step.actor, at=step.at))
    sentence = step.fr if tour.lang == "fr" else step.en
    _print_hanging(tour.out, f"{locales.shown(step.at, tour.lang)}  {sentence}", 18)
    if isinstance(answer, Refused):
        for refusal in answer.refusals:
            _print_hanging(tour.out, f"    ✗ {coded(refusal, tour.lang)}", HANG, style="red")
        return
    for change in answer.changes:
        state = locales.state(change.subject.state, tour.lang)
        tour.out.print(f"    ✓ {change.subject.reference} ▸ {state}", markup=False, style="green")


def _show_end(tour: _Tour) -> None:
    workflow, out, lang = tour.workflow, tour.out, tour.lang
    organization = demo_scenario.TRAINER.organization or ""
    tour.heading("before")
    _print_dashboard(tour, organization)
    tour.heading("sweep", expired=", ".join(workflow.sweep().expired))
    _print_dashboard(tour, organization)
    tour.heading("queue")
    for each in queue_tables(workflow.work_queue(organization), workflow.settings.warning_days, lang):
        print_table(each, out)
    tour.heading("explain")
    print_table(explanation_table(workflow.explain("C-9", demo_scenario.TRAINER), lang), out)
    tour.heading("history")
    print_table(history_table(workflow.history(SubjectKind.APPLICATION, "C-1"), workflow.settings, lang), out)
    tour.heading("diagram")
    out.print(lifecycle_tree(LIFECYCLES[SubjectKind.APPLICATION], lang))


def _print_dashboard(tour: _Tour, organization: str) -> None:
    workflow = tour.workflow
    print_table(dashboard_table(workflow.dashboard(organization), tour.lang, workflow.settings.warning_days), tour.out)
    tour.out.print(dashboard_note(None, tour.lang))
