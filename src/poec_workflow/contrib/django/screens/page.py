"""What all screens share: who may see them, in which language, what they answer when something is wrong, headers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import translation

from poec_workflow.contrib.django.screens.visitor import Visitor, language_of, visitor_of
from poec_workflow.contrib.django.screens.words import words_of
from poec_workflow.errors import WorkflowError

P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponseBase)
_MISSING = 404
View = Callable[Concatenate[HttpRequest, Visitor, P], HttpResponseBase]

HEADERS: Mapping[str, str] = {
    # Styles and scripts are the app's own files; nothing else is loaded, and nobody frames a page.
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self';"
        " connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "Cache-Control": "no-store",  # pages name people
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def screen(view: View[P]) -> Callable[..., HttpResponseBase]:
    """Make a view a screen: it gets the visitor, and its answers the headers.

    Who is not signed in is asked to; who may act for nobody is told so; what is not found, or wrong in an address, has
    a page of its own.
    """

    @wraps(view)
    def shown(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        return _answer(view, request, *args, **kwargs)

    return headed(shown)


def headed(view: Callable[P, R]) -> Callable[P, R]:
    """Make every answer of a view have the headers of the screens, whatever it is."""

    @wraps(view)
    def with_headers(*args: P.args, **kwargs: P.kwargs) -> R:
        response = view(*args, **kwargs)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return with_headers


def _answer(view: View[P], request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    visitor = visitor_of(request)
    if visitor is None:
        return show(request, None, "no_structure", status=403)
    with translation.override(visitor.lang):
        try:
            return view(request, visitor, *args, **kwargs)
        except Http404:
            problem = {"title": words_of("common.not-found", visitor.lang)}
            return show(request, visitor, "problem", {"problem": problem, "missing": True}, status=_MISSING)
        except WorkflowError as error:
            known = {"problem": error.to_dict(visitor.lang), "missing": error.http_status == _MISSING}
            return show(request, visitor, "problem", known, status=error.http_status)


def show(
    request: HttpRequest,
    visitor: Visitor | None,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    """The page of a template, in the visitor's language.

    Args:
        request: the request.
        visitor: whose page; None where the user may act for nobody.
        template: the name, without folder and ending.
        context: what the template shows, besides `visitor` and `lang`.
        status: of the answer.
    """
    lang = visitor.lang if visitor else language_of(request)
    known = {"visitor": visitor, "lang": lang, **(context or {})}
    return render(request, f"poec_workflow/{template}.html", known, status=status)
