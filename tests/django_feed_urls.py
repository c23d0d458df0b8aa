"""The addresses of a project whose feed others read."""

from django.urls import path

from poec_workflow.contrib.django.feed_view import feed

urlpatterns = [path("feed/", feed)]
