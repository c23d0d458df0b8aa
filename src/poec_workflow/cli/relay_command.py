"""`relay`: send what waits, show it, or deal with what can't be sent; `remind`: the daily digests."""

from __future__ import annotations

import signal
from pathlib import Path
from threading import Event

import click

from poec_workflow import bootstrap, locales
from poec_workflow.cli import options
from poec_workflow.cli.message_tables import waiting_table
from poec_workflow.cli.terminal import print_json, print_table, say
from poec_workflow.ports import MessageState
from poec_workflow.presentation.message_texts import dead_lines, figures_lines, message_data
from poec_workflow.relay import Relay, RelayReport
from poec_workflow.relay.previews import write_previews
from poec_workflow.serialization import to_dict
from poec_workflow.workflow import Workflow

_COUNTED = ("delivered", "unneeded", "postponed", "dead")


@click.command()
@click.option("--follow", is_flag=True, help="Go on until SIGTERM: look each second.")
@click.option(
    "--channels",
    "place",
    envvar="POEC_CHANNELS",
    show_envvar=True,
    metavar="MODULE:NAME",
    help="A channel, channels by addressee, or what makes them; or the name of an installed one.",
)
@click.option("--workers", type=click.IntRange(1, 64), default=4, show_default=True, help="Deliver so many at once.")
@click.option("--list", "list_", is_flag=True, help="Print what waits, in the order of sending.")
@click.option("--dead", is_flag=True, help="Print what can't be delivered, and why.")
@click.option("--status", is_flag=True, help="Print how many wait, since when, and how many are dead.")
@click.option(
    "--preview",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write what would be sent as files, and send nothing.",
)
@click.option("--retry", multiple=True, metavar="ID", help="Let a dead message wait again, or a waiting one be due.")
@click.option("--drop", multiple=True, metavar="ID", help="Take a dead message out.")
@options.store
@options.settings
@options.format_
@options.lang
@click.pass_context
def relay(
    ctx: click.Context,
    *,
    follow: bool,
    place: str | None,
    workers: int,
    list_: bool,
    dead: bool,
    status: bool,
    preview: Path | None,
    retry: tuple[str, ...],
    drop: tuple[str, ...],
    store: str,
    places: tuple[str, ...],
    format_: str,
    lang: str,
) -> None:
    """Send what waits to be sent."""
    wishes = {"--list": list_, "--dead": dead, "--status": status, "--preview": preview, "--retry": retry}
    asked = [name for name, wish in {**wishes, "--drop": drop, "--follow": follow}.items() if wish]
    if len(asked) > 1:
        raise click.UsageError(f"{', '.join(asked)}: one at a time")
    sends = not (list_ or dead or status or preview or retry or drop)
    workflow = options.open_workflow(store, places, make=sends)
    outbox = workflow.storage.outbox
    if list_ or dead:
        queued = outbox.queued(MessageState.DEAD if dead else MessageState.WAITING)
        if format_ == "json":
            print_json([message_data(each) for each in queued])
        elif dead:
            for line in dead_lines(queued, lang):
                say(line)
        else:
            print_table(waiting_table(queued, lang))
    elif status:
        _print_status(workflow, format_, lang)
    elif retry or drop:
        done = {each: outbox.retry(each) for each in retry} | {
            each: outbox.drop(each, workflow.clock.now()) for each in drop
        }
        _print_done(ctx, done, "retried" if retry else "dropped", format_, lang)
    else:
        _send(workflow, place, workers, preview, follow=follow, format_=format_, lang=lang)


@click.command()
@options.store
@options.settings
@options.format_
@options.lang
def remind(*, store: str, places: tuple[str, ...], format_: str, lang: str) -> None:
    """Put today's digest of expiring applications into the outbox, once a day an organisation."""
    from poec_workflow.relay import remind as post_reminders  # noqa: PLC0415 - of the same name

    made = post_reminders(options.open_workflow(store, places))
    if format_ == "json":
        print_json(to_dict(made))
        return
    for each in made.organizations:
        say(each)
    say(locales.word("reminded", lang, count=len(made.organizations)), err=True)


def _print_status(workflow: Workflow, format_: str, lang: str) -> None:
    figures = workflow.storage.outbox.figures()
    if format_ == "json":
        print_json(to_dict(figures))
        return
    for line in figures_lines(figures, workflow.settings.zone, lang):
        say(line)


def _print_done(ctx: click.Context, done: dict[str, bool], word: str, format_: str, lang: str) -> None:
    """Say of each id whether it was there; exit 2 where one was not, for it names nothing."""
    if format_ == "json":
        print_json(done)
    else:
        for each, was_there in done.items():
            said = locales.word(word if was_there else "not-there", lang)
            say(locales.word("came-of-it", lang, convocation=each, outcome=said), err=not was_there)
    ctx.exit(0 if all(done.values()) else 2)


def _send(
    workflow: Workflow,
    place: str | None,
    workers: int,
    preview: Path | None,
    *,
    follow: bool,
    format_: str,
    lang: str,
) -> None:
    if place is None:
        raise click.UsageError("name where messages go by --channels MODULE:NAME, or ask for --list, --dead, --status")
    try:
        channels = bootstrap.channels(place)
    except bootstrap.InvalidOption as error:
        raise click.UsageError(str(error)) from error
    click.get_current_context().call_on_close(lambda: bootstrap.close_channels(channels))
    made = Relay(workflow, channels, workers=workers)
    if preview is not None:
        count = write_previews(made, preview)
        say(locales.word("previewed", lang, count=count, folder=preview), err=True)
        return
    stop = Event()

    def end(*_: object) -> None:
        stop.set()
        made.wake()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    if follow:
        made.run(stop, lambda report: say(_line(report, lang), err=True))
        return
    report = made.run_once(stop)
    if format_ == "json":
        print_json(to_dict(report))
    else:
        say(_line(report, lang))


def _line(report: RelayReport, lang: str) -> str:
    return ", ".join(locales.word(f"{name}-messages", lang, count=getattr(report, name)) for name in _COUNTED)
