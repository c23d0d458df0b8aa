"""« Candidature en ligne »: a candidate is registered on a session, by an adviser, the platform, or themself."""

from __future__ import annotations

from collections.abc import Mapping
from secrets import choice

from django.http import HttpRequest, HttpResponse

from poec_workflow.commands import Preregister, Request
from poec_workflow.contrib.django.host_workflow import get_workflow
from poec_workflow.contrib.django.screens.command_form import CommandForm, blank_form
from poec_workflow.contrib.django.screens.page import screen, show
from poec_workflow.contrib.django.screens.submission import Attempt, Page, given
from poec_workflow.contrib.django.screens.visibility import visible
from poec_workflow.contrib.django.screens.visitor import Visitor
from poec_workflow.decider import Refused
from poec_workflow.errors import Malformed, Refusal
from poec_workflow.model import Actor, ActorKind, Origin, SubjectKind, TrainingSession
from poec_workflow.policies.recruitment import registration_probe
from poec_workflow.workflow import Workflow

_DRAWN = 5
_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without those that are taken for one another when they are read out."""
FIXED: Mapping[ActorKind, tuple[str, ...]] = {
    ActorKind.ADVISER: ("prescriber.organization",),
    ActorKind.CANDIDATE: (
        "application",
        "candidate.reference",
        "prescriber.origin",
        "prescriber.organization",
        "prescriber.name",
    ),
}
"""The fields that follow from who registers, and are not asked."""


@screen
def register(request: HttpRequest, visitor: Visitor, reference: str) -> HttpResponse:
    """Register somebody on a session: the form, or why it is not possible; sent, it is carried out."""
    session: TrainingSession = visible(get_workflow(), SubjectKind.SESSION, reference, visitor.actor)
    if request.method != "POST":
        return _page(session)(request, visitor, "", None)
    if request.POST.get("session") != reference:
        raise Malformed.at("$.session", "not the session of this page")
    return given(request, visitor, _page(session), Preregister)


def _page(session: TrainingSession) -> Page:
    def page(request: HttpRequest, visitor: Visitor, _reference: str, attempt: Attempt | None) -> HttpResponse:
        workflow = get_workflow()
        refusals = _refusals(workflow, visitor.actor, session)
        probe = registration_probe(visitor.actor, session.reference)
        context = {
            "section": "actions",
            "session": session,
            "action": workflow.action(session.action),
            "form": attempt.form if attempt else _blank(workflow, visitor, session),
            "fixed": FIXED.get(visitor.actor.kind, ()),
            "attempt": attempt,
            "refusals": () if attempt else refusals,
            "remedy": workflow.remedy(Request(command=probe, actor=visitor.actor)),
        }
        status = next((each.http_status for each in refusals if each.kind == "forbidden"), 200)
        return show(request, visitor, "registration", context, status=attempt.status if attempt else status)

    return page


def registers(workflow: Workflow, actor: Actor, session: TrainingSession) -> bool:
    """Whether registering somebody is for an actor at all, whatever else is in the way."""
    return all(each.kind != "forbidden" for each in _refusals(workflow, actor, session))


def _refusals(workflow: Workflow, actor: Actor, session: TrainingSession) -> tuple[Refusal, ...]:
    """Why nobody new can be registered on a session by an actor, as far as shows before the form is filled in."""
    answer = workflow.preview(registration_probe(actor, session.reference), actor)
    return answer.refusals if isinstance(answer, Refused) else ()


def _blank(workflow: Workflow, visitor: Visitor, session: TrainingSession) -> CommandForm:
    """The form with what is known: a reference that is free, and what follows from who registers."""
    actor = visitor.actor
    initial = {"application": _suggested(workflow), "session": session.reference}
    if actor.kind is ActorKind.ADVISER:
        initial["prescriber.organization"] = actor.organization or ""
        initial["prescriber.name"] = actor.name or ""
    if actor.kind is ActorKind.CANDIDATE:
        person = workflow.storage.queries.candidate(actor.candidate or "")
        initial["candidate.reference"] = actor.candidate or ""
        initial["candidate.name"] = (person.name if person else actor.name) or ""
        initial["candidate.email"] = (person.email if person else None) or ""
        initial["prescriber.origin"] = Origin.SELF
    return blank_form(Preregister, "", workflow.settings, visitor.lang, initial=initial)


def _suggested(workflow: Workflow) -> str:
    """A reference that nobody has: the day, and letters drawn by lot; who registers may write another."""
    return f"C-{workflow.today():%Y%m%d}-{''.join(choice(_LETTERS) for _ in range(_DRAWN))}"
