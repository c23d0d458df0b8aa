"""The addresses of a project that is watched."""

from django.urls import path

from poec_workflow.contrib.django.health import health

urlpatterns = [path("health/", health)]
