"""The first screen: what waits, and the dashboard."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from poec_workflow.contrib.django.screens.page import screen, show
from poec_workflow.contrib.django.screens.visitor import Visitor


@screen
def home(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """The dashboard of the visitor's organisation, and its alerts [S]."""
    return show(request, visitor, "home", {"section": "home"})
