"""`poec_retain_until`: erase the people whose time is over, and then their files."""

from __future__ import annotations

from typing import Any

from attrs import evolve
from django.core.management.base import CommandParser

from poec_workflow.contrib.django.active_language import active_language
from poec_workflow.contrib.django.workflow_command import WorkflowCommand, instant_of
from poec_workflow.ports import FixedClock
from poec_workflow.presentation.retention_texts import retention_texts
from poec_workflow.serialization import to_dict
from poec_workflow.workflow import Workflow


class Command(WorkflowCommand):
    """Run it each night; late, twice or on several machines at once gives the same."""

    help = "Erase every person who is kept no longer, and the files that funders no longer ask for."

    def add_arguments(self, parser: CommandParser) -> None:
        """As `poec-workflow retain-until` has them."""
        super().add_arguments(parser)
        parser.add_argument("--dry-run", action="store_true", help="Say who would be erased, and change nothing.")
        parser.add_argument(
            "--at", metavar="INSTANT", help="Erase as at this instant; later than now with --dry-run only."
        )

    def carry_out(self, workflow: Workflow, options: dict[str, Any]) -> None:
        """Erase, and say whom."""
        dry_run: bool = options["dry_run"]
        if options["at"]:
            workflow = evolve(workflow, clock=FixedClock(instant_of(workflow, options["at"], dry_run=dry_run)))
        report = workflow.retain_until(dry_run=dry_run)
        if options["format"] == "json":
            self.print_json(to_dict(report))
            return
        for each in sorted({*report.people, *report.files}):
            self.say(each)
        for text in retention_texts(report, active_language()):
            self.tell(text)
