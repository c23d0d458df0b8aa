"""The screens of a person: a candidate's applications, all that is stored of them, and the erasure of who it is."""

from __future__ import annotations

import json

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods

from poec_workflow.contrib.django.configuration import configuration
from poec_workflow.contrib.django.host_workflow import get_workflow
from poec_workflow.contrib.django.screens.candidate_record import CandidateRecord, candidate_record
from poec_workflow.contrib.django.screens.page import headed, screen, show
from poec_workflow.contrib.django.screens.visitor import Visitor
from poec_workflow.contrib.django.screens.words import words_of
from poec_workflow.serialization import to_dict


def _shown(
    request: HttpRequest, visitor: Visitor, record: CandidateRecord, *, fault: str = "", status: int = 200
) -> HttpResponse:
    may_erase = configuration().may_erase(request, visitor.actor)
    context = {"section": "applications", "candidate": record, "may_erase": may_erase, "fault": fault}
    return show(request, visitor, "candidate", context, status=status)


def _unknown(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    problem = {"title": words_of("applications.unknown-candidate", visitor.lang)}
    return show(request, visitor, "problem", {"problem": problem}, status=404)


@screen
def candidate(request: HttpRequest, visitor: Visitor, reference: str) -> HttpResponse:
    """A candidate: who it is, their applications in progress and past, each with how it ended [S]."""
    record = candidate_record(get_workflow(), visitor, reference)
    return _shown(request, visitor, record) if record.known else _unknown(request, visitor)


@screen
def candidate_file(request: HttpRequest, visitor: Visitor, reference: str) -> HttpResponse:
    """Everything that is stored of a candidate, as a file of JSON: for who answers their right of access."""
    workflow = get_workflow()
    if not candidate_record(workflow, visitor, reference).known:
        return _unknown(request, visitor)
    if not configuration().may_erase(request, visitor.actor):
        problem = {"title": words_of("applications.file-forbidden", visitor.lang)}
        return show(request, visitor, "problem", {"problem": problem}, status=403)
    text = json.dumps(to_dict(workflow.candidate_file(reference)), ensure_ascii=False, indent=2)
    disposition = content_disposition_header(as_attachment=True, filename=f"{reference}.json")
    headers = {"Content-Disposition": str(disposition), "Cache-Control": "private, no-store"}
    return HttpResponse(text, content_type="application/json", headers=headers)


@headed
@require_http_methods(["GET", "HEAD", "POST"])
@screen
def erase(request: HttpRequest, visitor: Visitor, reference: str) -> HttpResponse:
    """Forget who a candidate is, once the reference was typed to confirm it; history and counts stay."""
    workflow = get_workflow()
    record = candidate_record(workflow, visitor, reference)
    if not record.known:
        return _unknown(request, visitor)
    if request.method != "POST":
        return redirect("poec:candidate", reference=reference)
    if not configuration().may_erase(request, visitor.actor):
        problem = {"title": words_of("applications.erase-forbidden", visitor.lang)}
        return show(request, visitor, "problem", {"problem": problem}, status=403)
    if request.POST.get("acting") != visitor.acting:
        return _shown(request, visitor, record, fault=words_of("common.other-structure", visitor.lang), status=409)
    if request.POST.get("confirmation", "").strip() != reference:
        return _shown(request, visitor, record, fault=words_of("applications.erase-fault", visitor.lang), status=400)
    workflow.erase_candidate(reference)
    messages.success(request, words_of("applications.erase-done", visitor.lang), fail_silently=True)
    return redirect("poec:candidate", reference=reference)
