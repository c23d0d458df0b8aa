"""The command `diagram`: draw a lifecycle, a subject's path, who is told of what, or the marked blocks of a page."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from poec_workflow.bootstrap import OwnRules
from poec_workflow.cli import language, options
from poec_workflow.cli.terminal import say
from poec_workflow.diagrams import FORMATS, NOTICE_FORMATS, PAGES, SHOWN, render
from poec_workflow.diagrams.detail import detail
from poec_workflow.diagrams.markdown_blocks import update_blocks
from poec_workflow.diagrams.transition_counts import count_transitions
from poec_workflow.locales.exception_sentences import sentence
from poec_workflow.machines import LIFECYCLES_BY_NAME, Lifecycle, Lifecycles
from poec_workflow.machines.lifecycles import by_name
from poec_workflow.model import SubjectKind

NOTICES = "notices"
"""What is drawn besides the lifecycles, by its name."""


@click.command()
@click.argument("lifecycle", type=click.Choice([*LIFECYCLES_BY_NAME, NOTICES]), required=False)
@click.option("--as", "as_", type=click.Choice([*FORMATS, *PAGES]), default="mermaid", show_default=True)
@click.option("--full", is_flag=True, help="A picture too with the refusal codes, and an arc for each row.")
@click.option("--conditions/--no-conditions", default=True, help="The conditions that choose a row; shown by default.")
@click.option("--codes/--no-codes", default=None, help="The refusal codes; a picture has them when it is full.")
@click.option("--actors", is_flag=True, help="Show who may give each command.")
@click.option("--no-colours", is_flag=True, help="Show no outcomes.")
@click.option(
    "--grouped/--no-grouped", default=None, help="Arcs with the same ends as one: a picture's default, an SVG's always."
)
@click.option("--application", metavar="REFERENCE", help="Show one application's path, from the store.")
@click.option("--session", metavar="REFERENCE", help="Show one session's path, from the store.")
@click.option("--action", metavar="REFERENCE", help="Show one training action's path, from the store.")
@click.option("--counts", is_flag=True, help="Show how often each row was taken, from the store.")
@click.option(
    "--into",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="PAGE",
    help="Draw the marked blocks of a Markdown page anew; they say what they want.",
)
@click.option("--check", is_flag=True, help="With --into: write nothing, exit 1 when the page is stale.")
@options.store
@options.settings
@options.lang
def diagram(
    lifecycle: str | None,
    as_: str,
    *,
    full: bool,
    conditions: bool,
    codes: bool | None,
    actors: bool,
    no_colours: bool,
    grouped: bool | None,
    application: str | None,
    session: str | None,
    action: str | None,
    counts: bool,
    into: Path | None,
    check: bool,
    store: str,
    places: tuple[str, ...],
    lang: str,
) -> None:
    """Draw a lifecycle: application (the default), session or training-action; or notices: who is told of what."""
    rules = options.open_rules(places)
    if into is not None:
        _redraw_page(into, rules, check=check)
        return
    if check:
        raise click.UsageError("--check goes with --into")
    if lifecycle == NOTICES:
        if counts or application or session or action:
            raise click.UsageError("notices have neither paths nor counts")
        _draw_notices(rules, as_, lang)
        return
    subjects = {SubjectKind.APPLICATION: application, SubjectKind.SESSION: session, SubjectKind.ACTION: action}
    chosen, reference = _lifecycle_and_reference(
        rules.lifecycles, lifecycle, {kind: each for kind, each in subjects.items() if each is not None}
    )
    workflow = options.open_workflow(store, places, make=False) if counts or reference is not None else None
    shown = {"conditions": conditions, "codes": codes, "actors": actors}
    try:
        text = render(
            chosen,
            as_,
            lang=lang,
            settings=rules.settings,
            show=_shown(as_, shown, full=full),
            path=workflow.history(chosen.kind, reference) if workflow and reference is not None else (),
            counts=count_transitions(workflow.storage.queries, chosen) if workflow and counts else None,
            colours=not no_colours,
            grouped=grouped,
            full=full,
            notices=rules.notices,
        )
    except (ImportError, ValueError) as error:
        raise click.UsageError(str(error)) from error
    click.echo(text, nl=False)


def _shown(as_: str, asked: Mapping[str, bool | None], *, full: bool) -> tuple[str, ...]:
    """What is asked for; None leaves it to the format."""
    usual = detail(as_, full=full).show
    return tuple(name for name in SHOWN if (name in usual if asked[name] is None else asked[name]))


def _draw_notices(rules: OwnRules, as_: str, lang: str) -> None:
    if as_ not in NOTICE_FORMATS:
        raise click.UsageError(f"notices are drawn as {', '.join(NOTICE_FORMATS)}, not as {as_}")
    click.echo(render(rules.notices, as_, lang=lang), nl=False)


def _lifecycle_and_reference(
    lifecycles: Lifecycles, lifecycle: str | None, subjects: dict[SubjectKind, str]
) -> tuple[Lifecycle, str | None]:
    """The lifecycle to draw, and the reference of the subject whose path is shown; a subject implies its lifecycle."""
    if len(subjects) > 1:
        raise click.UsageError("one path at a time")
    for kind, reference in subjects.items():
        if lifecycle not in {None, lifecycles[kind].name}:
            raise click.UsageError(f"{reference} is no {lifecycle}")
        return lifecycles[kind], reference
    return by_name(lifecycles)[lifecycle or "application"], None


def _redraw_page(page: Path, rules: OwnRules, *, check: bool) -> None:
    try:
        before = page.read_bytes().decode()
        after = update_blocks(before, rules.settings, rules.lifecycles)
    except ValueError as error:
        raise click.UsageError(f"{page}: {error}") from error
    if after == before:
        return
    if check:
        stale = f"{page} is stale: draw it anew by poec-workflow diagram --into {page}"
        say(sentence(stale, language.current()), err=True)
        click.get_current_context().exit(1)
    page.write_bytes(after.encode())
