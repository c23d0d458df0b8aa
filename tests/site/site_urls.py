"""The addresses of a site that has the screens and nothing else."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from poec_workflow.contrib.django.screens import error_pages


def sign_in(_request: HttpRequest) -> HttpResponse:
    """Where who is not signed in is sent."""
    return HttpResponse("sign in")


urlpatterns = [
    path("sign-in/", sign_in, name="login"),
    path("", include("poec_workflow.contrib.django.urls")),
]
handler400 = error_pages.bad_request
handler403 = error_pages.forbidden
handler404 = error_pages.not_found
handler500 = error_pages.broken
