"""Signing in and out, in the look of the screens; in the demonstration as anybody, by one click."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.contrib.auth.views import LoginView, LogoutView
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, resolve_url
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from poec_workflow.contrib.django.screens.page import headed
from poec_workflow.contrib.django.screens.visitor import language_of
from rafael.people import ROLES


def language(request: HttpRequest) -> str:
    """The language of the site for who is not signed in yet."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
    return language_of(request) if chosen or not settings.DEMO_LANGUAGE else str(settings.DEMO_LANGUAGE)


class SignIn(LoginView):
    """By user name and password."""

    template_name = "rafael/sign_in.html"
    redirect_authenticated_user = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show it in the language that the person chose."""
        with translation.override(language(request)):
            response: Any = super().dispatch(request, *args, **kwargs)
            # A template that is rendered later would be in another language.
            return response.render() if hasattr(response, "render") else response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What the base template of the screens needs, and whom the demonstration offers."""
        roles = ROLES if settings.DEMO else ()
        return {**super().get_context_data(**kwargs), "lang": language(self.request), "visitor": None, "roles": roles}


sign_in = headed(SignIn.as_view())
sign_out = headed(LogoutView.as_view())


@headed
@require_POST
def sign_in_as(request: HttpRequest) -> HttpResponse:
    """Sign in without password; there is no such page outside of the demonstration."""
    if not settings.DEMO:
        raise Http404
    user = get_object_or_404(get_user_model(), username=request.POST.get("username", ""))
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    response = HttpResponseRedirect(_next(request))
    if settings.DEMO_LANGUAGE and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, settings.DEMO_LANGUAGE, samesite="Lax")
    return response


def _next(request: HttpRequest) -> str:
    page = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure())
    return page if safe else resolve_url(settings.LOGIN_REDIRECT_URL)
