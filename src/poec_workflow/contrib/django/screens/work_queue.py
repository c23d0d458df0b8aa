"""The work queue: what an organisation has to do."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from poec_workflow.contrib.django.screens.page import screen, show
from poec_workflow.contrib.django.screens.visitor import Visitor


@screen
def work(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """To convoke, attendance to record, advice to give, expiring."""
    return show(request, visitor, "work", {"section": "work"})
