"""`poec_sweep`: expire every application past its advice deadline."""

from __future__ import annotations

from typing import Any

from attrs import evolve
from django.core.management.base import CommandParser

from poec_workflow import locales
from poec_workflow.contrib.django.active_language import active_language
from poec_workflow.contrib.django.workflow_command import WorkflowCommand, instant_of
from poec_workflow.ports import FixedClock
from poec_workflow.serialization import to_dict
from poec_workflow.workflow import Workflow


class Command(WorkflowCommand):
    """Run it each night; late, twice or on several machines at once gives the same."""

    help = "Expire every application that is past its advice deadline."

    def add_arguments(self, parser: CommandParser) -> None:
        """As `poec-workflow sweep` has them."""
        super().add_arguments(parser)
        parser.add_argument("--dry-run", action="store_true", help="Say what would expire, and change nothing.")
        parser.add_argument(
            "--at", metavar="INSTANT", help="Sweep as at this instant; later than now with --dry-run only."
        )

    def carry_out(self, workflow: Workflow, options: dict[str, Any]) -> None:
        """Sweep, and say what expired."""
        dry_run: bool = options["dry_run"]
        if options["at"]:
            workflow = evolve(workflow, clock=FixedClock(instant_of(workflow, options["at"], dry_run=dry_run)))
        report = workflow.sweep(dry_run=dry_run)
        if options["format"] == "json":
            self.print_json(to_dict(report))
            return
        for each in report.expired:
            self.say(each)
        word = "would-expire" if dry_run else "expired"
        self.tell(locales.word(word, active_language(), count=len(report.expired)))
