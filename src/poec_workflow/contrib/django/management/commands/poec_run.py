"""`poec_run`: execute a journal, each line at its own instant."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from django.core.management.base import CommandError, CommandParser

from poec_workflow import locales
from poec_workflow.contrib.django.active_language import active_language
from poec_workflow.contrib.django.workflow_command import WorkflowCommand
from poec_workflow.decider import Refused
from poec_workflow.errors import Malformed
from poec_workflow.journal_run import JournalTally, answers, batches, lines_of
from poec_workflow.presentation.error_words import short_faults
from poec_workflow.presentation.exit_codes import DONE, MALFORMED
from poec_workflow.workflow import Answer, Workflow


class Command(WorkflowCommand):
    """For data of another service, and for trying things out."""

    help = 'Execute a journal (JSON Lines; - is standard input), each command at its own "at".'

    def add_arguments(self, parser: CommandParser) -> None:
        """As `poec-workflow run` has them."""
        super().add_arguments(parser)
        parser.add_argument("journal", metavar="JOURNAL")
        parser.add_argument("--refusals", type=Path, metavar="FILE", help="Write each refused line with its codes.")
        parser.add_argument("--batch", type=int, default=1, metavar="N", help="So many lines in one transaction.")
        parser.add_argument(
            "--from-line", type=int, default=1, metavar="K", help="Leave out the lines before this one."
        )

    def carry_out(self, workflow: Workflow, options: dict[str, Any]) -> None:
        """Execute it, and say how many lines were accepted, refused and malformed.

        Raises:
            CommandError: a line was refused (1) or malformed (2); the file can't be read.
        """
        if min(options["batch"], options["from_line"]) < 1:
            raise CommandError("--batch and --from-line are 1 or more", returncode=MALFORMED)
        tally = JournalTally(line=options["from_line"])
        try:
            with _journal(options["journal"]) as journal, _refusals(options["refusals"]) as out:
                self._execute(workflow, journal, out, tally, options["batch"])
        except Exception:
            self.tell(locales.word("stopped", active_language(), line=tally.line))
            raise
        finally:
            self._report(tally, options["format"])
        if tally.exit_code != DONE:
            raise CommandError(self._summary(tally), returncode=tally.exit_code)

    def _execute(
        self, workflow: Workflow, journal: BinaryIO, out: TextIO | None, tally: JournalTally, batch: int
    ) -> None:
        lines = (each for each in lines_of(journal) if each[0] >= tally.line)
        for some in batches(lines, batch):
            for number, answer in answers(workflow, some, tally):
                tally.count(answer)
                tally.line = number + 1
                self._note(number, answer, out)

    def _note(self, number: int, answer: Answer | Malformed, out: TextIO | None) -> None:
        lang = active_language()
        if isinstance(answer, Malformed):
            self.tell(locales.word("line", lang, line=number, problem=short_faults(answer.faults, lang)))
        elif isinstance(answer, Refused) and out is not None:
            out.write(json.dumps({"line": number, "codes": sorted(answer.codes)}) + "\n")

    def _report(self, tally: JournalTally, format_: str) -> None:
        if format_ == "json":
            self.print_json(tally.as_data())
            return
        for line in self._summary(tally).split(", "):
            self.say(line)
        for code, count in tally.codes.most_common():
            self.say(f"{count:>8} {code}")

    def _summary(self, tally: JournalTally) -> str:
        counts = {name: getattr(tally, name) for name in ("accepted", "refused", "malformed")}
        lang = active_language()
        return ", ".join(f"{count} {locales.word(name, lang, count=count)}" for name, count in counts.items())


@contextmanager
def _journal(name: str) -> Iterator[BinaryIO]:
    if name == "-":
        yield sys.stdin.buffer
        return
    try:
        with Path(name).open("rb") as opened:
            yield opened
    except OSError as error:
        raise CommandError(str(error), returncode=MALFORMED) from error


def _refusals(file: Path | None) -> Any:  # noqa: ANN401 - a file, or none
    return nullcontext() if file is None else file.open("w", encoding="utf-8")
