"""The page of an application."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from poec_workflow.contrib.django.host_workflow import get_workflow
from poec_workflow.contrib.django.screens.application_form import application_form
from poec_workflow.contrib.django.screens.page import screen, show
from poec_workflow.contrib.django.screens.submission import Attempt
from poec_workflow.contrib.django.screens.visibility import visible
from poec_workflow.contrib.django.screens.visitor import Visitor
from poec_workflow.model import SubjectKind


def application_page(
    request: HttpRequest, visitor: Visitor, reference: str, attempt: Attempt | None = None
) -> HttpResponse:
    """The page of one, with what can be done and why not; after an attempt, with its form and the reasons."""
    workflow = get_workflow()
    subject = visible(workflow, SubjectKind.APPLICATION, reference, visitor.actor)
    context = {"section": "applications", **application_form(workflow, visitor, subject, attempt)}
    return show(request, visitor, "application", context, status=attempt.status if attempt else 200)


application = screen(application_page)
