"""Before all screens: which structure the user works for, and in which language."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from poec_workflow.contrib.django.screens.page import headed, screen, show
from poec_workflow.contrib.django.screens.visitor import Visitor, choose
from poec_workflow.locales import LANGUAGES

_YEAR = 365 * 24 * 60 * 60


@screen
def structures(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """The structures of the user, and the choice among them [S]."""
    if request.method == "POST" and choose(request, visitor, request.POST.get("structure", "")):
        return redirect(_next(request))
    refused = request.method == "POST"
    return show(request, visitor, "structures", {"refused": refused}, status=403 if refused else 200)


@headed
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Remember the language that a person chose."""
    response: HttpResponse = HttpResponseRedirect(_next(request))
    if (lang := request.POST.get("lang")) in LANGUAGES:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, str(lang), max_age=_YEAR, samesite="Lax", secure=request.is_secure()
        )
    return response


def _next(request: HttpRequest) -> str:
    """The page that a form names, if it is one of this site; else the first one."""
    page = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(page, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return page
    return reverse("poec:home")
