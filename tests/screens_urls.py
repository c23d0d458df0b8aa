"""The addresses of a project that has the screens."""

from django.urls import include, path

urlpatterns = [path("", include("poec_workflow.contrib.django.urls"))]
