"""What the workflow raises in a view is a problem of RFC 9457, in the caller's language."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client, override_settings

from django_project import asynchronously
from django_settings import SETTINGS
from poec_workflow import Conflict
from poec_workflow.workflow import Workflow

OURS = "poec_workflow.contrib.django.problem_middleware.ProblemMiddleware"
WITH_LOCALES = [*SETTINGS["MIDDLEWARE"], OURS]
CLIENT = Client(raise_request_exception=False)


@pytest.fixture(autouse=True)
def problems() -> Iterator[None]:
    """A project with the middleware."""
    with override_settings(ROOT_URLCONF="django_problem_urls", MIDDLEWARE=[OURS]):
        yield


def problem(answer: Any) -> tuple[int, set[str]]:
    """The status and the codes of a problem."""
    assert answer.headers["Content-Type"] == "application/problem+json"
    said = answer.json()
    assert said["status"] == answer.status_code
    return answer.status_code, {each["code"] for each in said.get("refusals", ())}


def test_refusals_have_their_status(town: Workflow) -> None:
    """And their codes; the transaction around them is rolled back."""
    assert problem(CLIENT.get("/applications/C-9")) == (404, {"unknown-application"})
    assert problem(CLIENT.post("/absent")) == (409, {"no-transition"})
    assert town.application("C-1").state == "convoked"
    assert CLIENT.get("/applications/C-1").json()["state"] == "convoked"


def test_malformed_input_names_every_place(project: Any) -> None:
    """As 400."""
    del project
    answer = CLIENT.post("/read", {"application": 3, "noted": True}, content_type="application/json")
    assert problem(answer)[0] == 400
    assert {each["place"] for each in answer.json()["faults"]} >= {"$.application", "$.noted"}


@pytest.mark.parametrize(("kind", "status"), [("busy", 409), ("gone", 503)])
def test_failures_have_theirs(kind: str, status: int) -> None:
    """A conflict and a storage that is gone."""
    assert problem(CLIENT.get(f"/fail/{kind}"))[0] == status


def test_what_is_none_of_ours_is_djangos() -> None:
    """As ever."""
    assert CLIENT.get("/fail/own").headers["Content-Type"].startswith("text/html")
    assert CLIENT.get("/nowhere").status_code == 404


@pytest.mark.parametrize("path", ["/own", "/owns"])
def test_marked_views_are_left_alone(path: str) -> None:
    """They answer by themselves; what they forget is an error of theirs."""
    with pytest.raises(Conflict):
        Client().get(path)


@pytest.mark.parametrize("middleware", [[OURS], WITH_LOCALES])
@pytest.mark.parametrize(
    ("accepted", "lang"),
    [
        ("fr", "fr"),
        ("en", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("de, en;q=0.8, fr;q=0.5", "en"),
        ("de", "fr"),
        ("", "fr"),
        ("en;q=0, fr", "fr"),
        ("*", "fr"),
        ("x" * 600, "fr"),
        ("\u00e9;;q=x", "fr"),
    ],
)
def test_in_the_callers_language(project: Any, middleware: list[str], accepted: str, lang: str) -> None:
    """French, unless Accept-Language prefers English; with LocaleMiddleware and without."""
    del project
    with override_settings(MIDDLEWARE=middleware):
        answer = CLIENT.get("/applications/C-9", headers={"accept-language": accepted})
    assert answer.json()["title"] == {"fr": "Introuvable", "en": "Not found"}[lang]
    assert answer.headers["Content-Language"] == lang
    assert "Accept-Language" in answer.headers["Vary"]


def test_the_projects_language_without_a_preference(project: Any) -> None:
    """That of LANGUAGE_CODE."""
    del project
    with override_settings(LANGUAGE_CODE="en-us"):
        assert CLIENT.get("/applications/C-9").json()["title"] == "Not found"


def test_asynchronous_views(town: Workflow) -> None:
    """Under an asynchronous server too."""
    assert len(town.applications().items) == 2

    for path in ("/later/C-9", "/applications/C-9"):
        assert problem(asynchronously(path)) == (404, {"unknown-application"})
    assert asynchronously("/later/C-1").json()["reference"] == "C-1"


def test_the_screens_have_pages_of_their_own(town: Workflow) -> None:
    """Who looks at them is answered as HTML."""
    from django.contrib.auth.models import User  # noqa: PLC0415 - once Django is configured

    from poec_workflow.contrib.django.models import Membership  # noqa: PLC0415

    assert len(town.applications().items) == 2
    client = Client()
    user = User.objects.create_user("clerk")
    Membership.objects.create(user=user, kind="organization", organization="AFEC")
    client.force_login(user)
    with override_settings(MIDDLEWARE=WITH_LOCALES):
        answer = client.get("/screens/applications/C-9/")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("text/html")
