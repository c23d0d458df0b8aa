"""`poec_remind`: put today's digests of expiring applications into the outbox."""

from __future__ import annotations

from typing import Any

from poec_workflow import locales
from poec_workflow.contrib.django.active_language import active_language
from poec_workflow.contrib.django.workflow_command import WorkflowCommand
from poec_workflow.relay import remind
from poec_workflow.serialization import to_dict
from poec_workflow.workflow import Workflow


class Command(WorkflowCommand):
    """Run it each morning; an organisation has one digest a day."""

    help = "Put today's digest of expiring applications into the outbox, once a day an organisation."

    def carry_out(self, workflow: Workflow, options: dict[str, Any]) -> None:
        """Make them, and say for whom."""
        made = remind(workflow)
        if options["format"] == "json":
            self.print_json(to_dict(made))
            return
        for each in made.organizations:
            self.say(each)
        self.tell(locales.word("reminded", active_language(), count=len(made.organizations)))
