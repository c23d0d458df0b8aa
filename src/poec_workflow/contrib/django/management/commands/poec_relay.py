"""`poec_relay`: send what waits, show it, or deal with what can't be sent."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, current_thread, main_thread
from typing import Any

from django.core.management.base import CommandError, CommandParser

from poec_workflow import bootstrap, locales
from poec_workflow.contrib.django.active_language import active_language
from poec_workflow.contrib.django.configuration import configuration
from poec_workflow.contrib.django.relay_threads import closing_threads
from poec_workflow.contrib.django.workflow_command import WorkflowCommand
from poec_workflow.ports import MessageState
from poec_workflow.presentation.exit_codes import MALFORMED
from poec_workflow.presentation.message_texts import dead_lines, figures_lines, message_data
from poec_workflow.relay import Relay, RelayReport, calling_thread
from poec_workflow.relay.previews import write_previews
from poec_workflow.serialization import to_dict
from poec_workflow.workflow import Workflow

_COUNTED = ("delivered", "unneeded", "postponed", "dead")
_MOST_WORKERS = 64


class Command(WorkflowCommand):
    """Run it each minute, or for good with `--follow`; any number of them at once."""

    help = "Send what waits to be sent."

    def add_arguments(self, parser: CommandParser) -> None:
        """As `poec-workflow relay` has them."""
        super().add_arguments(parser)
        parser.add_argument(
            "--workers", type=int, default=4, help="Deliver so many at once; with 1, without a thread. 4 by default."
        )
        one = parser.add_mutually_exclusive_group()
        one.add_argument("--follow", action="store_true", help="Go on until SIGTERM: look each second.")
        one.add_argument("--list", action="store_true", help="Print what waits, in the order of sending.")
        one.add_argument("--dead", action="store_true", help="Print what can't be delivered, and why.")
        one.add_argument(
            "--status", action="store_true", help="Print how many wait, since when, and how many are dead."
        )
        one.add_argument(
            "--preview", type=Path, metavar="DIR", help="Write what would be sent as files, and send nothing."
        )
        one.add_argument("--retry", action="append", metavar="ID", help="Let a dead message wait again.")
        one.add_argument("--drop", action="append", metavar="ID", help="Take a dead message out.")

    def carry_out(self, workflow: Workflow, options: dict[str, Any]) -> None:
        """Send, or what else is asked."""
        outbox, json = workflow.storage.outbox, options["format"] == "json"
        if options["status"]:
            figures = outbox.figures()
            lines = figures_lines(figures, workflow.settings.zone, active_language())
            self._print(to_dict(figures) if json else None, lines)
        elif options["list"] or options["dead"]:
            queued = outbox.queued(MessageState.DEAD if options["dead"] else MessageState.WAITING)
            self._print(
                [message_data(each) for each in queued] if json else None, dead_lines(queued, active_language())
            )
        elif options["retry"]:
            self._settle(options["retry"], outbox.retry, "retried", json=json)
        elif options["drop"]:
            now = workflow.clock.now()
            self._settle(options["drop"], lambda each: outbox.drop(each, now), "dropped", json=json)
        else:
            self._send(workflow, options)

    def _print(self, data: object, lines: Iterator[str]) -> None:
        if data is not None:
            self.print_json(data)
            return
        for line in lines:
            self.say(line)

    def _settle(self, ids: list[str], settle: Callable[[str], bool], word: str, *, json: bool) -> None:
        """Say of each id whether it was there; an id that was not names nothing, which is wrong usage."""
        done, lang = {each: settle(each) for each in ids}, active_language()
        if json:
            self.print_json(done)
        else:
            for each, was_there in done.items():
                said = locales.word(word if was_there else "not-there", lang)
                self.say(locales.word("came-of-it", lang, convocation=each, outcome=said))
        if not all(done.values()):
            raise CommandError(locales.word("not-there", lang), returncode=MALFORMED)

    def _send(self, workflow: Workflow, options: dict[str, Any]) -> None:
        workers: int = options["workers"]
        if not 1 <= workers <= _MOST_WORKERS:
            raise CommandError(f"--workers is 1 to {_MOST_WORKERS}", returncode=MALFORMED)
        channels = configuration().channels()
        try:
            relay = Relay(workflow, channels, workers=workers, pool=closing_threads if workers > 1 else calling_thread)
            if options["preview"] is not None:
                count = write_previews(relay, options["preview"])
                self.tell(locales.word("previewed", active_language(), count=count, folder=options["preview"]))
                return
            self._relay(relay, follow=options["follow"], json=options["format"] == "json")
        finally:
            bootstrap.close_channels(channels)

    def _relay(self, relay: Relay, *, follow: bool, json: bool) -> None:
        stop = Event()
        with _stopped_by_signals(stop, relay):
            if not follow:
                report = relay.run_once(stop)
                self._print(to_dict(report) if json else None, iter([_line(report)]))
                return
            relay.run(stop, lambda report: self.tell(_line(report)))


@contextmanager
def _stopped_by_signals(stop: Event, relay: Relay) -> Iterator[None]:
    """Let SIGTERM and Ctrl-C end what was begun first; the handlers of before come back."""
    if current_thread() is not main_thread():
        yield
        return

    def end(*_: object) -> None:
        stop.set()
        relay.wake()

    known = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in known.items():
            signal.signal(number, handler)


def _line(report: RelayReport) -> str:
    lang = active_language()
    return ", ".join(locales.word(f"{name}-messages", lang, count=getattr(report, name)) for name in _COUNTED)
