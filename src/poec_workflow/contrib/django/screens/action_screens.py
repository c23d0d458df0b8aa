"""The page of a training action, and the one that creates it."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import evolve
from django.http import HttpRequest, HttpResponse

from poec_workflow.commands import CreateAction
from poec_workflow.contrib.django.host_workflow import get_workflow
from poec_workflow.contrib.django.screens.command_form import CommandForm, blank_form
from poec_workflow.contrib.django.screens.creation_offer import may_create_action, may_create_session
from poec_workflow.contrib.django.screens.history_lines import history_lines
from poec_workflow.contrib.django.screens.page import screen, show
from poec_workflow.contrib.django.screens.subject_panel import subject_panel
from poec_workflow.contrib.django.screens.submission import Attempt, given
from poec_workflow.contrib.django.screens.visibility import rows_shown, visible
from poec_workflow.contrib.django.screens.visitor import Visitor
from poec_workflow.errors import CommandRefused
from poec_workflow.model import SubjectKind
from poec_workflow.policies.action_content import EDITABLE
from poec_workflow.serialization import from_dict
from poec_workflow.views import PageRequest, SessionFilter

GREYED = ("kind", "title", "funder", "responsible")
"""« les champs concernés seront grisés » [S]: the funder's, which Cap Métiers corrects."""
_SESSIONS = 50
_LONG = frozenset({"objective", "programme", "certification", "durations", "regulatory_conditions", "prerequisites"})


def action_page(request: HttpRequest, visitor: Visitor, reference: str, attempt: Attempt | None = None) -> HttpResponse:
    """The form of one [S], with its sessions and history; after an attempt, with what was typed and the reasons."""
    workflow = get_workflow()
    subject = visible(workflow, SubjectKind.ACTION, reference, visitor.actor)
    panel = subject_panel(workflow, visitor, subject, attempt)
    first = PageRequest(limit=_SESSIONS)
    own = from_dict({**rows_shown(SubjectKind.SESSION, visitor.actor), "action": reference}, SessionFilter)
    linked = {row.reference for row in workflow.sessions(own, first).items}
    sessions = workflow.sessions(SessionFilter(action=reference), first)
    context = {
        "section": "actions",
        "subject": subject,
        "greyed": [(name, getattr(subject, name)) for name in GREYED],
        "panel": panel,
        "texts": [(name, getattr(subject, name)) for name in EDITABLE],
        "alerts": workflow.alert_reasons(reference) if panel.manages else (),
        "sessions": [(row, row.reference in linked) for row in sessions.items],
        "more_sessions": sessions.next,
        "creation": may_create_session(workflow, visitor, reference),
        "history": history_lines(workflow, subject, visitor.lang) if panel.manages else (),
        "attempt": attempt,
    }
    return show(request, visitor, "action", context, status=attempt.status if attempt else 200)


action = screen(action_page)


@screen
def create_action(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """The form that creates an action, from the funder's data [S]."""
    if request.method == "POST":
        return given(request, visitor, _creation_page, CreateAction)
    return _creation_page(request, visitor)


def _creation_page(
    request: HttpRequest, visitor: Visitor, _reference: str = "", attempt: Attempt | None = None
) -> HttpResponse:
    workflow = get_workflow()
    creation = may_create_action(workflow, visitor)
    if creation.stopped:
        raise CommandRefused(creation.stopped)
    initial: Mapping[str, str] = {"kind": "SIMPLE", "title": workflow.settings.title_prefix + " "}
    form = attempt.form if attempt else blank_form(CreateAction, "", workflow.settings, visitor.lang, initial=initial)
    context = {"section": "actions", "form": _with_long_texts(form), "attempt": attempt}
    return show(request, visitor, "create_action", context, status=attempt.status if attempt else 200)


def _with_long_texts(form: CommandForm) -> CommandForm:
    fields = (
        evolve(each, field=evolve(each.field, widget="long-text")) if each.field.name in _LONG else each
        for each in form.fields
    )
    return evolve(form, fields=tuple(fields))
