"""What the app's commands share: the workflow, how they print, how they end."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, ClassVar

from attrs import evolve
from django.core.management.base import BaseCommand, CommandError, CommandParser

from poec_workflow.contrib.django.active_language import active_language
from poec_workflow.contrib.django.host_workflow import get_workflow
from poec_workflow.errors import WorkflowError
from poec_workflow.ports import FixedClock
from poec_workflow.presentation.error_words import error_text
from poec_workflow.presentation.exit_codes import MALFORMED, SERVICE, known_exit_code
from poec_workflow.serialization import from_dict
from poec_workflow.workflow import Workflow


class WorkflowCommand(BaseCommand):
    """A command on the project's workflow: data on standard output, all else on standard error.

    It ends as `poec-workflow` does: 1 refused, 2 wrong usage or malformed input, 3 the database can't be reached or has
    another schema, 4 a conflict.
    """

    def add_arguments(self, parser: CommandParser) -> None:
        """The options that all of them have."""
        parser.add_argument(
            "--format", choices=("text", "json"), default="text", help="Text for people, JSON for programs."
        )

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 - Django's own signature
        """Carry it out, and say of what goes wrong what the package says.

        Raises:
            CommandError: with the exit code.
        """
        del args
        try:
            self.carry_out(get_workflow(), options)
        except WorkflowError as error:
            raise CommandError(
                error_text(error, active_language()), returncode=known_exit_code(error) or SERVICE
            ) from error

    def carry_out(self, workflow: Workflow, options: dict[str, Any]) -> None:
        """What the command does."""
        raise NotImplementedError

    def say(self, text: str) -> None:
        """Print a line of data."""
        self.stdout.write(text)

    def tell(self, text: str) -> None:
        """Print a line that is no data."""
        self.stderr.write(text, self.style.NOTICE)

    def print_json(self, value: object) -> None:
        """Print data for programs."""
        self.stdout.write(json.dumps(value, ensure_ascii=False, indent=2))


class NightlyCommand(WorkflowCommand):
    """A command of the night: run late, twice or on several machines at once it gives the same.

    Attributes:
        dry_run_help: what `--dry-run` does.
        at_help: what `--at` does.
    """

    dry_run_help: ClassVar[str]
    at_help: ClassVar[str]

    def add_arguments(self, parser: CommandParser) -> None:
        """As `poec-workflow` has them."""
        super().add_arguments(parser)
        parser.add_argument("--dry-run", action="store_true", help=self.dry_run_help)
        parser.add_argument("--at", metavar="INSTANT", help=self.at_help)

    def carry_out(self, workflow: Workflow, options: dict[str, Any]) -> None:
        """Carry it out as at the instant that is asked for."""
        dry_run: bool = options["dry_run"]
        if options["at"]:
            workflow = evolve(workflow, clock=FixedClock(_instant_of(workflow, options["at"], dry_run=dry_run)))
        self.carry_out_as_at(workflow, options, dry_run=dry_run)

    def carry_out_as_at(self, workflow: Workflow, options: dict[str, Any], *, dry_run: bool) -> None:
        """What the command does, on a workflow whose clock stands where it was asked to."""
        raise NotImplementedError


def _instant_of(workflow: Workflow, text: str, *, dry_run: bool) -> datetime:
    """The instant of `--at`; an error where it is yet to come, and something would change."""
    instant = from_dict(text, datetime)
    if instant > workflow.clock.now() and not dry_run:
        raise CommandError("--at is later than now: that is for --dry-run only", returncode=MALFORMED)
    return instant
