"""`poec_sweep`: expire every application past its advice deadline."""

from __future__ import annotations

from typing import Any

from poec_workflow import locales
from poec_workflow.contrib.django.active_language import active_language
from poec_workflow.contrib.django.workflow_command import NightlyCommand
from poec_workflow.serialization import to_dict
from poec_workflow.workflow import Workflow


class Command(NightlyCommand):
    """Run it each night; late, twice or on several machines at once gives the same."""

    help = "Expire every application that is past its advice deadline."
    dry_run_help = "Say what would expire, and change nothing."
    at_help = "Sweep as at this instant; later than now with --dry-run only."

    def carry_out_as_at(self, workflow: Workflow, options: dict[str, Any], *, dry_run: bool) -> None:
        """Sweep, and say what expired."""
        report = workflow.sweep(dry_run=dry_run)
        if options["format"] == "json":
            self.print_json(to_dict(report))
            return
        for each in report.expired:
            self.say(each)
        word = "would-expire" if dry_run else "expired"
        self.tell(locales.word(word, active_language(), count=len(report.expired)))
