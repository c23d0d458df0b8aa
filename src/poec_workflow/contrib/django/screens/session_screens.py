"""The page of a session, and the one that creates it."""

from __future__ import annotations

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from poec_workflow.commands import CreateSession
from poec_workflow.contrib.django.host_workflow import get_workflow
from poec_workflow.contrib.django.screens.command_form import CommandForm, blank_form
from poec_workflow.contrib.django.screens.creation_offer import may_create_session
from poec_workflow.contrib.django.screens.history_lines import history_lines
from poec_workflow.contrib.django.screens.page import screen, show
from poec_workflow.contrib.django.screens.registration_screens import registers
from poec_workflow.contrib.django.screens.session_facts import enrolled_rows, late_entry_proposed, registration_now
from poec_workflow.contrib.django.screens.subject_panel import subject_panel
from poec_workflow.contrib.django.screens.submission import Attempt, given
from poec_workflow.contrib.django.screens.visibility import sees, visible
from poec_workflow.contrib.django.screens.visitor import Visitor
from poec_workflow.errors import CommandRefused
from poec_workflow.model import SubjectKind, TrainingAction
from poec_workflow.policies.capacity import quota_of


def session_page(
    request: HttpRequest, visitor: Visitor, reference: str, attempt: Attempt | None = None
) -> HttpResponse:
    """The form of one [S], with its applications and history; after an attempt, with what was typed and the reasons."""
    workflow = get_workflow()
    subject = visible(workflow, SubjectKind.SESSION, reference, visitor.actor)
    attempt, proposed = late_entry_proposed(attempt, visitor.lang)
    panel = subject_panel(workflow, visitor, subject, attempt)
    context = {
        "section": "applications",
        "subject": subject,
        "action": workflow.action(subject.action),
        "action_linked": sees(workflow, SubjectKind.ACTION, subject.action, visitor.actor),
        "tally": workflow.enrolment(reference).tally,
        "quota": quota_of(subject),
        "registration": registration_now(workflow, reference),
        "may_register": registers(workflow, visitor.actor, subject),
        "panel": panel,
        "applications": enrolled_rows(workflow, visitor.actor, reference),
        "history": history_lines(workflow, subject, visitor.lang) if panel.manages else (),
        "attempt": attempt,
        "proposed": proposed,
    }
    return show(request, visitor, "session", context, status=attempt.status if attempt else 200)


session = screen(session_page)


@screen
def create_session(request: HttpRequest, visitor: Visitor, reference: str) -> HttpResponse:
    """The form that creates a session of an action."""
    action: TrainingAction = visible(get_workflow(), SubjectKind.ACTION, reference, visitor.actor)
    page = partial(_creation_page, action)
    if request.method == "POST":
        return given(request, visitor, page, CreateSession)
    return page(request, visitor)


def _creation_page(
    action: TrainingAction,
    request: HttpRequest,
    visitor: Visitor,
    _reference: str = "",
    attempt: Attempt | None = None,
) -> HttpResponse:
    workflow = get_workflow()
    creation = may_create_session(workflow, visitor, action.reference)
    if creation.stopped:
        raise CommandRefused(creation.stopped)
    form = attempt.form if attempt else _blank(action, visitor)
    context = {
        "section": "actions",
        "action": action,
        "form": form,
        "fixed": "action",
        "attempt": attempt,
        "back": reverse("poec:action", args=[action.reference]),
    }
    return show(request, visitor, "create_session", context, status=attempt.status if attempt else 200)


def _blank(action: TrainingAction, visitor: Visitor) -> CommandForm:
    settings = get_workflow().settings
    initial = {
        "action": action.reference,
        "responsible": action.responsible,
        "positioner": action.responsible,
        "trainer": action.responsible,
        "coefficient": str(settings.coefficient_min),
        "minimum_headcount": "0",
    }
    return blank_form(CreateSession, "", settings, visitor.lang, initial=initial)
