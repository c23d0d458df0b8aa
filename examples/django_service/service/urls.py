"""Where the three views are found."""

from absences import views
from django.urls import path

urlpatterns = [
    path("applications/<str:application>/absence", views.record_absence),
    path("applications/<str:application>/explanation", views.explain),
    path("dashboard", views.dashboard),
]
