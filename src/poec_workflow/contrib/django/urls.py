"""The addresses of the screens: `path("", include("poec_workflow.contrib.django.urls"))`."""

from django.urls import path, register_converter

from poec_workflow.contrib.django.reference_paths import ReferenceConverter
from poec_workflow.contrib.django.screens import (
    action_screens,
    application_screens,
    candidate_screens,
    entrance,
    session_screens,
)
from poec_workflow.contrib.django.screens.action_list import actions
from poec_workflow.contrib.django.screens.application_list import applications
from poec_workflow.contrib.django.screens.home import home
from poec_workflow.contrib.django.screens.registration_screens import register
from poec_workflow.contrib.django.screens.session_list import sessions
from poec_workflow.contrib.django.screens.submission import command_view
from poec_workflow.contrib.django.screens.work_queue import work, work_list
from poec_workflow.model import SubjectKind

register_converter(ReferenceConverter, "reference")

app_name = "poec"

_command = command_view(
    {
        SubjectKind.ACTION: action_screens.action_page,
        SubjectKind.SESSION: session_screens.session_page,
        SubjectKind.APPLICATION: application_screens.application_page,
    }
)

urlpatterns = [
    path("", home, name="home"),
    path("structures/", entrance.structures, name="structures"),
    path("language/", entrance.language, name="language"),
    path("work/", work, name="work"),
    path("work/<slug:name>/", work_list, name="work-list"),
    path("actions/", actions, name="actions"),
    path("create-action/", action_screens.create_action, name="create-action"),
    path("actions/<reference:reference>/create-session/", session_screens.create_session, name="create-session"),
    path("actions/<reference:reference>/", action_screens.action, name="action"),
    path("sessions/", sessions, name="sessions"),
    path("sessions/<reference:reference>/", session_screens.session, name="session"),
    path("sessions/<reference:reference>/register/", register, name="register"),
    path("applications/", applications, name="applications"),
    path("applications/<reference:reference>/", application_screens.application, name="application"),
    path("candidates/<reference:reference>/", candidate_screens.candidate, name="candidate"),
    path("candidates/<reference:reference>/file/", candidate_screens.candidate_file, name="candidate-file"),
    path("candidates/<reference:reference>/erase/", candidate_screens.erase, name="erase"),
    path("<slug:kind>s/<reference:reference>/<slug:command>/", _command, name="command"),
]
