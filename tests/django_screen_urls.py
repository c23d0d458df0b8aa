"""The addresses of a project that includes the screens."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [path("admin/", admin.site.urls), path("", include("poec_workflow.contrib.django.urls"))]
