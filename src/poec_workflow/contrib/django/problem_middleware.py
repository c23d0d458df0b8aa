"""Middleware: what the workflow raises in a view is answered as a problem of RFC 9457."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import patch_vary_headers

from poec_workflow.contrib.accept_language import preferred_language
from poec_workflow.contrib.django.active_language import language_of
from poec_workflow.errors import WorkflowError

V = TypeVar("V")

_MARK = "poec_answers_problems_itself"
_SCREENS = "poec"


def own_problem_pages(view: V) -> V:
    """Mark a view, or a class of views, that answers what the workflow raises in its own way."""
    setattr(view, _MARK, True)
    return view


class ProblemMiddleware:
    """A refusal answers with its own status and reasons, malformed input with 400 and the places.

    For views that programs ask, sync and async. The screens, and views marked by `own_problem_pages`, are left alone.
    """

    sync_capable = async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Any:  # noqa: ANN401 - an answer, or what gives one
        """Leave what goes well alone."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer what a view raised; None leaves it to Django."""
        if not isinstance(error, WorkflowError) or _answers_itself(request):
            return None
        return problem_response(request, error)


def problem_response(request: HttpRequest, error: WorkflowError) -> HttpResponse:
    """The problem that an exception is, in the caller's language."""
    lang = language_of_request(request)
    problem = error.to_dict(lang)
    headers = {"Content-Language": lang, "Cache-Control": "no-store"}
    response = JsonResponse(problem, status=error.http_status, content_type="application/problem+json", headers=headers)
    patch_vary_headers(response, ["Accept-Language"])
    return response


def _answers_itself(request: HttpRequest) -> bool:
    match = request.resolver_match
    if match is None:
        return False
    views = (match.func, getattr(match.func, "view_class", None))
    return _SCREENS in match.app_names or any(getattr(each, _MARK, False) for each in views)


def language_of_request(request: HttpRequest) -> str:
    """What LocaleMiddleware chose; without it what Accept-Language prefers, else that of LANGUAGE_CODE."""
    if chosen := getattr(request, "LANGUAGE_CODE", None):
        return language_of(chosen)
    return preferred_language(request.headers.get("Accept-Language"), language_of(settings.LANGUAGE_CODE))
