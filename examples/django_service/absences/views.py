"""Three views. What the rules or the wire format refuse is raised here, and answered by the app's middleware."""

from attrs import frozen
from django.db import transaction
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_GET, require_POST

from poec_workflow import Actor, commands, from_json, to_dict
from poec_workflow.contrib.django import get_workflow
from poec_workflow.contrib.django.problem_middleware import language_of_request

from .models import Report


@frozen(kw_only=True)
class Absence:
    """The body that `record_absence` reads, as strictly as the workflow reads its own."""

    notified: bool
    comment: str = ""


def caller(request: HttpRequest) -> Actor:
    """On whose behalf: the gateway in front of this service authenticated them, and says so in a header."""
    return Actor(kind="organization", organization=request.headers.get("X-Organization"))


@require_POST
def record_absence(request: HttpRequest, application: str) -> JsonResponse:
    """Report and command are stored together, or neither is."""
    absence, actor = from_json(request.body, Absence), caller(request)
    with transaction.atomic():
        report = Report(application=application, organization=actor.organization, comment=absence.comment)
        report.save()
        accepted = get_workflow().execute(commands.RecordAbsence(application, notified=absence.notified), actor)
        report.outcome = accepted.subject.state
        report.save()
    return JsonResponse(to_dict(accepted.subject))


@require_GET
def explain(request: HttpRequest, application: str) -> JsonResponse:
    """Every command to the application: allowed, or every reason why not."""
    lang = language_of_request(request)
    answer = [each.to_dict(lang) for each in get_workflow().explain(application, caller(request))]
    return JsonResponse(answer, safe=False)


@require_GET
def dashboard(request: HttpRequest) -> JsonResponse:
    """The caller's organisation, and no other's: who may look is for the service to say."""
    return JsonResponse(to_dict(get_workflow().dashboard(caller(request).organization)))
