"""The addresses of a project whose views are asked by programs: each raises what the workflow raises."""

from typing import Any

from asgiref.sync import sync_to_async
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import include, path
from django.utils.decorators import method_decorator
from django.views import View

from poec_workflow import Actor, Conflict, StorageUnavailable, commands, from_json, to_dict
from poec_workflow.contrib.django import get_workflow
from poec_workflow.contrib.django.problem_middleware import own_problem_pages

AFEC = Actor(kind="organization", organization="AFEC")


def show(_request: HttpRequest, reference: str) -> HttpResponse:
    """An application."""
    return JsonResponse(to_dict(get_workflow().application(reference)))


async def show_later(_request: HttpRequest, reference: str) -> HttpResponse:
    """The same, by an asynchronous view."""
    return JsonResponse(to_dict(await sync_to_async(get_workflow().application)(reference)))


def absent(_request: HttpRequest) -> HttpResponse:
    """A command that the rules refuse, after another that they don't."""
    with transaction.atomic():
        get_workflow().execute(commands.RecordAbsence("C-1", notified=True), AFEC)
        get_workflow().execute(commands.RecordAbsence("C-1", notified=True), AFEC)
    return HttpResponse()


def read(request: HttpRequest) -> HttpResponse:
    """A command from the body."""
    from_json(request.body, commands.RecordAbsence)
    return HttpResponse()


def fail(_request: HttpRequest, kind: str) -> HttpResponse:
    """Other failures, and what is none of ours."""
    raise {"busy": Conflict("busy"), "gone": StorageUnavailable("gone"), "own": ZeroDivisionError()}[kind]


@own_problem_pages
def own(_request: HttpRequest) -> HttpResponse:
    """A view that answers by itself, as far as it thinks of it."""
    raise Conflict("busy")


@own_problem_pages
class Own(View):
    """A class of views that does."""

    def get(self, _request: HttpRequest) -> HttpResponse:
        """What was not thought of."""
        raise Conflict("busy")


decorated: Any = method_decorator(transaction.non_atomic_requests, name="dispatch")(Own)

urlpatterns = [
    path("applications/<reference>", show),
    path("later/<reference>", show_later),
    path("absent", absent),
    path("read", read),
    path("fail/<kind>", fail),
    path("own", own),
    path("owns", decorated.as_view()),
    path("screens/", include("poec_workflow.contrib.django.urls")),
]
