"""Pages for what goes wrong outside of the screens: a project names them as its `handler404` and so on.

None says what Django knows of the error; the one for a broken server reads neither the database nor the session.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from poec_workflow.contrib.django.screens.page import headed, show
from poec_workflow.contrib.django.screens.visitor import language_of


@headed
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: what was sent is no request of this site's."""
    del exception
    return _plain(request, "bad-request", 400)


@headed
def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: not for this user."""
    del exception
    return _wrong(request, "forbidden", 403)


@headed
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: no such page."""
    del exception
    return _wrong(request, "no-page", 404)


@headed
def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: a form of another visit, or of another site; the setting `CSRF_FAILURE_VIEW` names this view."""
    del reason
    return _wrong(request, "old-form", 403)


@headed
def broken(request: HttpRequest) -> HttpResponse:
    """500: our fault."""
    return _plain(request, "broken", 500)


def _wrong(request: HttpRequest, what: str, status: int) -> HttpResponse:
    return show(request, None, "error", {"what": f"common.{what}"}, status=status)


def _plain(request: HttpRequest, what: str, status: int) -> HttpResponse:
    """The same without context processors: they may be what fails."""
    known = {"what": f"common.{what}", "lang": language_of(request), "visitor": None}
    return HttpResponse(render_to_string("poec_workflow/error.html", known), status=status)
