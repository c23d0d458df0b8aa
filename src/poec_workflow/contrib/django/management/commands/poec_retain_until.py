"""`poec_retain_until`: erase the people whose time is over, and then their files."""

from __future__ import annotations

from typing import Any

from poec_workflow.contrib.django.active_language import active_language
from poec_workflow.contrib.django.workflow_command import NightlyCommand
from poec_workflow.presentation.retention_texts import retention_texts
from poec_workflow.serialization import to_dict
from poec_workflow.workflow import Workflow


class Command(NightlyCommand):
    """Run it each night; late, twice or on several machines at once gives the same."""

    help = "Erase every person who is kept no longer, and the files that funders no longer ask for."
    dry_run_help = "Say who would be erased, and change nothing."
    at_help = "Erase as at this instant; later than now with --dry-run only."

    def carry_out_as_at(self, workflow: Workflow, options: dict[str, Any], *, dry_run: bool) -> None:
        """Erase, and say whom."""
        report = workflow.retain_until(dry_run=dry_run)
        if options["format"] == "json":
            self.print_json(to_dict(report))
            return
        for each in sorted({*report.people, *report.files}):
            self.say(each)
        for text in retention_texts(report, active_language()):
            self.tell(text)
