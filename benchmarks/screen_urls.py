"""The addresses of the screens that `benchmarks.screens` measures."""

from django.urls import include, path

urlpatterns = [path("", include("poec_workflow.contrib.django.urls"))]
