"""The page of an action, and of what creates one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from poec_workflow.contrib.django.host_workflow import get_workflow
from poec_workflow.contrib.django.screens.command_panel import offers
from poec_workflow.contrib.django.screens.page import screen, show
from poec_workflow.contrib.django.screens.submission import Attempt
from poec_workflow.contrib.django.screens.visibility import visible
from poec_workflow.contrib.django.screens.visitor import Visitor
from poec_workflow.model import SubjectKind


def action_page(request: HttpRequest, visitor: Visitor, reference: str, attempt: Attempt | None = None) -> HttpResponse:
    """The page of one, with what can be done and why not; after an attempt, with its form and the reasons."""
    workflow = get_workflow()
    subject = visible(workflow, SubjectKind.ACTION, reference, visitor.actor)
    context = {
        "section": "actions",
        "subject": subject,
        "offers": offers(workflow, visitor, subject, attempt=attempt),
        "attempt": attempt,
    }
    return show(request, visitor, "action", context, status=attempt.status if attempt else 200)


action = screen(action_page)
