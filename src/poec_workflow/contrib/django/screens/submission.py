"""How a command is given on a screen: asked, confirmed where it is final, carried out once, or refused with reasons."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from attrs import evolve, frozen
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from poec_workflow import locales
from poec_workflow.commands import COMMANDS, Command, Request
from poec_workflow.contrib.django.host_workflow import get_workflow
from poec_workflow.contrib.django.screens.command_form import CommandForm, sent_form
from poec_workflow.contrib.django.screens.page import headed, screen, show
from poec_workflow.contrib.django.screens.visibility import visible
from poec_workflow.contrib.django.screens.visitor import Visitor
from poec_workflow.contrib.django.screens.words import words_of
from poec_workflow.decider import Accepted, Refused
from poec_workflow.errors import Refusal
from poec_workflow.model import Application, Subject, SubjectKind, TrainingSession
from poec_workflow.notices.wording import organization_roles, told_sentence
from poec_workflow.remedies import Remedy
from poec_workflow.workflow import Workflow

_NAMED = 20
"""As many applications as a confirmation names of those that it ends."""


@frozen(kw_only=True)
class Attempt:
    """A command that was sent and not carried out: the page shows its form again, with the reasons.

    Attributes:
        form: as it was sent.
        refusals: why the rules refuse it; none where the form itself has faults.
        remedy: one change after which it would pass.
        status: of the answer.
    """

    form: CommandForm
    refusals: tuple[Refusal, ...] = ()
    remedy: Remedy | None = None
    status: int = 400

    @property
    def stale(self) -> bool:
        """Whether somebody else changed the subject since the page was made."""
        return any(each.code == "stale-version" for each in self.refusals)

    @property
    def sent_before(self) -> bool:
        """Whether the same form was sent before, with something else in it: who went back in the browser does that."""
        return any(each.code == "key-reused" for each in self.refusals)


Page = Callable[[HttpRequest, Visitor, str, Attempt | None], HttpResponse]
"""Makes the page of a subject, with what was attempted."""


def command_view(pages: Mapping[SubjectKind, Page]) -> Callable[..., HttpResponseBase]:
    """The view that takes commands to subjects.

    Args:
        pages: of each kind of subject, what shows it again where a command was not carried out.
    """

    @headed
    @require_http_methods(["GET", "HEAD", "POST"])
    @screen
    def give(request: HttpRequest, visitor: Visitor, kind: str, reference: str, command: str) -> HttpResponse:
        asked = COMMANDS.get(command)
        workflow = get_workflow()
        if asked is None or asked.subject_kind != kind or workflow.lifecycles[asked.subject_kind].creates(asked):
            raise Http404
        visible(workflow, asked.subject_kind, reference, visitor.actor)
        if request.method != "POST":
            # Who had to sign in on the way, or loads a confirmation again, gets the page that the form is on.
            messages.warning(request, words_of("common.not-sent", visitor.lang), fail_silently=True)
            return redirect(f"poec:{kind}", reference=reference)
        return given(request, visitor, pages[asked.subject_kind], asked, reference)

    return give


def given(
    request: HttpRequest, visitor: Visitor, page: Page, asked: type[Command], reference: str = ""
) -> HttpResponse:
    """Carry out the command that a form says, once it is confirmed where it needs to be.

    Args:
        request: a form's.
        visitor: who gives it.
        page: shows the form again, where the command was not carried out.
        asked: of which kind it is.
        reference: of its subject; empty where the command creates it, and the form says.
    """
    workflow = get_workflow()
    form, command = sent_form(asked, reference, request.POST, workflow.settings, visitor.lang)
    if request.POST.get("acting") != visitor.acting:
        # Another tab chose another structure meanwhile: nobody acts for whom they do not see.
        fault = words_of("common.other-structure", visitor.lang)
        return page(request, visitor, reference, Attempt(form=evolve(form, faults=(fault,)), status=409))
    if command is None:
        return page(request, visitor, reference, Attempt(form=form))
    answer = workflow.preview(command, visitor.actor, key=form.key, expected_version=form.version)
    if isinstance(answer, Accepted) and not answer.replayed:
        if needs_confirmation(answer) and "confirmed" not in request.POST:
            return _confirmation(request, visitor, workflow, form, answer)
        answer = workflow.submit(
            Request(command=command, actor=visitor.actor, key=form.key, expected_version=form.version)
        )
    if isinstance(answer, Refused):
        return page(request, visitor, reference, _refused(workflow, command, visitor, form, answer))
    messages.success(request, done_sentence(answer, visitor.lang), fail_silently=True)
    return redirect(f"poec:{answer.subject.subject_kind}", reference=answer.subject.reference)


def needs_confirmation(answer: Accepted) -> bool:
    """Whether it is asked once more: what is final, moves others, or deserves a second look.

    Of sessions and training actions everything is: « une confirmation de validation sera demandée » [S].
    """
    application = isinstance(answer.subject, Application)
    return bool(answer.final or answer.consequences or answer.advisories or not application)


def _confirmation(
    request: HttpRequest, visitor: Visitor, workflow: Workflow, form: CommandForm, answer: Accepted
) -> HttpResponse:
    application = answer.subject if isinstance(answer.subject, Application) else None
    session = answer.subject if isinstance(answer.subject, TrainingSession) else None
    if application is not None:
        session = workflow.session(application.session)
    ended = [each for each in answer.consequences if isinstance(each.subject, Application)]
    context: Mapping[str, Any] = {
        "form": form,
        "answer": answer,
        "subject": answer.subject,
        "ended": ended,
        "ended_named": ended[:_NAMED],
        "ended_more": max(0, len(ended) - _NAMED),
        "back": reverse(f"poec:{form.kind}", args=[form.reference]) if form.reference else request.path,
        "told": told_sentence(answer.notices, visitor.lang, roles=organization_roles(application, session)),
    }
    return show(request, visitor, "confirmation", context)


def _refused(workflow: Workflow, command: Command, visitor: Visitor, form: CommandForm, answer: Refused) -> Attempt:
    asked = Request(command=command, actor=visitor.actor, expected_version=form.version)
    return Attempt(
        form=evolve(form, key=uuid4().hex),  # sent again, it is another sending
        refusals=answer.refusals,
        remedy=workflow.remedy(asked),
        status=answer.refusals[0].http_status,
    )


def done_sentence(answer: Accepted, lang: str) -> str:
    """What a person reads once a command was carried out."""
    subject: Subject = answer.subject
    state = locales.state(subject.state, lang)
    return words_of("common.done", lang, command=locales.label("commands", answer.change.command, lang), state=state)
